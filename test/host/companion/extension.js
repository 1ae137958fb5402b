// An extension that uses Ferry, as an example: it sends the current file to a peer, and counts what arrives.

import * as vscode from 'vscode';

import { registerFarFiles } from './farFiles.js';

/** @typedef {import('../../../src/editor/programs/ferry.d.ts').FerryApi} FerryApi */

/** @type {(context: import('vscode').ExtensionContext) => Promise<unknown>} */
export const activate = async (context) => {
  context.subscriptions.push(registerFarFiles());
  /** @type {import('vscode').Extension<FerryApi> | undefined} */
  const extension = vscode.extensions.getExtension('ferry.vscode-ferry');
  const ferry = await extension?.activate();
  if (ferry?.apiVersion !== 1) return undefined;
  /** @type {import('../../../src/editor/programs/ferry.d.ts').FerryReceived[]} */
  const received = [];
  context.subscriptions.push(
    ferry.onDidReceive((event) => received.push(event)),
    vscode.commands.registerCommand('ferry-test.sendCurrentFile', async (/** @type {string | undefined} */ name) => {
      const file = vscode.window.activeTextEditor?.document.uri;
      const peer = (await ferry.listPeers()).find((one) => one.isHere && (name === undefined || one.name === name));
      if (file === undefined || peer === undefined) return 'nothing to do';
      return (await ferry.send({ caller: 'Ferry Companion', peer: peer.id, files: [file] })).state;
    }),
  );
  return { ferry, received };
};

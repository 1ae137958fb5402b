// A command that sends, and the person's Enter in the list of peers.

import { setTimeout as delay } from 'node:timers/promises';

import * as vscode from 'vscode';

import type { TestApi } from '../../src/extension.ts';
import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually } from '../support/temp.ts';

/**
 * Runs a command and picks the one peer that answers, as soon as it does; done with the command, or with `until` where that comes
 * before.
 */
export async function sendTo(
  api: TestApi,
  peer: { readonly identity: Pick<HeadlessPeer['identity'], 'peerId'> },
  [command, ...args]: readonly [string, ...unknown[]],
  until?: Promise<unknown>,
): Promise<void> {
  const { directory } = api.presence.session!;
  const running = Promise.resolve(vscode.commands.executeCommand(command, ...args));
  const answers = () => directory.peers.find((found) => found.id === peer.identity.peerId && found.windows.length > 0);
  await eventually(directory.onDidChange, answers, 'the peer answers');
  let over = false;
  const ended = Promise.race([running, until ?? running]).finally(() => {
    over = true;
  });
  const isOver = (): boolean => over;
  // Nothing tells when a quick pick is on screen, so Enter is pressed until it was taken.
  while (!isOver()) {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await Promise.race([ended, delay(50)]);
  }
  await ended;
}

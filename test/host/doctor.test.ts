// "Diagnose Connection…" in a real editor: the report as a document, what can be copied of it, and where it is offered.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import * as vscode from 'vscode';

import { eventually } from '../support/temp.ts';
import { setScene } from './scene.ts';

describe('Doctor', () => {
  const scene = setScene();
  const { says, start } = scene;

  /** Waits for a report in front of the person; gives its text. */
  async function report(): Promise<string> {
    const document = await scene.opened();
    assert.match(document.uri.path, /ferry-connection\.txt$/);
    return document.getText();
  }

  it('names in a read-only report that the peer is blocked here, and copies it without names and addresses', async () => {
    const peer = await start();
    const { peerId: id } = peer.identity;
    await scene.api.book.change(id, (entry) => ({ ...entry, name: 'neighbour', trust: 'blocked', addresses: [peer.address] }));
    scene.person.answer(/What is to be diagnosed/, /neighbour$/);
    scene.person.answer(/^You have blocked this peer\./, 'Copy Report');
    const done = vscode.commands.executeCommand('ferry.diagnose');
    const text = await report();
    assert.match(text, /\n1\. Cause: You have blocked this peer\.\n {3}Run "Unblock Peer"/);
    assert.match(text, /Own port at <address \d+>: reached/);
    await done;
    const copied = await vscode.env.clipboard.readText();
    assert.equal(copied, text);
    for (const secret of ['neighbour', '127.0.0.1', id.slice(0, 7)]) assert.ok(!copied.includes(secret), secret);
  });

  it('shows names and addresses to whoever asks for them', async () => {
    const peer = await start();
    scene.person.answer(/^Nothing is wrong with the way there\.$/, 'Show Names and Addresses');
    await scene.api.presence.session!.directory.greet(peer.address);
    await vscode.commands.executeCommand('ferry.diagnose', { id: peer.identity.peerId, name: 'neighbour' });
    assert.deepEqual(scene.person.shown.map(({ kind }) => kind).slice(0, 2), ['progress', 'info']);
    const text = await report();
    assert.match(text, /Peer neighbour: addresses to try: \d/);
    assert.match(text, /127\.0\.0\.1: who answers: Ferry\n/);
  });

  it('is offered beside an error of a peer that is not reached, and finds that nothing listens there', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    scene.person.type(/^Add peer by address$/, () => `127.0.0.1:${port}`);
    scene.person.type(/the way to an address/, () => `127.0.0.1:${port}`);
    scene.person.answer(/is not listening/, 'Diagnose…');
    scene.person.answer(/What is to be diagnosed/, /An address…$/);
    await vscode.commands.executeCommand('ferry.addPeer');
    const shown = scene.person.shown.find(({ kind }) => kind === 'error');
    assert.deepEqual(shown?.actions, ['Diagnose…', 'Show Log'], JSON.stringify(scene.person.shown));
    assert.match(await report(), /\n1\. Cause: The machine at <address \d+> answers, but nothing listens on that port\./);
  });

  it('says nothing once the person has cancelled it', async () => {
    const done = vscode.commands.executeCommand('ferry.diagnose');
    scene.person.answer(/What is to be diagnosed/, /Everything$/);
    const cancelled = says(/Looking at the connection/).then(() => scene.person.cancel());
    await Promise.all([done, cancelled]);
    assert.ok(
      scene.person.shown.every(({ kind }) => ['pick', 'progress'].includes(kind)),
      JSON.stringify(scene.person.shown),
    );
  });

  it('is in the menu of the status bar', async () => {
    scene.person.answer(/^Ferry$/, /Diagnose connection…$/);
    scene.person.answer(/What is to be diagnosed/, /Everything$/);
    const done = vscode.commands.executeCommand('ferry.showMenu');
    await eventually(scene.person.onDidSee, () => scene.person.shown.find(({ kind }) => kind === 'info'), 'a finding is told');
    await done;
    assert.match(await report(), /^What was found\n/);
  });
});

// Questions that must be answered before anything else: what refuses comes first and has the focus, so that Enter alone never
// does what the person was asked about.

import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import * as vscode from 'vscode';

import { FerryError } from '../../src/core/base/errors.ts';
import { realUi } from '../../src/editor/host/ui.ts';
import { offerIdentity } from '../../src/editor/identityBackup.ts';
import { createIdentity } from '../../src/net/connection/identity.ts';
import { type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

describe('Enter alone refuses', () => {
  const scene = setScene();
  const row = (peer: HeadlessPeer) => ({ id: peer.identity.peerId, name: peer.name, windows: [], trust: 'unknown' });
  const question = () => scene.person.shown.find(({ kind }) => kind === 'confirm');
  const trustOf = (peer: HeadlessPeer) => scene.api.book.trustOf(peer.identity.peerId);
  /** Presses Enter in every question: the first button has the focus. */
  const pressEnter = (): void => scene.person.answer(/./, /^/);

  /** Somebody whose name another peer has already, with another key. */
  const namesake = async (): Promise<HeadlessPeer> => {
    const peer = await scene.start({ name: 'Ada', answer: 'save', pairing: 'confirm' });
    const { peerId } = await createIdentity();
    await scene.api.book.change(peerId, (entry) => ({ ...entry, name: 'Ada', trust: 'paired' }));
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, addresses: [peer.address] }));
    return peer;
  };

  it('in the dialog that VS Code shows', async () => {
    const { showWarningMessage } = vscode.window;
    const shown: unknown[][] = [];
    // What a first button, and no button, leads to.
    const presses = [
      (buttons: readonly unknown[]) => buttons[0],
      () => undefined,
      (buttons: readonly unknown[]) => buttons.at(-1),
    ];
    const answers = [];
    for (const press of presses) {
      vscode.window.showWarningMessage = async (_message: string, _options: unknown, ...buttons: unknown[]) => {
        shown.push(buttons);
        return press(buttons) as never;
      };
      try {
        answers.push(await realUi.confirm('Really?', 'It is risky.', { refuse: 'No', agree: 'Yes' }));
      } finally {
        vscode.window.showWarningMessage = showWarningMessage;
      }
    }
    assert.deepEqual([shown, answers], [presses.map(() => ['No', 'Yes']), [false, false, true]]);
  });

  it('in a list, where it takes the row that has the focus', async () => {
    const rows = ['Up', 'first', 'second'].map((label) => ({ label: `$(file) ${label}` }));
    for (const [active, expected] of [
      [0, 'Up'],
      [1, 'first'],
    ] as const) {
      let picked: string | undefined;
      const picking = realUi.pick(rows, { title: 'Pick', active }).then((row) => (picked = row?.label));
      // Nothing tells when a quick pick is on screen, so Enter is pressed until it was taken.
      while (picked === undefined) {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        await Promise.race([picking, delay(50)]);
      }
      assert.equal(picked, expected);
    }
    const over = new AbortController();
    const left = realUi.pick(rows, { title: 'Pick' }, over.signal);
    over.abort();
    assert.equal(await left, undefined);
  });

  it('to send to somebody who has the name of another peer', async () => {
    const peer = await namesake();
    const path = join(await tempFolder(), 'x.txt');
    await writeFile(path, 'x');
    pressEnter();
    await sendTo(scene.api, peer, ['ferry.sendFile', vscode.Uri.file(path)]);
    assert.deepEqual(question()?.actions, ['Do Not Send', 'Send Anyway']);
    assert.deepEqual(peer.inbox.entries, []);
  });

  it('to pair with somebody who has the name of another peer, and to say that they have found the number', async () => {
    const peer = await namesake();
    pressEnter();
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    assert.deepEqual(question()?.actions, ['Do Not Pair', 'Pair Anyway']);
    assert.deepEqual(peer.pairings.entries, []);
    scene.replacePerson();
    scene.person.answer(/^This is not the Ada that you know/, 'Pair Anyway');
    pressEnter();
    await vscode.commands.executeCommand('ferry.pair', row(peer));
    const asked = scene.person.shown.find(({ text }) => /^(?:\d\s*){6}$/.test(text));
    assert.match(asked!.actions[0]!, /They Do Not See This Number$/);
    assert.equal(trustOf(peer), 'unknown');
  });

  it('to block a peer, and to forget one', async () => {
    const peer = await scene.start();
    await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, name: 'neighbour', trust: 'paired' }));
    pressEnter();
    await vscode.commands.executeCommand('ferry.blockPeer', row(peer));
    await vscode.commands.executeCommand('ferry.forgetPeer', row(peer));
    assert.deepEqual(
      scene.person.shown.map(({ actions }) => actions),
      [
        ['Do Not Block', 'Block'],
        ['Do Not Forget', 'Forget'],
      ],
    );
    assert.equal(trustOf(peer), 'paired');
  });

  it('to delete what was received and not saved, with one row or with all', async () => {
    const peer = await scene.start();
    await scene.set('ferry.receive.action', 'open');
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(scene.me(), [memoryItem('only.bin', Buffer.from([0, 1]))]);
    const entry = await scene.entryIn('received');
    scene.replacePerson();
    pressEnter();
    await vscode.commands.executeCommand('ferry.inbox.clear');
    await vscode.commands.executeCommand('ferry.inbox.remove', { entry });
    const asked = scene.person.shown.map(({ text, actions }) => [text, ...actions]);
    assert.deepEqual(asked, [
      ['Clear the Inbox?', 'Keep Them', 'Clear and Delete'],
      ['Remove only.bin?', 'Keep It', 'Remove and Delete'],
    ]);
    const [received] = entry.received;
    assert.deepEqual(await readFile(received!.path), Buffer.from([0, 1]));
    scene.replacePerson();
    scene.person.answer(/^Remove only\.bin\?$/, 'Remove and Delete');
    await vscode.commands.executeCommand('ferry.inbox.remove', { entry });
    assert.equal(scene.api.inbox.find(entry.id), undefined);
  });

  it('to replace an identity', async () => {
    const before = scene.api.own();
    const file = vscode.Uri.file(join(await tempFolder(), 'me.ferry-identity'));
    scene.person.answer(/^Passphrase for the backup of your identity$/, /^[a-z]+(-[a-z]+){5}$/);
    scene.person.saveTo(file);
    await vscode.commands.executeCommand('ferry.backUpIdentity');
    const passphrase = await vscode.env.clipboard.readText();
    scene.replacePerson();
    scene.person.open(file);
    scene.person.type(/^Backup of an identity$/, () => passphrase);
    scene.person.answer(/^Replace your identity by/, /^/);
    await vscode.commands.executeCommand('ferry.restoreIdentity');
    assert.deepEqual(question()?.actions, ['Keep My Identity', 'Replace Identity']);
    assert.ok(!scene.person.shown.some(({ text }) => text.startsWith('Your identity is now')));
    assert.equal(scene.api.own(), before);
  });

  it('to nothing: an identity that the keyring has lost is restored or made anew where the person says so alone', async () => {
    const lost = new FerryError('ERR_IDENTITY_UNREADABLE', 'the secret is gone', { detail: { reason: 'missing' } });
    for (const [action, expected] of [
      [undefined, 0],
      ['New Identity', 1],
    ] as const) {
      scene.replacePerson();
      if (action !== undefined) scene.person.answer(/identity/, action);
      let renewed = 0;
      const identity = { renew: async () => void (renewed += 1) } as never;
      await offerIdentity({ ui: scene.api.ui.current, files: undefined as never, identity }, lost);
      assert.deepEqual([renewed, scene.person.shown[0]?.actions], [expected, ['Restore Identity…', 'New Identity']]);
    }
  });

  it('to save what can run by itself into the workspace', async () => {
    const workspace = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    const folder = join(workspace, '.vscode');
    const peer = await scene.start();
    await scene.set('ferry.receive.action', 'open');
    scene.person.answer(/wants to send/, 'Accept');
    await peer.send(scene.me(), [memoryItem('tasks.json', Buffer.from('{}'))]);
    const entry = await scene.entryIn('received');
    await mkdir(folder);
    try {
      scene.replacePerson();
      scene.person.saveTo(vscode.Uri.file(join(folder, 'tasks.json')));
      pressEnter();
      await vscode.commands.executeCommand('ferry.inbox.saveAs', { entry });
      assert.deepEqual(question()?.actions, ['Do Not Save', 'Save']);
      await assert.rejects(readFile(join(folder, 'tasks.json')), { code: 'ENOENT' });
    } finally {
      await rm(folder, { recursive: true });
    }
    assert.deepEqual(await readFile(entry.received[0]!.path), Buffer.from('{}'));
  });
});

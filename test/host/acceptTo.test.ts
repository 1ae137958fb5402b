// Accepting to a place of the person's choice, more than one offer at once, and in advance.

import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { met } from '../../src/core/peers/book.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import type { TransferOutcome } from '../../src/core/sending/transfer.ts';
import { folderItem } from '../../src/net/disk/tree/folderItem.ts';
import { type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { everything } from '../support/trees.ts';
import { setScene } from './scene.ts';

const workspace = (): vscode.Uri => vscode.workspace.workspaceFolders![0]!.uri;

describe('Accepting to a place', () => {
  const scene = setScene();
  let peer: HeadlessPeer;
  let outcome: Promise<TransferOutcome>;
  const offer = async (name: string, text = name): Promise<{ readonly entry: InboxEntry }> => {
    outcome = peer.send(scene.me(), [memoryItem(name, Buffer.from(text))]);
    return { entry: await scene.entryIn('waiting', peer) };
  };
  const pair = (): Promise<void> =>
    scene.api.book.change(peer.identity.peerId, (entry) => ({ ...met(entry, 'neighbour'), trust: 'paired' }));
  const before = new Set<string>();
  beforeEach(async () => {
    peer = await scene.start();
    // What others can write to takes nothing.
    await chmod(workspace().fsPath, 0o755);
    for (const name of await readdir(workspace().fsPath)) before.add(name);
  });
  afterEach(async () => {
    for (const name of await readdir(workspace().fsPath))
      if (!before.has(name)) await rm(join(workspace().fsPath, name), { recursive: true });
  });

  it('lands in a workspace folder that the person picks', async () => {
    const row = await offer('notes.txt');
    scene.person.answer(/^Accept notes\.txt from neighbour into$/, 'work');
    await vscode.commands.executeCommand('ferry.inbox.acceptToWorkspace', row);
    assert.equal((await outcome).phase, 'delivered');
    assert.equal(await readFile(join(workspace().fsPath, 'notes.txt'), 'utf8'), 'notes.txt');
    await scene.says(/^Saved notes\.txt from neighbour\.$/);
    assert.equal(scene.person.shown.filter(({ kind }) => kind === 'confirm').length, 0);
  });

  for (const [name, answer, phase] of [
    ['package.json', 'Do Not Accept', 'waiting'],
    ['Makefile', 'Accept', 'received'],
  ] as const) {
    it(`asks a second time about ${name}, and heeds "${answer}"`, async () => {
      const row = await offer(name);
      scene.person.answer(/ into$/, 'work');
      scene.person.answer(/into this workspace\?$/, answer);
      await vscode.commands.executeCommand('ferry.inbox.acceptToWorkspace', row);
      await scene.entryIn(phase, peer);
      assert.equal(scene.person.shown.filter(({ kind }) => kind === 'confirm').length, 1);
      assert.equal((await readdir(workspace().fsPath)).includes(name), phase === 'received');
      if (phase === 'waiting') scene.api.inbox.decline(row.entry.id);
      await outcome;
    });
  }

  const offerFolder = async (names: readonly string[]): Promise<{ readonly entry: InboxEntry }> => {
    const path = join(await tempFolder(), 'project');
    await mkdir(path);
    for (const name of names) await writeFile(join(path, name), name);
    outcome = peer.send(scene.me(), [(await folderItem(path, everything)).item]);
    return { entry: await scene.entryIn('waiting', peer) };
  };
  const confirms = (): number => scene.person.shown.filter(({ kind }) => kind === 'confirm').length;

  it('asks once about a folder, in the list of places, which refuses first', async () => {
    const row = await offerFolder(['a.txt']);
    scene.person.answer(/^Accept project.* into$/, /^/);
    await vscode.commands.executeCommand('ferry.inbox.acceptToWorkspace', row);
    const list = scene.person.shown.find(({ kind, text }) => kind === 'pick' && / into$/.test(text));
    assert.equal(list?.hint, 'In a folder that an editor has open, files can run something by themselves.');
    assert.deepEqual(list.actions.slice(0, 2), ['$(close) Do Not Accept', 'work']);
    assert.equal(scene.api.inbox.find(row.entry.id)?.state.phase, 'waiting');
    scene.replacePerson();
    scene.person.answer(/^Accept project.* into$/, 'work');
    await vscode.commands.executeCommand('ferry.inbox.acceptToWorkspace', row);
    assert.equal((await outcome).phase, 'delivered');
    assert.equal(await readFile(join(workspace().fsPath, 'project', 'a.txt'), 'utf8'), 'a.txt');
    assert.equal(confirms(), 0);
  });

  it('asks a second time about a folder with a name in it that can run something', async () => {
    const row = await offerFolder(['a.txt', 'package.json']);
    scene.person.answer(/ into$/, 'work');
    await vscode.commands.executeCommand('ferry.inbox.acceptToWorkspace', row);
    assert.equal(confirms(), 1);
    assert.equal(scene.api.inbox.find(row.entry.id)?.state.phase, 'waiting');
    scene.api.inbox.decline(row.entry.id);
    await outcome;
  });

  it('asks a second time about any name in a folder of settings', async () => {
    const folder = join(workspace().fsPath, '.vscode');
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const row = await offer('harmless.txt');
    scene.person.answer(/ into$/, /Another folder/);
    scene.person.open(vscode.Uri.file(folder));
    await vscode.commands.executeCommand('ferry.inbox.acceptToWorkspace', row);
    assert.equal(scene.person.shown.filter(({ kind }) => kind === 'confirm').length, 1);
    scene.api.inbox.decline(row.entry.id);
    await outcome;
    assert.deepEqual(await readdir(folder), []);
  });

  it('asks a second time where the folder for received files is open in the editor', async () => {
    await scene.set('ferry.receive.folder', join(workspace().fsPath, 'received'));
    scene.person.answer(/wants to send/, 'Accept');
    scene.person.answer(/into this workspace\?$/, 'Do Not Accept');
    const row = await offer('tasks.json');
    await scene.says(/^Accept tasks\.json into this workspace\?$/);
    assert.equal(scene.api.inbox.find(row.entry.id)?.state.phase, 'waiting');
    scene.api.inbox.decline(row.entry.id);
    await outcome;
  });

  it('saves under another name, beside what is there already', async () => {
    const folder = await tempFolder();
    const first = await offer('a.txt', 'first');
    scene.person.saveTo(vscode.Uri.file(join(folder, 'b.txt')));
    await vscode.commands.executeCommand('ferry.inbox.acceptSaveAs', first);
    await outcome;
    const second = await offer('a.txt', 'second');
    await vscode.commands.executeCommand('ferry.inbox.acceptSaveAs', second);
    assert.equal((await outcome).phase, 'delivered');
    const texts = await Promise.all(['b.txt', 'b (1).txt'].map((name) => readFile(join(folder, name), 'utf8')));
    assert.deepEqual(texts, ['first', 'second']);
  });

  it('takes all that waits of one peer, and nothing of another', async () => {
    const other = await scene.start({ name: 'other' });
    const theirs = other.send(scene.me(), [memoryItem('theirs.txt', Buffer.from('x'))]);
    const waiting = await scene.entryIn('waiting', other);
    const outcomes = ['one.txt', 'two.txt'].map((name) => peer.send(scene.me(), [memoryItem(name, Buffer.from(name))]));
    const mine = (): readonly InboxEntry[] => scene.api.inbox.entries.filter((entry) => entry.peer.id === peer.identity.peerId);
    await eventually(scene.api.inbox.onDidChange, () => mine().length === 2 || undefined, 'both wait');
    await vscode.commands.executeCommand('ferry.inbox.acceptAll', { entry: mine()[0] });
    assert.deepEqual(
      (await Promise.all(outcomes)).map(({ phase }) => phase),
      ['delivered', 'delivered'],
    );
    assert.equal(scene.api.inbox.find(waiting.id)?.state.phase, 'waiting');
    scene.api.inbox.decline(waiting.id);
    await theirs;
  });

  it('offers all of this behind "More…" in the notification', async () => {
    scene.person.answer(/wants to send/, 'More…');
    scene.person.answer(/^Accept later\.txt$/, 'All from This Peer');
    outcome = peer.send(scene.me(), [memoryItem('later.txt', Buffer.from('x'))]);
    assert.equal((await outcome).phase, 'delivered');
  });

  it('accepts the kinds and sizes that the person allowed a paired peer, without a question', async () => {
    await pair();
    scene.person.answer(/^Always accept from neighbour$/, 'Files');
    scene.person.answer(/^The largest offer of neighbour/, '0.00001');
    await vscode.commands.executeCommand('ferry.alwaysAccept', peerRow());
    assert.deepEqual(scene.api.book.find(peer.identity.peerId)?.autoAccept, { kinds: ['file'], maxBytes: 10 });
    assert.equal((await peer.send(scene.me(), [memoryItem('small.txt', Buffer.from('1234567890'))])).phase, 'delivered');
    assert.ok(!scene.person.shown.some(({ text }) => /wants to send/.test(text)));
    const row = await offer('large.txt', '12345678901');
    scene.api.inbox.decline(row.entry.id);
    await outcome;
  });

  it('allows nothing in advance to a peer that is not paired', async () => {
    const row = await offer('a.txt');
    await vscode.commands.executeCommand('ferry.inbox.alwaysAccept', row);
    await scene.says(/^neighbour is not paired with you: anybody could pose as them\. Pair first\.$/);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.autoAccept, undefined);
    scene.api.inbox.decline(row.entry.id);
    await outcome;
  });

  it('saves what comes from a peer in the folder that is theirs', async () => {
    await pair();
    const folder = await tempFolder();
    scene.person.answer(/^Where files from neighbour are saved$/, /Choose a folder/);
    scene.person.open(vscode.Uri.file(folder));
    await vscode.commands.executeCommand('ferry.receiveFolder', peerRow());
    scene.person.answer(/wants to send/, 'Accept');
    assert.equal((await peer.send(scene.me(), [memoryItem('a.txt', Buffer.from('a'))])).phase, 'delivered');
    assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'a');
    scene.replacePerson().answer(/^Where files from neighbour are saved$/, /all received files/);
    await vscode.commands.executeCommand('ferry.receiveFolder', peerRow());
    assert.equal(scene.api.book.find(peer.identity.peerId)?.receiveFolder, undefined);
  });

  const peerRow = (): unknown => ({ id: peer.identity.peerId, name: 'neighbour', trust: 'paired', windows: [], lastUsed: 0 });
});

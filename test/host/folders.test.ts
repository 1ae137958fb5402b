// Folders in a real editor: sent with a question about what looks like a secret, and received as one item.

import assert from 'node:assert/strict';
import { existsSync, watch } from 'node:fs';
import { mkdir, readFile, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import * as vscode from 'vscode';

import type { Event } from '../../src/core/base/event.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import type { ItemSource } from '../../src/core/wire/item.ts';
import { sendDropped } from '../../src/editor/peers/sendDropped.ts';
import { type InboxRow, rowsIn, treeItemOf } from '../../src/editor/receiving/inboxRows.ts';
import { folderItem } from '../../src/net/disk/tree/folderItem.ts';
import { filesOf, type HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { everything, makeExecutable, makeTree, type Tree, treeAt } from '../support/trees.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

describe('Folders', () => {
  const scene = setScene();
  const { says, start } = scene;

  const send = (peer: HeadlessPeer, ...args: readonly unknown[]): Promise<void> =>
    sendTo(scene.api, peer, ['ferry.sendFile', ...args]);
  const told = (text: RegExp): number => scene.person.shown.filter((shown) => text.test(shown.text)).length;
  const folder = async (tree: Tree, name = 'project'): Promise<vscode.Uri> => {
    const path = join(await tempFolder(), name);
    await mkdir(path);
    await makeTree(path, tree);
    return vscode.Uri.file(path);
  };

  describe('that are sent', () => {
    it('arrive from the Explorer as they are, with files beside them', async () => {
      const peer = await start({ answer: 'save' });
      const uri = await folder({ 'src/a.ts': 'a', 'src/deep/b.ts': 'b', empty: undefined });
      const file = vscode.Uri.file(join(await tempFolder(), 'notes.txt'));
      await writeFile(file.fsPath, 'notes');
      await send(peer, uri, [uri, file]);
      await says(/^neighbour received 2 items\.$/);
      assert.deepEqual((await filesOf(peer)).toSorted(), ['notes.txt', 'project']);
      assert.deepEqual(await treeAt(join(peer.folder, 'project')), await treeAt(uri.fsPath));
    });

    it('are picked in a dialog where none is given', async () => {
      const peer = await start({ answer: 'save' });
      scene.person.open(await folder({ 'a.txt': 'a' }));
      await sendTo(scene.api, peer, ['ferry.sendFolder']);
      await says(/^neighbour received project\.$/);
      assert.deepEqual(await treeAt(join(peer.folder, 'project')), { 'a.txt': 'a' });
    });

    it('go without what looks like a secret where the person says so, which is the first answer', async () => {
      const peer = await start({ answer: 'save' });
      const uri = await folder({ 'a.txt': 'a', '.env': 'KEY=1', 'keys/id_rsa': 'secret' });
      scene.person.answer(/look like secrets/, 'Leave them out');
      await send(peer, uri);
      await says(/^neighbour received project\.$/);
      const asked = scene.person.shown.find(({ kind, text }) => kind === 'pick' && /secrets/.test(text));
      assert.equal(asked?.text, 'project has 2 files that look like secrets: .env, keys/id_rsa');
      assert.deepEqual(asked.actions, ['Leave them out', 'Send them too']);
      assert.deepEqual(await treeAt(join(peer.folder, 'project')), { 'a.txt': 'a', 'keys/': '' });
    });

    it('go with a secret where the person says so', async () => {
      const peer = await start({ answer: 'save' });
      scene.person.answer(/^project has a file that looks like a secret: \.env$/, 'Send it too');
      await send(peer, await folder({ '.env': 'KEY=1' }));
      await says(/^neighbour received project\.$/);
      assert.deepEqual(await treeAt(join(peer.folder, 'project')), { '.env': 'KEY=1' });
    });

    it('stay where the person leaves the question, and so does all else', async () => {
      const [one, other] = [await folder({ '.env': 'KEY=1' }), await folder({ 'a.txt': 'a' }, 'other')];
      await vscode.commands.executeCommand('ferry.sendFile', other, [other, one]);
      assert.deepEqual(
        scene.person.shown.map(({ kind }) => kind),
        ['pick'],
      );
    });

    it('ask about one after the other', async () => {
      const peer = await start({ answer: 'save' });
      const uris = [await folder({ '.env': '1' }, 'one'), await folder({ '.env': '2' }, 'two')];
      scene.person.answer(/^one has/, 'Send it too');
      scene.person.answer(/^two has/, 'Leave it out');
      await send(peer, uris[0], uris);
      await says(/^neighbour received 2 items\.$/);
      assert.deepEqual(await treeAt(join(peer.folder, 'one')), { '.env': '1' });
      assert.deepEqual(await treeAt(join(peer.folder, 'two')), {});
    });

    it('go without links, which is told with their paths', async () => {
      const peer = await start({ answer: 'save' });
      const uri = await folder({ 'src/a.txt': 'a' });
      await symlink('a.txt', join(uri.fsPath, 'src/link'));
      await send(peer, uri);
      await says(/^Left out of project: src\/link \(links are not sent\)\.$/);
      assert.deepEqual(await treeAt(join(peer.folder, 'project')), { 'src/': '', 'src/a.txt': 'a' });
    });

    it('go without what vanishes while the peer decides, and both sides are told', async () => {
      const peer = await start();
      const uri = await folder({ 'a.txt': 'a', 'late.txt': 'late' });
      const sending = send(peer, uri);
      const entry = await peer.entry('waiting');
      await unlink(join(uri.fsPath, 'late.txt'));
      await peer.inbox.accept(entry.id, 'save');
      await sending;
      await says(/^neighbour received project\. Entries that were gone by then, and are missing there: 1\.$/);
      assert.equal((await peer.entry('received')).received[0]?.missing, 1);
      assert.deepEqual(await treeAt(join(peer.folder, 'project')), { 'a.txt': 'a' });
    });

    it('go to the peer that they are dropped on, with files and without another question', async () => {
      const peer = await start({ answer: 'save' });
      const uri = await folder({ 'a.txt': 'a' });
      const file = vscode.Uri.joinPath(uri, 'a.txt');
      await sendDropped.handleDrop?.(
        await rowOf(peer),
        listOf(`# dropped\r\n${uri.toString()}\r\n${file.toString()}\r\n`),
        never,
      );
      await says(/^neighbour received 2 items\.$/);
      assert.deepEqual((await filesOf(peer)).toSorted(), ['a.txt', 'project']);
    });

    it('go to nobody who is blocked', async () => {
      const peer = await start({ answer: 'save' });
      const row = await rowOf(peer);
      await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...entry, trust: 'blocked' }));
      await sendDropped.handleDrop?.(row, listOf(String(await folder({ 'a.txt': 'a' }))), never);
      await says(/^neighbour is blocked, so nothing was sent\. Unblock them first\.$/);
      assert.deepEqual(peer.inbox.entries, []);
    });

    it('are picked for the peer of a row, as files are', async () => {
      const peer = await start({ answer: 'save' });
      const row = await rowOf(peer);
      const uri = await folder({ 'a.txt': 'a' });
      scene.person.open(uri);
      await vscode.commands.executeCommand('ferry.sendFolderTo', row);
      await says(/^neighbour received project\.$/);
      scene.person.open(vscode.Uri.joinPath(uri, 'a.txt'));
      await vscode.commands.executeCommand('ferry.sendFileTo', row);
      await says(/^neighbour received a\.txt\.$/);
      assert.equal(told(/^Choose a folder to send to neighbour$/), 1);
      assert.equal(told(/^Choose a file to send to neighbour$/), 1);
    });
  });

  describe('that are received', () => {
    let peer: HeadlessPeer;
    const tree = { 'src/a.ts': 'a', 'src/b.ts': 'b', 'run.sh': '#!/bin/sh\n', 'package.json': '{}', empty: undefined };
    beforeEach(async () => {
      peer = await start();
      scene.person.answer(/wants to send/, 'Accept');
    });

    /** What Ferry's own sender would give, with the names in another order. */
    const item = async (names?: readonly string[]): Promise<ItemSource> => {
      const uri = await folder(tree);
      await makeExecutable(join(uri.fsPath, 'run.sh'));
      const { item: source } = await folderItem(uri.fsPath, everything);
      const { offered } = source;
      if (names === undefined || offered.folder === undefined) return source;
      return { ...source, offered: { ...offered, folder: { ...offered.folder, names } } };
    };
    const receive = async (action: string, source?: ItemSource): Promise<InboxEntry> => {
      await scene.set('ferry.receive.action', action);
      assert.equal((await peer.send(scene.me(), [source ?? (await item())])).phase, 'delivered');
      return scene.entryIn('received', peer);
    };
    const labels = (row: InboxRow): readonly unknown[] => rowsIn(row).map((inner) => treeItemOf(inner).label);

    it('are asked about with what is in them, what can run first and marked', async () => {
      await receive('save', await item(['src/a.ts', 'src/b.ts', 'package.json']));
      const [question] = scene.person.shown;
      assert.match(
        question?.text ?? '',
        /wants to send ⚠ project \(folder with 4 files, some can run by themselves: package\.json\)/,
      );
      await says(/^Saved project from neighbour\.$/);
      const saved = scene.person.shown.find(({ text }) => text.startsWith('Saved project'));
      assert.deepEqual(saved?.actions, ['Reveal', 'Pair…']);
      assert.deepEqual(Object.keys(await treeAt(join(scene.received, 'project'))).toSorted(), [
        ...['empty/', 'package.json', 'run.sh', 'src/', 'src/a.ts', 'src/b.ts'],
      ]);
    });

    it('have a row with their files below it, what can run first and marked, and how many are not named', async () => {
      const entry = await receive('save', await item(['src/a.ts', 'src/b.ts', 'package.json']));
      const row = treeItemOf({ entry });
      assert.ok(typeof row.label === 'string' && /^project( \(\d+\))? \(folder\)$/.test(row.label));
      assert.equal(row.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
      assert.match(
        typeof row.tooltip === 'string' ? row.tooltip : '',
        /^⚠ project \(folder with 4 files, some can run by themselves: package\.json\)/,
      );
      assert.deepEqual(labels({ entry }), ['⚠ package.json (can run by itself)', 'src/a.ts', 'src/b.ts', '1 more file']);
      const ids = rowsIn({ entry }).map((inner) => treeItemOf(inner).id);
      assert.equal(new Set([...ids, row.id]).size, ids.length + 1);
      const [first = assert.fail()] = rowsIn({ entry });
      assert.deepEqual([rowsIn(first), treeItemOf(first).contextValue], [[], undefined]);
    });

    it('have such rows among several items too', async () => {
      const several = [await item(), { ...(await item()), offered: { ...(await item()).offered, name: 'other' } }];
      await scene.set('ferry.receive.action', 'save');
      assert.equal((await peer.send(scene.me(), several)).phase, 'delivered');
      const entry = await scene.entryIn('received', peer);
      assert.match(labels({ entry }).join(), /^project( \(\d+\))?,other( \(\d+\))?$/);
      const [, other = assert.fail()] = rowsIn({ entry });
      assert.deepEqual(labels(other).length, 4);
    });

    it('show no hostile path as it is', async () => {
      const entry = await receive('save', await item(['../../\u202e$(zap)/[x](command:y)', 'a'.repeat(255)]));
      for (const label of labels({ entry })) assert.doesNotMatch(String(label), /\u202e|\$\(|\[|\.\.\/|.{120}/u);
    });

    it('are shown where they lie when they are opened', async () => {
      const entry = await receive('save');
      scene.replacePerson();
      await vscode.commands.executeCommand('ferry.inbox.open', { entry });
      const reveals = (await vscode.commands.getCommands(true)).includes('revealFileInOS');
      if (!reveals) await says(new RegExp(`^It is in ${scene.received}\\.$`));
      assert.equal(vscode.window.activeTextEditor, undefined);
    });

    for (const action of ['print', 'open']) {
      it(`are saved as a whole when the setting says ${action}, beside what has their name, and deleted with their row`, async () => {
        const entry = await receive(action);
        const [stored = assert.fail()] = entry.received;
        const target = await tempFolder();
        await mkdir(join(target, 'project'));
        await writeFile(join(target, 'project', 'mine.txt'), 'mine');
        scene.person.open(vscode.Uri.file(target));
        await vscode.commands.executeCommand('ferry.inbox.saveAs', { entry });
        assert.deepEqual(await treeAt(join(target, 'project')), { 'mine.txt': 'mine' });
        assert.deepEqual(await treeAt(join(target, 'project (1)')), await treeAt(stored.path));
        assert.equal(await readFile(join(target, 'project (1)', 'src/b.ts'), 'utf8'), 'b');
        await vscode.commands.executeCommand('ferry.inbox.remove', { entry });
        assert.ok((await stat(stored.path)).isDirectory());
        scene.person.answer(/^Remove project \(folder\)\?$/, 'Remove and Delete');
        await vscode.commands.executeCommand('ferry.inbox.remove', { entry });
        await isGone(stored.path);
      });
    }

    it('are printed as what they are, under their name', async () => {
      await receive('print');
      const printed = await eventually(
        vscode.workspace.onDidChangeTextDocument,
        () =>
          vscode.workspace.textDocuments
            .find((document) => document.uri.scheme === 'output' && document.getText().includes('| project |'))
            ?.getText(),
        'the channel shows the folder',
      );
      assert.match(printed, /\| project \| .*\n {2}\(a folder; files: 4, folders in it: 2\)\n/);
      assert.equal(basename(scene.api.inbox.entries[0]?.received[0]?.path ?? '').includes('.part'), false);
    });
  });

  /** The peer as its row in the view has it, once it answers. */
  const rowOf = async (peer: HeadlessPeer): Promise<unknown> => {
    const { directory } = scene.api.presence.session ?? assert.fail('Ferry is online');
    const greeting = directory.onDidChange(() => void directory.greetNew());
    await directory.refresh();
    const answers = () => directory.peers.find(({ id, windows }) => id === peer.identity.peerId && windows.length > 0);
    try {
      return await eventually(directory.onDidChange, answers, 'the peer answers');
    } finally {
      greeting.dispose();
    }
  };
});

/** Waits until a path is gone from its folder. */
async function isGone(path: string): Promise<void> {
  const watcher = watch(dirname(path));
  const changed: Event<unknown> = (listener) => {
    watcher.on('change', listener);
    return new vscode.Disposable(() => watcher.off('change', listener));
  };
  await eventually(changed, () => !existsSync(path) || undefined, 'what was not saved is deleted');
  watcher.close();
}

const never = new vscode.CancellationTokenSource().token;

function listOf(text: string): vscode.DataTransfer {
  const dropped = new vscode.DataTransfer();
  dropped.set('text/uri-list', new vscode.DataTransferItem(text));
  return dropped;
}

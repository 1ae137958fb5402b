// What is sent is what is on screen: unsaved changes, bytes as they are, and several files of which some cannot be sent.

import assert from 'node:assert/strict';
import { writeFileSync as writeSync } from 'node:fs';
import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { Event } from '../../src/core/base/event.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import { offeredName } from '../../src/core/wire/item.ts';
import type { TestApi } from '../../src/extension.ts';
import { type HeadlessPeer, headlessPeer } from '../support/headlessPeer.ts';
import { eventually, removeTempFolders, tempFolder } from '../support/temp.ts';
import { ferry, forgetPeers, newPerson, type Person } from './person.ts';
import { sendTo } from './sendTo.ts';

describe('What is on screen', () => {
  let api: TestApi;
  let person: Person;
  let peer: HeadlessPeer;
  let folder: string;

  const send = async (...args: readonly unknown[]): Promise<InboxEntry> => {
    await sendTo(api, peer, ['ferry.sendFile', ...args]);
    return peer.entry('received');
  };
  const bytesOf = (entry: InboxEntry, n = 0): Promise<Buffer> => readFile(entry.received[n]!.path);
  const says = (text: RegExp): Promise<string> =>
    eventually(person.onDidSee, () => person.shown.find((shown) => text.test(shown.text))?.text, `Ferry says ${String(text)}`);
  const file = async (name: string, content: string | Uint8Array): Promise<vscode.Uri> => {
    await writeFile(join(folder, name), content);
    return vscode.Uri.file(join(folder, name));
  };
  const told = (): (readonly [string, string])[] => person.shown.map(({ kind, text }) => [kind, text]);

  /** Tabs come to the front a little after their editors. */
  const inFront = (kind: abstract new (...args: never) => unknown): Promise<unknown> => {
    const { tabGroups } = vscode.window;
    const front = (): true | undefined => (tabGroups.activeTabGroup.activeTab?.input instanceof kind ? true : undefined);
    const changed: Event<unknown> = (listener) =>
      vscode.Disposable.from(tabGroups.onDidChangeTabs(listener), tabGroups.onDidChangeTabGroups(listener));
    return eventually(changed, front, 'the tab is in front');
  };

  before(async () => {
    api = await ferry();
    await eventually(api.presence.onDidChange, () => api.presence.session, 'Ferry goes online');
  });
  beforeEach(async () => {
    person = newPerson(api);
    folder = await tempFolder();
    peer = await headlessPeer({ name: 'neighbour', answer: 'save' });
  });
  afterEach(async () => {
    for (let open = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length; open > 0; open -= 1) {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await peer.stop();
    const { directory } = api.presence.session!;
    const gone = () => (directory.peers.every(({ windows }) => windows.length === 0) ? true : undefined);
    await eventually(directory.onDidChange, gone, 'the peer is gone');
    await forgetPeers(api);
    await removeTempFolders();
  });

  it('is a notebook with its unsaved changes, which are saved first where its serializer does not give them', async function () {
    this.timeout(60_000);
    // The worker that writes notebooks otherwise does not answer in every server.
    await vscode.workspace.getConfiguration('ipynb').update('experimental.serialization', false, true);
    const cell = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: ['print(1)'] };
    const saved = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 2 });
    const uri = await file('book.ipynb', saved);
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(notebook.cellAt(0).document.uri, new vscode.Position(0, 0), '# changed\n');
    await vscode.workspace.applyEdit(edit);
    assert.equal(notebook.isDirty, true);
    await inFront(vscode.TabInputNotebook);
    person.answer(/^book\.ipynb: changes that are not saved cannot be sent from this kind of editor\.$/, 'Save');
    const entry = await send();
    assert.equal(offeredName(entry.items[0]!), 'book.ipynb');
    const sent = JSON.parse((await bytesOf(entry)).toString()) as { cells: { source: string[] }[] };
    assert.equal(sent.cells[0]!.source.join(''), '# changed\nprint(1)');
    const wasAsked = person.shown.some(({ text }) => text.startsWith('book.ipynb: changes that are not saved'));
    assert.equal((await readFile(uri.fsPath, 'utf8')) === saved, !wasAsked);
  });

  it('is a saved document of another file system byte for byte, whatever its encoding and line ends', async () => {
    const bytes = Buffer.from('gr\xfc\xdfe\r\nmixed\nends\r', 'latin1');
    const provider = registerMemory('ferry-mixed', '/old.txt', bytes);
    try {
      const uri = vscode.Uri.parse('ferry-mixed:/old.txt');
      await vscode.window.showTextDocument(uri);
      assert.deepEqual(await bytesOf(await send()), bytes);
    } finally {
      provider.dispose();
    }
  });

  it('is the text of a document that no file system has', async () => {
    const provider = vscode.workspace.registerTextDocumentContentProvider('ferry-shown', {
      provideTextDocumentContent: () => 'shown\n',
    });
    try {
      await vscode.window.showTextDocument(vscode.Uri.parse('ferry-shown:/a/view.txt'));
      const entry = await send();
      assert.deepEqual([offeredName(entry.items[0]!), String(await bytesOf(entry))], ['view.txt', 'shown\n']);
    } finally {
      provider.dispose();
    }
  });

  it('is unsaved text in its own encoding, and nothing where that cannot hold it', async () => {
    const uri = await file('latin.txt', Buffer.from('gr\xfcn', 'latin1'));
    const document = await vscode.workspace.openTextDocument(uri, { encoding: 'windows1252' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '€ '));
    const entry = await send();
    assert.deepEqual(await bytesOf(entry), Buffer.from('\x80 gr\xfcn', 'latin1'));
    assert.equal(entry.received[0]!.item.context?.encoding, 'windows-1252');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '日? 本'));
    await vscode.commands.executeCommand('ferry.sendFile');
    await says(/^The encoding of this file \(windows-1252\) cannot hold 日 本\. /);
    assert.equal(peer.inbox.entries.length, 1);
  });

  it('is still there when the file is deleted on disk', async () => {
    const uri = await file('gone.txt', 'still here');
    await vscode.workspace.getConfiguration('workbench').update('editor.closeOnFileDelete', false, true);
    await vscode.window.showTextDocument(uri);
    await unlink(uri.fsPath);
    assert.equal(String(await bytesOf(await send())), 'still here');
  });

  it('is the changed side of a comparison', async () => {
    const [old, now] = [await file('old.txt', 'old'), await file('now.txt', 'now')];
    await vscode.commands.executeCommand('vscode.diff', old, now, 'old and now');
    const entry = await send();
    assert.deepEqual([offeredName(entry.items[0]!), String(await bytesOf(entry))], ['now.txt', 'now']);
  });

  it('is no file where a page of an extension is in front, whatever text is open beside it', async () => {
    await vscode.window.showTextDocument(await file('beside.txt', 'not this'));
    const panel = vscode.window.createWebviewPanel('ferry.test', 'Preview', { viewColumn: vscode.ViewColumn.Beside });
    try {
      await inFront(vscode.TabInputWebview);
      await vscode.commands.executeCommand('ferry.sendFile');
      assert.deepEqual(told(), [
        ['warn', 'What is in front of you shows no file of its own. Open the file itself, then send it.'],
      ]);
    } finally {
      panel.dispose();
    }
  });

  it('has the name of the file that it is to become, or of its language', async () => {
    const later = vscode.Uri.file(join(folder, 'later.py')).with({ scheme: 'untitled' });
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(later));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'first = 1'));
    assert.equal(offeredName((await send()).items[0]!), 'later.py');
  });

  it('goes without what cannot be sent of several, which is named', async () => {
    await mkdir(join(folder, 'sub'));
    const gone = await file('gone.txt', 'x');
    await unlink(gone.fsPath);
    const uris = [await file('a.txt', 'a'), vscode.Uri.file(join(folder, 'sub')), gone, await file('b.txt', 'b')];
    const entry = await send(uris[0], uris);
    assert.deepEqual(entry.items.map(offeredName), ['a.txt', 'sub', 'b.txt']);
    await says(/^Left out: gone\.txt: The file is no longer there\.$/);
    await says(/^neighbour received 3 items\.$/);
  });

  it('is sent again as far as it did not arrive', async () => {
    const [a, b] = [await file('a.txt', 'aaaa'), await file('b.txt', 'bbbb')];
    person.answer(/^neighbour received 1 of 2 files\. b\.txt: It changed/, 'Send the Rest');
    const held = peer.inbox.onDidChange(({ entry }) => {
      if (entry?.state.phase === 'receiving' && entry.items.length === 2) writeSync(b.fsPath, 'b');
    });
    await send(a, [a, b]).finally(() => held.dispose());
    await says(/^neighbour received b\.txt\.$/);
    const [again, first] = peer.inbox.entries;
    assert.deepEqual(first!.state.phase === 'received' && first!.state.failed?.map(({ n }) => n), [1]);
    assert.deepEqual([again!.items.map(offeredName), String(await bytesOf(again!))], [['b.txt'], 'b']);
  });
});

function registerMemory(scheme: string, path: string, bytes: Uint8Array): vscode.Disposable {
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  return vscode.workspace.registerFileSystemProvider(scheme, {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
    readFile: (uri) => (uri.path === path ? bytes : refuse()),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  });
}

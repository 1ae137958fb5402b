// Snippets between a real editor and a peer on loopback: gathered here, and done with here.

import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { streamOf } from '../../src/core/base/bytes.ts';
import type { ReceivedItem } from '../../src/core/receiving/entry.ts';
import type { ItemContext, OutgoingItem, PlainItem } from '../../src/core/wire/item.ts';
import { type HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

const workspace = (): string => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
const lines = ['one', 'two', 'three', 'four', 'five', ''].join('\n');

async function inWorkspace(path: string, text: string | Uint8Array): Promise<vscode.Uri> {
  const place = join(workspace(), path);
  await mkdir(join(place, '..'), { recursive: true });
  await writeFile(place, text);
  return vscode.Uri.file(place);
}

function snippet(text: string, context: ItemContext, name = 'main.2-3.ts'): OutgoingItem {
  const bytes = Buffer.from(text);
  return {
    offered: { kind: 'snippet', name, size: bytes.length, mediaType: 'text/plain', context },
    open: (_, from) => streamOf(bytes, from),
    resumes: true,
  };
}

describe('Sending snippets', () => {
  const scene = setScene();
  const sent = async (peer: HeadlessPeer, command: string, ...args: readonly unknown[]): Promise<[PlainItem, string]> => {
    await sendTo(scene.api, peer, [command, ...args]);
    const [received] = (await peer.entry('received')).received;
    return [received!.item, await readFile(received!.path, 'utf8')];
  };
  afterEach(() => rm(join(workspace(), 'src'), { recursive: true, force: true }));

  it('sends what several cursors select, with the path and the lines', async () => {
    const peer = await scene.start({ answer: 'save' });
    const editor = await vscode.window.showTextDocument(await inWorkspace('src/main.ts', lines));
    editor.selections = [new vscode.Selection(3, 0, 3, 0), new vscode.Selection(0, 1, 2, 0)];
    const [item, text] = await sent(peer, 'ferry.sendSelection');
    assert.equal(text, 'ne\ntwo\n\nfour');
    assert.deepEqual([item.kind, item.name], ['snippet', 'main.1-4.ts']);
    assert.deepEqual(item.context, { languageId: 'typescript', path: 'src/main.ts', lines: '1-2,4', encoding: 'utf8' });
    await scene.says(/^neighbour received src\/main\.ts:1-2,4\.$/);
  });

  it('tells no path of a file outside every folder that is open', async () => {
    const peer = await scene.start({ answer: 'save' });
    const path = join(await tempFolder(), 'private.txt');
    await writeFile(path, 'x');
    await vscode.window.showTextDocument(vscode.Uri.file(path));
    const [item] = await sent(peer, 'ferry.sendSelection');
    assert.deepEqual(item.context, { languageId: 'plaintext', lines: '1', encoding: 'utf8' });
  });

  it('sends the clipboard, and says so where nothing is on it', async () => {
    const peer = await scene.start({ answer: 'save' });
    await vscode.env.clipboard.writeText('copied ü');
    const [item, text] = await sent(peer, 'ferry.sendClipboard');
    assert.deepEqual([item.kind, item.name, text], ['snippet', 'clipboard.txt', 'copied ü']);
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('ferry.sendClipboard');
    await scene.says(/^There is no text to send\. Select or copy some first\.$/);
  });

  it('leaves the clipboard as it was where a terminal has nothing selected', async () => {
    await vscode.env.clipboard.writeText('mine');
    await vscode.commands.executeCommand('ferry.sendTerminalSelection');
    await scene.says(/^There is no text to send/);
    assert.equal(await vscode.env.clipboard.readText(), 'mine');
  });

  it('says of text above 1 MiB that the file can be sent', async () => {
    await vscode.env.clipboard.writeText('x'.repeat(1024 * 1024 + 1));
    await vscode.commands.executeCommand('ferry.sendClipboard');
    await scene.says(/^This text is longer than 1 MiB\. Save it, and send the file\.$/);
    await vscode.env.clipboard.writeText('');
  });

  it('sends a cell of a notebook in its language', async () => {
    const peer = await scene.start({ answer: 'save' });
    const cells = ['first', 'x = 1'].map((text) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python'));
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
    await vscode.window.showNotebookDocument(notebook);
    const [item, text] = await sent(peer, 'ferry.sendCell', notebook.cellAt(1));
    assert.deepEqual([item.kind, item.context?.languageId, text], ['snippet', 'python', 'x = 1']);
    assert.match(item.name, /cell 2\.txt$/);
  });

  const wrong = [
    ['with its message and the text of its lines', 'wrong.txt', Buffer.from(lines), '\ntwo\nthree\n'],
    ['with its message alone, where its file is no text', 'wrong.bin', Buffer.alloc(4096), ''],
  ] as const;
  for (const [how, name, bytes, shown] of wrong)
    it(`sends a problem ${how}`, async () => {
      const peer = await scene.start({ answer: 'save' });
      const uri = await inWorkspace(`src/${name}`, bytes);
      const problems = vscode.languages.createDiagnosticCollection('ferry-test');
      const problem = new vscode.Diagnostic(new vscode.Range(1, 1, 2, 2), 'This is wrong.', vscode.DiagnosticSeverity.Warning);
      Object.assign(problem, { source: 'lint', code: 42 });
      problems.set(uri, [problem]);
      try {
        scene.person.answer(/^Send a problem$/, 'This is wrong.');
        const [item, text] = await sent(peer, 'ferry.sendProblem');
        assert.equal(text, `src/${name}:2:2: warning lint(42): This is wrong.\n${shown}`);
        assert.deepEqual([item.context?.path, item.context?.lines], [`src/${name}`, '2-3']);
      } finally {
        problems.dispose();
      }
    });
});

describe('Receiving snippets', () => {
  const scene = setScene();
  let peer: HeadlessPeer;
  const take = async (item: OutgoingItem): Promise<{ readonly item: ReceivedItem; readonly entry: unknown }> => {
    scene.person.answer(/wants to send/, 'Accept');
    assert.equal((await peer.send(scene.me(), [item])).phase, 'delivered');
    const entry = await scene.entryIn('received', peer);
    return { entry, item: entry.received[0]! };
  };
  beforeEach(async () => {
    peer = await scene.start();
  });
  afterEach(() => rm(join(workspace(), 'src'), { recursive: true, force: true }));

  it('asks about the place, and inserts it at every cursor', async () => {
    const document = await vscode.workspace.openTextDocument({ content: 'a\nb\n' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selections = [new vscode.Selection(0, 0, 0, 1), new vscode.Selection(1, 1, 1, 1)];
    scene.person.answer(/^src\/main\.ts:2-3 from neighbour\.$/, 'Insert at Cursor');
    const changed = new Promise((resolve) => vscode.workspace.onDidChangeTextDocument(resolve));
    await take(snippet('new', { path: 'src/main.ts', lines: '2-3' }));
    await scene.says(/neighbour .* wants to send src\/main\.ts:2-3 \(3 B\)/);
    await changed;
    assert.equal(document.getText(), 'new\nbnew\n');
  });

  it('prints it under its place, when the setting says so', async () => {
    await scene.set('ferry.receive.action', 'print');
    await take(snippet('printed once\n', { path: 'src/printed.ts', lines: '7' }));
    const printed = (): string | undefined =>
      vscode.workspace.textDocuments.map((document) => document.getText()).find((text) => text.includes('printed once'));
    const text = await eventually(vscode.workspace.onDidChangeTextDocument, printed, 'it is printed');
    assert.match(text, /^── .* \| src\/printed\.ts:7 \| .*\n {2}printed once$/m);
  });

  it('copies it, and opens it as a document of its language', async () => {
    const row = await take(snippet('x = 1\n', { languageId: 'python' }));
    await vscode.commands.executeCommand('ferry.inbox.copyText', row);
    assert.equal(await vscode.env.clipboard.readText(), 'x = 1\n');
    await vscode.commands.executeCommand('ferry.inbox.openAsDocument', row);
    const { document } = vscode.window.activeTextEditor!;
    assert.deepEqual([document.isUntitled, document.languageId, document.getText()], [true, 'python', 'x = 1\n']);
  });

  it('opens the place in an open folder, at lines that lie within the file', async () => {
    const uri = await inWorkspace('src/main.ts', lines);
    const row = await take(snippet('x', { path: 'src/main.ts', lines: '2-3,4-900000' }));
    await vscode.commands.executeCommand('ferry.inbox.openPlace', row);
    const editor = vscode.window.activeTextEditor!;
    assert.equal(editor.document.uri.toString(), uri.toString());
    assert.deepEqual(
      editor.selections.map(({ start, end }) => [start.line, end.line]),
      [
        [1, 2],
        [3, 5],
      ],
    );
  });

  it('opens the place also where this editor shows no text there', async () => {
    await inWorkspace('src/main.bin', new Uint8Array(4096));
    const row = await take(snippet('x', { path: 'src/main.bin', lines: '2-3' }));
    const opened = (): true | undefined =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'main.bin' ? true : undefined;
    await vscode.commands.executeCommand('ferry.inbox.openPlace', row);
    await eventually(vscode.window.tabGroups.onDidChangeTabs, opened, 'the file is in front');
    assert.equal(vscode.window.activeTextEditor, undefined);
    assert.deepEqual(
      scene.person.shown.filter(({ text }) => /unexpected/.test(text)),
      [],
    );
  });

  const outside = async (): Promise<string> => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'secret.txt'), 'secret');
    return folder;
  };
  const hostile: readonly (readonly [string, (folder: string) => string])[] = [
    ['a path out of the folder', (folder) => `${'../'.repeat(12)}${folder.slice(1)}/secret.txt`],
    ['an absolute path', (folder) => `${folder}/secret.txt`],
    ['a path through a link', () => 'src/link/secret.txt'],
    ['a link', () => 'src/secret.txt'],
  ];
  for (const [name, pathIn] of hostile) {
    it(`opens nothing for ${name}`, async () => {
      const folder = await outside();
      await inWorkspace('src/main.ts', lines);
      await symlink(folder, join(workspace(), 'src/link'));
      await symlink(join(folder, 'secret.txt'), join(workspace(), 'src/secret.txt'));
      const row = await take(snippet('x', { path: pathIn(folder), lines: '1' }));
      await vscode.commands.executeCommand('ferry.inbox.openPlace', row);
      await scene.says(/^No folder that is open here has /);
      assert.equal(vscode.window.activeTextEditor, undefined);
    });
  }

  it('compares it with what is selected, mine at the left', async () => {
    const editor = await vscode.window.showTextDocument(await inWorkspace('src/main.ts', lines));
    const row = await take(snippet('TWO\n', { path: 'src/main.ts' }));
    await vscode.window.showTextDocument(editor.document);
    vscode.window.activeTextEditor!.selection = new vscode.Selection(1, 0, 2, 0);
    await vscode.commands.executeCommand('ferry.inbox.compare', row);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab!.input as vscode.TabInputTextDiff;
    const texts = await Promise.all(
      [input.original, input.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()),
    );
    assert.deepEqual(texts, ['two\n', 'TWO\n']);
  });
});

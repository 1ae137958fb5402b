// A received file or folder beside the one of this workspace that it is another version of.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { streamOf } from '../../src/core/base/bytes.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import type { ItemContext, OutgoingItem } from '../../src/core/wire/item.ts';
import { folderItem } from '../../src/net/disk/tree/folderItem.ts';
import { type HeadlessPeer } from '../support/headlessPeer.ts';
import { tempFolder } from '../support/temp.ts';
import { needsTools } from '../support/tools.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

const root = (): string => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'repo');
const base = 'one\ntwo\nthree\nfour\nfive\n';
const idOf = (content: string): string => createHash('sha1').update(`blob ${content.length}\0${content}`).digest('hex');

function file(name: string, text: string, context: ItemContext = {}): OutgoingItem {
  const bytes = Buffer.from(text);
  return {
    offered: { kind: 'file', name, size: bytes.length, mediaType: 'text/plain', context },
    open: (_, from) => streamOf(bytes, from),
    resumes: true,
  };
}

describe('Comparing', () => {
  const scene = setScene();
  let peer: HeadlessPeer;
  const mine = async (name: string, text: string): Promise<string> => {
    await writeFile(join(root(), name), text);
    return join(root(), name);
  };
  const take = async (item: OutgoingItem): Promise<{ readonly entry: InboxEntry }> => {
    scene.person.answer(/wants to send/, 'Accept');
    assert.equal((await peer.send(scene.me(), [item])).phase, 'delivered');
    return { entry: await scene.entryIn('received', peer) };
  };
  const compare = (row: unknown): Thenable<unknown> => vscode.commands.executeCommand('ferry.inbox.compareFile', row);
  const shownTexts = async (): Promise<readonly string[]> => {
    const input = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map((tab) => tab.input));
    const diff = input.find((one) => one instanceof vscode.TabInputTextDiff) ?? assert.fail('no comparison is shown');
    const documents = [diff.original, diff.modified].map((uri) => vscode.workspace.openTextDocument(uri));
    return (await Promise.all(documents)).map((document) => document.getText());
  };
  const offersMerge = (): boolean => scene.person.shown.some(({ actions }) => actions.includes('Merge'));

  before(function () {
    needsTools(this, 'git');
  });
  beforeEach(async () => {
    peer = await scene.start();
    await mkdir(root(), { recursive: true });
  });
  afterEach(() => rm(root(), { recursive: true, force: true }));

  it('shows mine at the left and theirs at the right, and changes nothing by itself', async () => {
    const path = await mine('a.txt', base);
    const row = await take(file('other name.txt', 'theirs\n', { path: 'repo/a.txt' }));
    await compare(row);
    assert.deepEqual(await shownTexts(), [base, 'theirs\n']);
    await scene.says(/^a\.txt: yours and the received one differ\.$/);
    assert.equal(await readFile(path, 'utf8'), base);
    assert.equal(offersMerge(), false);
  });

  it('is offered for a file of the same name, wherever that is', async () => {
    await mine('unique-name.txt', base);
    await take(file('unique-name.txt', 'theirs\n'));
    await scene.says(/^Saved unique-name( \(\d+\))?\.txt from neighbour\.$/);
    assert.ok(scene.person.shown.some(({ actions }) => actions.includes('Compare')));
  });

  it('replaces mine where the person says so, unsaved and to be undone', async () => {
    const path = await mine('b.txt', base);
    scene.person.answer(/differ\.$/, 'Replace Mine');
    await compare(await take(file('b.txt', 'theirs\n', { path: 'repo/b.txt' })));
    const { document } = vscode.window.activeTextEditor!;
    assert.deepEqual([document.uri.fsPath, document.getText(), document.isDirty], [path, 'theirs\n', true]);
    assert.equal(await readFile(path, 'utf8'), base);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), base);
  });

  it('asks once more before it replaces what can run something', async () => {
    await mine('Makefile', base);
    scene.person.answer(/differ\.$/, 'Replace Mine');
    scene.person.answer(/into this workspace\?$/, 'Do Not Save');
    await compare(await take(file('Makefile', 'theirs\n', { path: 'repo/Makefile' })));
    await scene.says(/^Save Makefile into this workspace\?$/);
    assert.ok(vscode.workspace.textDocuments.every(({ isDirty }) => !isDirty));
  });

  it('keeps both where the person says so', async () => {
    await mine('c.txt', base);
    await mine('c (1).txt', 'there');
    scene.person.answer(/differ\.$/, 'Keep Both');
    await compare(await take(file('c.txt', 'theirs\n', { path: 'repo/c.txt' })));
    await scene.says(/^Saved as c \(2\)\.txt\.$/);
    const texts = await Promise.all(['c.txt', 'c (1).txt', 'c (2).txt'].map((name) => readFile(join(root(), name), 'utf8')));
    assert.deepEqual(texts, [base, 'there', 'theirs\n']);
  });

  it('says that the content is the same, and removes the received one where the person wants that', async () => {
    await mine('d.txt', base);
    await scene.set('ferry.receive.action', 'print');
    scene.person.answer(/has the same content already\.$/, 'Remove the Received One');
    const row = await take(file('d.txt', base.replaceAll('\n', '\r\n'), { path: 'repo/d.txt' }));
    await compare(row);
    assert.equal(scene.api.inbox.find(row.entry.id), undefined);
    assert.deepEqual(await readdir(root()), ['d.txt']);
  });

  it('finds nothing under a path that leads out of the workspace', async () => {
    const outside = await tempFolder();
    await writeFile(join(outside, 'outside.txt'), base);
    await compare(await take(file('outside.txt', 'x', { path: `${'../'.repeat(20)}${outside.slice(1)}/outside.txt` })));
    await scene.says(/^No folder that is open here has outside\.txt\.$/);
  });

  const git = (...args: string[]): void =>
    void execFileSync('git', ['-C', root(), '-c', 'user.name=x', '-c', 'user.email=x@y', ...args], { stdio: 'pipe' });
  const committed = async (name: string): Promise<string> => {
    const path = await mine(name, base);
    git('init', '--quiet', '--object-format=sha1');
    git('add', '.');
    git('commit', '--quiet', '-m', 'x');
    return path;
  };

  it('merges where both come from a version that git has here, into a document that is not saved', async () => {
    const path = await committed('e.txt');
    await mine('e.txt', base.replace('one', 'ONE').replace('three', 'mine'));
    scene.person.answer(/differ\.$/, 'Merge');
    const theirs = base.replace('five', 'FIVE').replace('three', 'theirs');
    await compare(await take(file('e.txt', theirs, { path: 'repo/e.txt', blob: idOf(base) })));
    const { document } = vscode.window.activeTextEditor!;
    assert.equal(document.getText(), 'ONE\ntwo\n<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> neighbour\nfour\nFIVE\n');
    assert.deepEqual([document.isUntitled, await readFile(path, 'utf8')], [true, 'ONE\ntwo\nmine\nfour\nfive\n']);
    await scene.says(/^Merged, with conflicts that are marked: 1\./);
  });

  it('offers no merge where git does not have the version here', async () => {
    await committed('f.txt');
    await compare(await take(file('f.txt', 'theirs\n', { path: 'repo/f.txt', blob: 'a'.repeat(40) })));
    await scene.says(/differ\.$/);
    assert.equal(offersMerge(), false);
  });

  it('tells peers where a file lies, and which version of it git has', async () => {
    const path = await committed('g.txt');
    await writeFile(path, `${base}more\n`);
    await peer.stop();
    const taker = await scene.start({ name: 'taker', answer: 'save' });
    await vscode.window.showTextDocument(vscode.Uri.file(path));
    await sendTo(scene.api, taker, ['ferry.sendFile']);
    const { item } = (await taker.entry('received')).received[0]!;
    assert.deepEqual([item.context?.path, item.context?.blob], ['repo/g.txt', idOf(base)]);
  });

  it('lists the files of a folder that are new or differ', async () => {
    const theirs = join(await tempFolder(), 'repo');
    await mkdir(join(theirs, 'sub'), { recursive: true });
    for (const [name, text] of Object.entries({ 'same.txt': 'x', 'other.txt': 'theirs', 'sub/new.txt': 'new' }))
      await writeFile(join(theirs, name), text);
    await mine('same.txt', 'x');
    await mine('other.txt', 'mine!!');
    await mine('only mine.txt', 'x');
    const { item } = await folderItem(theirs, { followGitignore: false, exclude: [], includeSecrets: true });
    const row = await take(item);
    await compare(row);
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    assert.match(activeTab?.label ?? '', /repo: mine and received/);
    assert.ok(existsSync(join(root(), 'only mine.txt')));
  });
});

// Files of this machine that cannot be changed, by their mode or because the editor is told so: all that reads works.

import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';
import { offered, run, take, textItem } from './windows/mainCommands.ts';

const unwritable = /^Ferry cannot write there: it is read-only, or not on this computer\. Choose another place\.$/;

describe('A read-only file', () => {
  const scene = setScene();
  let peer: HeadlessPeer;
  let folder: string;
  let file: vscode.Uri;

  beforeEach(async () => {
    peer = await scene.start({ answer: 'save' });
    folder = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'fixed');
    await mkdir(folder);
    file = vscode.Uri.file(join(folder, 'fixed.txt'));
    await writeFile(file.fsPath, 'mine\n');
    await chmod(file.fsPath, 0o444);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is sent, and what is selected in it', async () => {
    await vscode.window.showTextDocument(file);
    await sendTo(scene.api, peer, ['ferry.sendFile']);
    assert.equal(await readFile((await peer.entry('received')).received[0]!.path, 'utf8'), 'mine\n');
    await sendTo(scene.api, peer, ['ferry.sendSelection']);
  });

  it('stays as it is where what came takes its place on screen, or stands beside it', async () => {
    const row = await take(scene, peer, textItem('file', 'fixed.txt', 'theirs\n', { path: 'fixed/fixed.txt' }));
    scene.person.answer(/differ\.$/, 'Keep Both');
    await run('ferry.inbox.compareFile', row);
    scene.replacePerson().answer(/differ\.$/, 'Replace Mine');
    await run('ferry.inbox.compareFile', row);
    const texts = await Promise.all((await readdir(folder)).toSorted().map((name) => readFile(join(folder, name), 'utf8')));
    assert.deepEqual(texts, ['theirs\n', 'mine\n']);
  });

  it('takes nothing at the cursor where the editor is told that it is one, and that is said', async () => {
    await scene.set('files.readonlyInclude', { '**/fixed.txt': true });
    const row = await take(scene, peer, textItem('snippet', 's.txt', 'theirs'));
    const { document } = await vscode.window.showTextDocument(file);
    await run('ferry.inbox.insert', row);
    assert.equal(document.getText(), 'mine\n');
    await scene.says(/^The document in front of you cannot be changed\. Put the cursor where the text belongs\.$/);
  });

  it('is no folder to save into, whatever is saved, and that is said', async () => {
    await scene.set('ferry.receive.action', 'print');
    const row = await take(scene, peer, textItem('dictionary', 'd.json', '{"a":1}'));
    const other = join(await tempFolder(), 'other.json');
    await writeFile(other, '{"a":1}');
    const commands: readonly (readonly [string, ...unknown[]])[] = [
      ['ferry.inbox.saveAs', row],
      ['ferry.inbox.saveDictionary', row],
      ['ferry.convertDictionary', vscode.Uri.file(other)],
      ['ferry.exportPeers'],
    ];
    for (const command of commands) {
      const person = scene.replacePerson();
      person.saveTo(vscode.Uri.joinPath(file, 'within.json'));
      person.answer(/^(Save the dictionary as|Convert to)$/, 'JSON');
      await run(...command);
      assert.equal(person.shown.filter(({ text }) => unwritable.test(text)).length, 1, command[0]);
    }
  });

  it('is no folder to accept into, and that is said', async () => {
    const neighbour = await scene.start();
    for (const command of ['ferry.inbox.acceptToWorkspace', 'ferry.inbox.acceptSaveAs']) {
      const { outcome, ...row } = await offered(scene, neighbour, textItem('file', 'new.txt', 'new'));
      const person = scene.replacePerson();
      person.answer(/ into$/, /Another folder/);
      person.open(vscode.Uri.joinPath(file, 'within'));
      person.saveTo(vscode.Uri.joinPath(file, 'within', 'new.txt'));
      await run(command, row);
      await scene.says(unwritable);
      scene.api.inbox.decline(row.entry.id);
      await outcome;
      scene.api.inbox.remove(row.entry.id);
    }
  });

  it('can be a received one that is here already, and is removed with the bin that there is', async () => {
    const row = await take(scene, peer, textItem('file', 'fixed.txt', 'mine\n', { path: 'fixed/fixed.txt' }));
    scene.person.answer(/has the same content already\.$/, 'Remove the Received One');
    await run('ferry.inbox.compareFile', row);
    assert.deepEqual(
      scene.person.shown.filter(({ kind }) => kind === 'error'),
      [],
    );
    assert.equal(scene.api.inbox.find(row.entry.id), undefined);
    await assert.rejects(readFile(row.entry.received[0]!.path), { code: 'ENOENT' });
  });
});

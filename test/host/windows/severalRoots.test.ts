// A workspace of two folders of this machine and one of another place, in Restricted Mode: what lands where, and which is meant.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { met } from '../../../src/core/peers/book.ts';
import { Settings } from '../../../src/editor/host/settings.ts';
import { type HeadlessPeer } from '../../support/headlessPeer.ts';
import { eventually } from '../../support/temp.ts';
import { setScene } from '../scene.ts';
import { sendTo } from '../sendTo.ts';
import { nothingUnexpected, offered, receives, rowOf, run, sends, shares, take, textItem } from './mainCommands.ts';

const root = (name: string): vscode.Uri => vscode.workspace.workspaceFolders!.find((folder) => folder.name === name)!.uri;

describe('Several roots, in Restricted Mode', () => {
  const scene = setScene();
  const place = () => {
    const folder = vscode.Uri.joinPath(root('lib'), 'src');
    return { folder, file: vscode.Uri.joinPath(folder, 'main.txt'), path: 'src/main.txt' };
  };
  let peer: HeadlessPeer;

  describe('receiving', () => receives(scene));
  describe('sending', () => {
    sends(scene, place);
    shares(scene, place);
  });

  describe('choices', () => {
    beforeEach(async () => {
      peer = await scene.start();
    });
    afterEach(async () => {
      nothingUnexpected(scene);
      for (const name of ['app', 'lib']) {
        await rm(join(root(name).fsPath), { recursive: true });
        await mkdir(join(root(name).fsPath, 'src'), { recursive: true, mode: 0o755 });
        await writeFile(join(root(name).fsPath, 'src', 'main.txt'), `${name}\n`);
      }
    });

    const landed = async (name: string): Promise<readonly string[]> =>
      (await readdir(root(name).fsPath, { recursive: true })).filter((path) => path.endsWith('.txt')).toSorted();
    const choices = (title: RegExp): readonly string[] =>
      scene.person.shown.find(({ kind, text }) => kind === 'pick' && title.test(text))?.actions ?? [];

    it('are not heard by settings of a workspace that nobody trusts', () => {
      assert.equal(vscode.workspace.isTrusted, false);
      const settings = new Settings();
      assert.deepEqual(
        [settings.presence().visibility, settings.receiveAction(), settings.autoAccept(scene.me().id), settings.confirmsGets()],
        ['thisMachine', 'save', undefined, false],
      );
      assert.equal(settings.receiveFolder(join(scene.received, '..')), scene.received);
      assert.equal(settings.leaveOutIgnored(), true);
      assert.notEqual(settings.displayName(), 'somebody else');
    });

    it('are which folder to accept into: each that has the place, by its root, and then the roots of this machine', async () => {
      const { outcome, ...row } = await offered(scene, peer, textItem('file', 'new.txt', 'new\n', { path: 'src/new.txt' }));
      scene.person.answer(/ into$/, 'lib/src');
      await run('ferry.inbox.acceptToWorkspace', row);
      assert.deepEqual(choices(/ into$/), ['app/src', 'lib/src', 'app', 'lib', '$(folder-opened) Another folder…']);
      assert.equal((await outcome).phase, 'delivered');
      assert.deepEqual([await landed('app'), await landed('lib')], [['src/main.txt'], ['src/main.txt', 'src/new.txt']]);
    });

    it('are none where the path names the root, as an editor with several writes it', async () => {
      const { outcome, ...row } = await offered(scene, peer, textItem('file', 'new.txt', 'new\n', { path: 'lib/src/new.txt' }));
      scene.person.answer(/ into$/, 'lib/src');
      await run('ferry.inbox.acceptToWorkspace', row);
      assert.deepEqual(choices(/ into$/), ['lib/src', 'app', 'lib', '$(folder-opened) Another folder…']);
      await outcome;
      assert.deepEqual([await landed('app'), await landed('lib')], [['src/main.txt'], ['src/main.txt', 'src/new.txt']]);
    });

    it('cannot be a folder of another place, and that is said', async () => {
      const { outcome, ...row } = await offered(scene, peer, textItem('file', 'new.txt', 'new\n'));
      scene.person.answer(/ into$/, /Another folder/);
      scene.person.open(root('far'));
      await run('ferry.inbox.acceptToWorkspace', row);
      assert.equal(scene.api.inbox.find(row.entry.id)?.state.phase, 'waiting');
      await scene.says(/^Ferry cannot write there: it is read-only, or not on this computer\. Choose another place\.$/);
      assert.equal(existsSync(root('far').fsPath), false);
      scene.api.inbox.decline(row.entry.id);
      await outcome;
    });

    it('ask which file to compare with, by its root, and change that one alone', async () => {
      const row = await take(scene, peer, textItem('file', 'main.txt', 'theirs\n', { path: 'src/main.txt' }));
      scene.person.answer(/^Compare with$/, 'lib/src/main.txt');
      scene.person.answer(/differ\.$/, 'Replace Mine');
      await run('ferry.inbox.compareFile', row);
      assert.deepEqual(choices(/^Compare with$/), ['app/src/main.txt', 'lib/src/main.txt', 'far/src/main.txt']);
      const { document } = vscode.window.activeTextEditor!;
      assert.deepEqual([document.uri.fsPath, document.getText()], [join(root('lib').fsPath, 'src/main.txt'), 'theirs\n']);
    });

    it('ask nothing where the path names the root', async () => {
      const row = await take(scene, peer, textItem('file', 'main.txt', 'theirs\n', { path: 'app/src/main.txt' }));
      scene.person.answer(/differ\.$/, 'Keep Both');
      await run('ferry.inbox.compareFile', row);
      await scene.says(/^Saved as main \(1\)\.txt\.$/);
      assert.deepEqual([await landed('app'), await landed('lib')], [['src/main (1).txt', 'src/main.txt'], ['src/main.txt']]);
    });

    it('ask which place to open', async () => {
      const row = await take(scene, peer, textItem('snippet', 'main.1.txt', 'a', { path: 'src/main.txt', lines: '1' }));
      scene.person.answer(/^Open$|^Open the Place$/, 'lib/src/main.txt');
      await run('ferry.inbox.openPlace', row);
      assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, join(root('lib').fsPath, 'src/main.txt'));
    });

    it('stay as they were made where a root is taken away while something comes', async () => {
      let go = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        go = resolve;
      });
      const item = textItem('file', 'slow.txt', 'slow\n');
      const slow = {
        ...item,
        open: async function* () {
          await held;
          yield Buffer.from('slow\n');
        },
      };
      const { outcome, ...row } = await offered(scene, peer, slow);
      const { fsPath } = root('lib');
      scene.person.answer(/ into$/, 'lib');
      const accepted = run('ferry.inbox.acceptToWorkspace', row);
      await scene.entryIn('receiving', peer);
      const index = vscode.workspace.workspaceFolders!.findIndex(({ name }) => name === 'lib');
      const changed = eventually(
        vscode.workspace.onDidChangeWorkspaceFolders,
        () => vscode.workspace.workspaceFolders!.length === 2 || undefined,
        'gone',
      );
      vscode.workspace.updateWorkspaceFolders(index, 1);
      await changed;
      go();
      await accepted;
      assert.equal((await outcome).phase, 'delivered');
      assert.equal(await readFile(join(fsPath, 'slow.txt'), 'utf8'), 'slow\n');
      const back = eventually(
        vscode.workspace.onDidChangeWorkspaceFolders,
        () => vscode.workspace.workspaceFolders!.length === 3 || undefined,
        'back',
      );
      vscode.workspace.updateWorkspaceFolders(index, 0, { uri: vscode.Uri.file(fsPath), name: 'lib' });
      await back;
      await scene.says(/^Saved slow\.txt from neighbour\.$/);
    });

    it('take a second yes for what runs in an outer root, where the folder is a root too', async () => {
      const hooks = join(root('lib').fsPath, '.git', 'hooks');
      await mkdir(hooks, { recursive: true, mode: 0o755 });
      const count = vscode.workspace.workspaceFolders!.length;
      const more = eventually(
        vscode.workspace.onDidChangeWorkspaceFolders,
        () => vscode.workspace.workspaceFolders!.length > count || undefined,
        'added',
      );
      vscode.workspace.updateWorkspaceFolders(count, 0, { uri: vscode.Uri.file(hooks) });
      await more;
      const { outcome, ...row } = await offered(scene, peer, textItem('file', 'pre-commit', '#!/bin/sh\n'));
      scene.person.answer(/ into$/, 'hooks');
      await run('ferry.inbox.acceptToWorkspace', row);
      const fewer = eventually(
        vscode.workspace.onDidChangeWorkspaceFolders,
        () => vscode.workspace.workspaceFolders!.length === count || undefined,
        'removed',
      );
      vscode.workspace.updateWorkspaceFolders(count, 1);
      await fewer;
      assert.equal(scene.person.shown.filter(({ kind }) => kind === 'confirm').length, 1);
      scene.api.inbox.decline(row.entry.id);
      await outcome;
      assert.deepEqual(await readdir(hooks), []);
    });

    it('of what a folder is sent without are its own', async () => {
      const { fsPath } = root('lib');
      await mkdir(join(fsPath, '.vscode'), { mode: 0o755 });
      await writeFile(join(fsPath, 'src', 'hidden.txt'), 'hidden\n');
      const heard = eventually(
        vscode.workspace.onDidChangeConfiguration,
        () => vscode.workspace.getConfiguration('files', root('lib')).get<Record<string, boolean>>('exclude')?.['**/hidden.txt'],
        'the setting is heard',
      );
      await writeFile(join(fsPath, '.vscode', 'settings.json'), JSON.stringify({ 'files.exclude': { '**/hidden.txt': true } }));
      await heard;
      const waiting = peer.entry('waiting');
      await sendTo(scene.api, peer, ['ferry.sendFolder', vscode.Uri.joinPath(root('lib'), 'src')], waiting);
      const { id, items } = await waiting;
      peer.inbox.decline(id);
      const [folder] = items;
      assert.deepEqual(folder?.kind === 'folder' ? folder.folder?.files : folder, 1);
    });

    it('of a folder for a peer are those of this machine', async () => {
      await scene.api.book.change(peer.identity.peerId, (entry) => ({ ...met(entry, 'neighbour'), trust: 'paired' }));
      scene.person.answer(/^Where files from neighbour are saved$/, /Choose a folder/);
      scene.person.open(root('far'));
      scene.person.answer(/in this workspace\?$/, 'Use It');
      await run('ferry.receiveFolder', await rowOf(scene, peer));
      assert.equal(scene.api.book.find(peer.identity.peerId)?.receiveFolder, undefined);
      await scene.says(/^Ferry cannot write there: it is read-only, or not on this computer\. Choose another place\.$/);
    });
  });
});

// Shared folders in a real editor: shared with a command, looked through in the list, in the tree and as documents, and got.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { sharedEntries } from '../../src/core/sharing/getting/browse.ts';
import { Browser } from '../../src/core/sharing/getting/browser.ts';
import { withShare } from '../../src/core/sharing/shares.ts';
import { sharedItem, sharedRows } from '../../src/editor/sharing/sharedRows.ts';
import { sharedUri } from '../../src/editor/sharing/sharedUri.ts';
import type { HeadlessOptions, HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';

const forever = new AbortController().signal;

describe('Shared folders', () => {
  const scene = setScene();
  const { says } = scene;

  /** A peer that is paired with this editor, and shares a folder. */
  const neighbour = async (options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await scene.start(options);
    const me = scene.me();
    await peer.book.change(me.id, (entry) => ({ ...entry, name: 'editor', trust: 'paired', addresses: me.addresses }));
    await scene.api.book.change(peer.identity.peerId, (entry) => ({
      ...entry,
      ...{ name: 'neighbour', trust: 'paired', addresses: [peer.address] },
    }));
    const root = await tempFolder();
    await mkdir(join(root, 'docs'));
    await writeFile(join(root, 'docs/notes.txt'), 'The ferry leaves at nine.\n');
    await writeFile(join(root, 'docs/large.bin'), new Uint8Array(17 * 1024 * 1024));
    await peer.shares.change((shares) => withShare(shares, { name: 'Work', path: root, with: 'paired' }));
    await (await scene.online()).directory.greet(peer.address);
    return peer;
  };
  const rowOf = async (peer: HeadlessPeer) => {
    const { directory } = await scene.online();
    return eventually(
      directory.onDidChange,
      () => directory.peers.find(({ id, windows }) => id === peer.identity.peerId && windows.length > 0),
      'the peer answers',
    );
  };

  afterEach(async () => {
    await (await scene.api.shares()).change(() => []);
  });

  it('are shared with a command, and are no longer with another', async () => {
    const peer = await neighbour();
    const folder = await tempFolder();
    await writeFile(join(folder, 'mine.txt'), 'mine');
    scene.person.answer(/^Share .* with$/, 'All paired peers');
    await vscode.commands.executeCommand('ferry.shareFolder', vscode.Uri.file(folder));
    await says(/is shared with all paired peers\./);
    // Enter alone leads to a list in which nobody is ticked.
    assert.deepEqual(scene.person.shown[0]?.actions, ['Some of them…', 'All paired peers']);
    const link = await peer.online.dial(scene.me().addresses[0], scene.me().id, forever);
    const [share] = await sharedEntries(link, undefined, forever);
    assert.deepEqual(
      (await sharedEntries(link, share?.id, forever)).map(({ name, size }) => [name, size]),
      [['mine.txt', 4]],
    );
    scene.person.answer(/^Stop sharing$/, /./);
    await vscode.commands.executeCommand('ferry.stopSharing');
    assert.deepEqual(await sharedEntries(link, undefined, forever), []);
    link.close();
  });

  it('are got from a list, into the folder for received files', async () => {
    const peer = await neighbour();
    scene.person.answer(/^Get from neighbour$/, '$(folder) Work');
    scene.person.answer(/^Get from neighbour · Work$/, '$(folder) docs');
    scene.person.answer(/^Get from neighbour · Work \/ docs$/, '$(file) notes.txt');
    await vscode.commands.executeCommand('ferry.getFile', await rowOf(peer));
    await says(/^Saved notes\.txt from neighbour\.$/);
    const lists = scene.person.shown.filter(({ kind }) => kind === 'pick');
    assert.deepEqual(
      lists.map(({ actions, active }) => actions[active ?? 0]),
      ['$(folder) Work', '$(folder) docs', '$(file) large.bin'],
    );
    assert.equal(await readFile(join(scene.received, 'notes.txt'), 'utf8'), 'The ferry leaves at nine.\n');
    assert.deepEqual(
      peer.sharing.gets.map(({ item, state }) => [item.name, state]),
      [['notes.txt', 'done']],
    );
  });

  it('are read as documents, which cannot be written, up to a size', async () => {
    const peer = await neighbour();
    const named = { id: peer.identity.peerId, name: 'neighbour' };
    const uri = sharedUri(named, ['Work', 'docs', 'notes.txt']);
    // Whose it is stands above it, wherever the editor shows the way to a document.
    assert.equal(uri.path, '/neighbour/Work/docs/notes.txt');
    const above = await vscode.workspace.fs.readDirectory(uri.with({ path: '/' }));
    assert.deepEqual(above, [['neighbour', vscode.FileType.Directory]]);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), 'The ferry leaves at nine.\n');
    const listed = await vscode.workspace.fs.readDirectory(sharedUri(named, ['Work', 'docs']));
    assert.deepEqual(listed, [
      ['large.bin', vscode.FileType.File],
      ['notes.txt', vscode.FileType.File],
    ]);
    await assert.rejects(Promise.resolve(vscode.workspace.fs.readFile(sharedUri(named, ['Work', 'docs', 'large.bin']))), {
      code: 'Unavailable',
      message: /Get File from Peer…/,
    });
    await assert.rejects(Promise.resolve(vscode.workspace.fs.writeFile(uri, new Uint8Array())), { code: 'NoPermissions' });
    await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(sharedUri(named, ['Work', 'gone']))), {
      code: 'FileNotFound',
    });
  });

  it('P5: are found under the names that the person knows the peer by, and no other', async () => {
    const peer = await neighbour();
    const id = peer.identity.peerId;
    const under = (name: string, ...path: readonly string[]): vscode.Uri => sharedUri({ id, name }, path);
    const { fs } = vscode.workspace;
    const missing = { code: 'FileNotFound' };
    for (const name of ['another', 'NEIGHBOUR']) {
      await assert.rejects(Promise.resolve(fs.readFile(under(name, 'Work', 'docs', 'notes.txt'))), missing, name);
      await assert.rejects(Promise.resolve(fs.stat(under(name, 'Work', 'docs', 'notes.txt'))), missing, name);
      for (const path of [[], ['Work', 'docs']])
        await assert.rejects(Promise.resolve(fs.readDirectory(under(name, ...path))), missing, name);
    }
    await scene.api.book.change(id, (entry) => ({ ...entry, nickname: 'the one next door' }));
    for (const name of ['the one next door', 'neighbour'])
      assert.equal((await fs.readFile(under(name, 'Work', 'docs', 'notes.txt'))).length, 26);
  });

  it('stand in Transfers once they were got, until the list is cleared', async () => {
    const peer = await neighbour();
    const folder = await tempFolder();
    await writeFile(join(folder, 'mine.txt'), 'mine');
    await (await scene.api.shares()).change((shares) => withShare(shares, { name: 'Mine', path: folder, with: 'paired' }));
    const me = scene.me();
    await peer.fetcher.get({ id: me.id, name: 'editor' }, [{ path: ['Mine', 'mine.txt'] }], { action: 'save' }, forever);
    const sharing = await scene.api.sharing();
    const states = (): string => sharing.gets.map(({ item, state }) => `${item.name} ${state}`).join();
    await eventually(sharing.onDidChange, () => (states() === 'mine.txt done' ? true : undefined), 'it was got');
    await vscode.commands.executeCommand('ferry.transfers.clear');
    assert.equal(states(), '');
  });

  it('P5: stand below their peer as rows of plain text, whatever their names are', async () => {
    const peer = await neighbour();
    const root = await tempFolder();
    for (const name of ['\u0001\u202e', '$(zap) [x](command:ferry.goOffline)', 'plain.txt'])
      await writeFile(join(root, name), name);
    await peer.shares.change((shares) => withShare(shares, { name: 'Odd', path: root, with: 'paired' }));
    const browser = new Browser(() => scene.api.presence.session);
    const row = await rowOf(peer);
    const shares = await sharedRows(browser, row);
    assert.deepEqual(
      shares.map((one) => sharedItem(one).label),
      ['Work', 'Odd'],
    );
    const items = (await sharedRows(browser, row, ['Odd'])).map(sharedItem);
    assert.deepEqual(
      items.map(({ label }) => label),
      ['item', '$ (zap) (x)(command_ferry.goOffline)', 'plain.txt'],
    );
    assert.deepEqual(
      items.map(({ contextValue, command }) => [contextValue, command?.command]),
      Array(3).fill(['shared file', 'vscode.open']),
    );
    const [note] = await sharedRows(browser, row, ['Gone']);
    assert.equal(note !== undefined && 'note' in note ? note.note : '', 'neighbour no longer shares this with you.');
  });

  it('are asked about where the person wants to be, and refused', async () => {
    const peer = await neighbour();
    await scene.set('ferry.share.confirm', true);
    const folder = await tempFolder();
    await writeFile(join(folder, 'mine.txt'), 'mine');
    await (await scene.api.shares()).change((shares) => withShare(shares, { name: 'Mine', path: folder, with: 'paired' }));
    scene.person.answer(/wants to get mine\.txt/, 'Decline');
    const me = { id: scene.me().id, name: 'editor' };
    await peer.online.directory.greet(scene.me().addresses[0]);
    const id = await peer.fetcher.get(me, [{ path: ['Mine', 'mine.txt'] }], { action: 'save' }, forever);
    const entry = await eventually(
      peer.inbox.onDidChange,
      () => [peer.inbox.find(id)].find((found) => found?.state.phase === 'failed'),
      'it is declined',
    );
    assert.equal(entry.state.phase === 'failed' ? entry.state.error.code : '', 'ERR_OFFER_DECLINED');
    const asked = await says(/^neighbour wants to get mine\.txt \(4 B\) from a folder that you share\. Fingerprint: /);
    // What has left cannot be taken back.
    assert.deepEqual(scene.person.shown.find(({ text }) => text === asked)?.actions, ['Decline', 'Allow']);
  });

  it('are not got by whoever is allowed too late, who is told so', async () => {
    const { questions } = await scene.api.sharing();
    const { current } = scene.api.ui;
    scene.api.ui.current = {
      ...current,
      info: async (text, ...actions) => {
        await current.info(text, ...actions);
        for (const { answer } of questions.waiting) answer(false);
        return actions.find((label) => label === 'Allow');
      },
    };
    const item = { kind: 'file', name: 'mine.txt', size: 4 } as const;
    const asking = questions.ask({ id: scene.me().id, name: 'neighbour' }, item as never, 'once', forever);
    await assert.rejects(asking, { code: 'ERR_OFFER_DECLINED' });
    await says(/^This request is over\. Nothing was sent\.$/);
  });
});

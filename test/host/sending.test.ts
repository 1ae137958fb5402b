// Sending from a real editor to a peer that is found over mDNS on loopback.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { createEmitter } from '../../src/core/base/event.ts';
import { fingerprintOf } from '../../src/core/peers/peerId.ts';
import { offeredName } from '../../src/core/wire/item.ts';
import type { HeadlessPeer } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

describe('Sending', () => {
  const scene = setScene();
  const { says, start } = scene;

  const send = (peer: HeadlessPeer, ...args: readonly unknown[]): Promise<void> =>
    sendTo(scene.api, peer, ['ferry.sendFile', ...args]);

  it('sends the file of the current editor from disk, byte for byte', async () => {
    const peer = await start({ answer: 'save' });
    const path = join(await tempFolder(), 'main.py');
    const bytes = Buffer.from('print("héllo")\r\n\ttab\n');
    await writeFile(path, bytes);
    await vscode.window.showTextDocument(vscode.Uri.file(path));
    await send(peer);
    const entry = await peer.entry('received');
    assert.deepEqual(await readFile(entry.received[0]!.path), bytes);
    assert.equal(offeredName(entry.items[0]!), 'main.py');
    assert.deepEqual(entry.received[0]!.item.context, { languageId: 'python', encoding: 'utf8' });
    assert.equal(entry.peer.id, scene.api.own());
    await says(/^neighbour received main\.py\.$/);
    assert.equal(scene.api.book.find(peer.identity.peerId)?.trust, 'known');
  });

  it('sends unsaved text as it is on screen, in its encoding', async () => {
    const peer = await start({ answer: 'save' });
    const path = join(await tempFolder(), 'notes.txt');
    await writeFile(path, 'old');
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(path));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'grüße '));
    await send(peer);
    assert.equal(await readFile((await peer.entry('received')).received[0]!.path, 'utf8'), 'grüße old');
    assert.equal(await readFile(path, 'utf8'), 'old');
  });

  it('sends an untitled document under a name made of its first words', async () => {
    const peer = await start({ answer: 'save' });
    const document = await vscode.workspace.openTextDocument({ content: 'Dear all,\nhello', language: 'markdown' });
    await vscode.window.showTextDocument(document);
    await send(peer);
    const entry = await peer.entry('received');
    assert.equal(offeredName(entry.items[0]!), 'Dear all.md');
    assert.equal(await readFile(entry.received[0]!.path, 'utf8'), 'Dear all,\nhello');
  });

  it('sends a file of another file system by its contents', async () => {
    const peer = await start({ answer: 'save' });
    const files = new Map([['/remote.json', Buffer.from('{"a":1}')]]);
    const provider = vscode.workspace.registerFileSystemProvider('ferry-test', memoryFiles(files));
    try {
      await send(peer, vscode.Uri.parse('ferry-test:/remote.json'));
      assert.equal(await readFile((await peer.entry('received')).received[0]!.path, 'utf8'), '{"a":1}');
    } finally {
      provider.dispose();
    }
  });

  it('sends all files that are selected in the Explorer as one offer', async () => {
    const peer = await start({ answer: 'save' });
    const folder = await tempFolder();
    const uris = await Promise.all(
      ['a.txt', 'b.bin', 'c.asar'].map(async (name) => {
        await writeFile(join(folder, name), randomBytes(2000));
        return vscode.Uri.file(join(folder, name));
      }),
    );
    await send(peer, uris[0], uris);
    const entry = await peer.entry('received');
    assert.deepEqual(entry.items.map(offeredName), ['a.txt', 'b.bin', 'c.asar']);
    await says(/^neighbour received 3 files\.$/);
  });

  it('asks for a file when none is in front, but a page of VS Code or nothing', async () => {
    const peer = await start({ answer: 'save' });
    const path = join(await tempFolder(), 'picked.txt');
    await writeFile(path, 'picked');
    const asked = ['openDialog', 'Choose a file to send'];
    await vscode.commands.executeCommand('ferry.sendFile');
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'ferry.vscode-ferry#start');
    const inFront = () => vscode.window.tabGroups.activeTabGroup.activeTab !== undefined || undefined;
    await eventually(vscode.window.tabGroups.onDidChangeTabs, inFront, 'the walkthrough is in front');
    await vscode.commands.executeCommand('ferry.sendFile');
    assert.deepEqual(
      scene.person.shown.map(({ kind, text }) => [kind, text]),
      [asked, asked],
    );
    scene.person.open(vscode.Uri.file(path));
    await send(peer);
    const entry = await peer.entry('received');
    assert.equal(await readFile(entry.received[0]!.path, 'utf8'), 'picked');
  });

  it('says that the file is gone when it vanished from under its editor', async () => {
    const path = join(await tempFolder(), 'gone.txt');
    await writeFile(path, 'x');
    const uri = vscode.Uri.file(path);
    await unlink(path);
    await vscode.commands.executeCommand('ferry.sendFile', uri);
    assert.deepEqual(
      scene.person.shown.map(({ kind, text }) => [kind, text]),
      [['error', 'The file is no longer there.']],
    );
  });

  it('tells when the peer declines', async () => {
    const peer = await start({ answer: 'decline' });
    await send(peer, await someFile());
    await says(/^neighbour declined some\.txt\.$/);
  });

  it('tells when nobody answers in time', async () => {
    const peer = await start({ offerLifeMs: 100 });
    await send(peer, await someFile());
    await says(/^neighbour did not answer in time/);
  });

  it('stops when the person cancels while the peer decides, and says nothing more', async () => {
    const peer = await start();
    const sending = send(peer, await someFile());
    await peer.entry('waiting');
    scene.person.cancel();
    await sending;
    // A stranger's offer that is withdrawn leaves no row.
    await eventually(peer.inbox.onDidChange, () => peer.inbox.entries.length === 0 || undefined, 'the offer is gone');
    assert.equal(scene.person.shown.filter((shown) => shown.kind !== 'progress').length, 0);
  });

  it('tells when the peer has no space, before a byte moves', async () => {
    const peer = await start({ answer: 'save', keepFreeBytes: Number.MAX_SAFE_INTEGER });
    await send(peer, await someFile());
    await says(/^some\.txt was not sent\. neighbour has no space for this item\.$/);
  });

  it('reaches the window of a peer that was focused last', async () => {
    const older = await start({ focusedMsAgo: () => 60_000, answer: 'save' });
    const newer = await start({ identity: older.identity, focusedMsAgo: () => 10, answer: 'save' });
    const { directory } = scene.api.presence.session!;
    const greeting = directory.onDidChange(() => void directory.greetNew());
    await directory.refresh();
    await eventually(
      directory.onDidChange,
      () => directory.peers.find((peer) => peer.id === older.identity.peerId && peer.windows.length === 2),
      'both windows answer',
    );
    greeting.dispose();
    await send(older, await someFile());
    assert.equal(offeredName((await newer.entry('received')).items[0]!), 'some.txt');
    assert.deepEqual(older.inbox.entries, []);
  });

  it('adds a peer by its address and remembers it', async () => {
    const peer = await start();
    scene.person.answer(/^Add peer by address$/, `127.0.0.1:${peer.address.port}`);
    await vscode.commands.executeCommand('ferry.addPeer');
    await says(new RegExp(`^neighbour answered. Fingerprint: ${fingerprintOf(peer.identity.peerId)}$`));
    assert.deepEqual(scene.api.book.find(peer.identity.peerId)?.addresses, [peer.address]);
  });

  it('says why an address leads to nobody', async () => {
    const peer = await start();
    await peer.stop();
    scene.person.answer(/^Add peer by address$/, `127.0.0.1:${peer.address.port}`);
    await vscode.commands.executeCommand('ferry.addPeer');
    await says(/is not listening\. Ask them to open their editor and to go online\.$/);
  });
});

async function someFile(): Promise<vscode.Uri> {
  const path = join(await tempFolder(), 'some.txt');
  await writeFile(path, 'some text');
  return vscode.Uri.file(path);
}

function memoryFiles(files: ReadonlyMap<string, Uint8Array>): vscode.FileSystemProvider {
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  return {
    onDidChangeFile: createEmitter<vscode.FileChangeEvent[]>().event as vscode.Event<vscode.FileChangeEvent[]>,
    watch: () => new vscode.Disposable(() => undefined),
    stat: (uri) => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: files.get(uri.path)?.length ?? 0 }),
    readFile: (uri) => files.get(uri.path) ?? refuse(),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}

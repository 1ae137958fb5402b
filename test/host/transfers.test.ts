// Transfers out of a real editor, from their beginning to what can be done with them when they are over.

import assert from 'node:assert/strict';
import { mkdir, readFile, rename, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { silentLog } from '../../src/core/base/log.ts';
import type { OutgoingEntry, OutgoingState } from '../../src/core/sending/outgoing.ts';
import type { ItemSource, OutgoingItem } from '../../src/core/wire/item.ts';
import type { Files } from '../../src/editor/host/files.ts';
import { gatherFile } from '../../src/editor/sending/gatherFile.ts';
import { SentItems } from '../../src/editor/transfers/sentItems.ts';
import { resumeTransfer, type TransferContext } from '../../src/editor/transfers/startTransfer.ts';
import { createIdentity } from '../../src/net/connection/identity.ts';
import { fileSource } from '../../src/net/disk/fileSource.ts';
import { folderItem } from '../../src/net/disk/tree/folderItem.ts';
import { filesOf, type HeadlessPeer, memoryItem } from '../support/headlessPeer.ts';
import { eventually, tempFolder } from '../support/temp.ts';
import { setScene } from './scene.ts';
import { sendTo } from './sendTo.ts';

const largeBytes = 150_000_000;

describe('Transfers', () => {
  const scene = setScene();
  const { says, start } = scene;

  const send = (peer: HeadlessPeer, ...args: readonly unknown[]): Promise<void> =>
    sendTo(scene.api, peer, ['ferry.sendFile', ...args]);
  const run = (command: string, entry?: Pick<OutgoingEntry, 'id'>): Thenable<unknown> =>
    vscode.commands.executeCommand(`ferry.transfers.${command}`, ...(entry === undefined ? [] : [{ id: entry.id }]));
  const reaches = (test: (state: OutgoingState) => boolean): Promise<OutgoingEntry> => {
    const { outbox } = scene.api;
    return eventually(outbox.onDidChange, () => outbox.entries.find(({ state }) => test(state)), 'a transfer gets there');
  };
  const phases = (): readonly string[] => scene.api.outbox.entries.map(({ state }) => state.phase);
  const told = (text: RegExp): number => scene.person.shown.filter((shown) => text.test(shown.text)).length;
  const file = async (name = 'some.txt', content = 'some text'): Promise<vscode.Uri> => {
    const path = join(await tempFolder(), name);
    await writeFile(path, content);
    return vscode.Uri.file(path);
  };
  const largeFile = async (): Promise<vscode.Uri> => {
    const uri = await file('large.bin');
    await truncate(uri.fsPath, largeBytes);
    return uri;
  };

  it('stand in the list with their peer and what became of them', async () => {
    const peer = await start({ answer: 'save' });
    await send(peer, await file('one.txt'));
    await send(peer, await file('two.txt'));
    await says(/^neighbour received two\.txt\.$/);
    assert.deepEqual(
      scene.api.outbox.entries.map(({ items, peer: to, state }) => [items[0]?.name, to.name, state.phase]),
      [
        ['two.txt', 'neighbour', 'delivered'],
        ['one.txt', 'neighbour', 'delivered'],
      ],
    );
    assert.deepEqual([told(/received one\.txt/), told(/received two\.txt/)], [1, 1]);
  });

  it('are paused and go on from their row, without a word but the last', async () => {
    const peer = await start({ answer: 'save' });
    const sending = send(peer, await largeFile());
    const moving = await reaches((state) => state.phase === 'moving' && state.sent > 0);
    await run('pause', moving);
    // The notification is gone, and with it the command.
    await sending;
    assert.deepEqual(phases(), ['paused']);
    await peer.entry('paused');
    assert.equal(told(/cannot be reached|received/), 0);
    await run('resume', moving);
    await says(/^neighbour received large\.bin\.$/);
    assert.deepEqual(phases(), ['delivered']);
    assert.deepEqual(await filesOf(peer), ['large.bin']);
    assert.equal((await readFile(join(peer.folder, 'large.bin'))).length, largeBytes);
  });

  it('wait for a known peer who is away, say so once, and arrive when they are back', async () => {
    const before = await start({ answer: 'save' });
    await send(before, await file());
    await says(/^neighbour received some\.txt\.$/);
    await before.stop();
    const [sent] = scene.api.outbox.entries;
    scene.replacePerson();
    scene.person.answer(/cannot be reached now/, 'Show Transfers');
    await run('sendAgain', sent);
    const text = 'neighbour cannot be reached now. some.txt waits in Transfers and is sent when they are back.';
    assert.deepEqual(
      scene.person.shown.filter(({ kind }) => kind !== 'progress').map((shown) => [shown.text, ...shown.actions]),
      [[text, 'Show Transfers']],
    );
    assert.deepEqual(phases(), ['away', 'delivered']);
    const back = await start({ answer: 'save', identity: before.identity });
    await says(/^neighbour received some\.txt\.$/);
    assert.deepEqual(await filesOf(back), ['some.txt']);
    assert.equal(told(/cannot be reached now/), 1);
  });

  it('are cancelled from their row, and nothing more is said', async () => {
    const peer = await start();
    const sending = send(peer, await file());
    await peer.entry('waiting');
    await run('cancel', scene.api.outbox.entries[0]);
    await sending;
    await reaches(({ phase }) => phase === 'cancelled');
    assert.equal(scene.person.shown.filter(({ kind }) => kind !== 'progress').length, 0);
  });

  it('are sent again as they are by then, under another id, also what is in no file', async () => {
    const peer = await start({ answer: 'save' });
    const uri = await file('again.txt', 'before');
    await send(peer, uri);
    await says(/received again\.txt/);
    await writeFile(uri.fsPath, 'after');
    const document = await vscode.workspace.openTextDocument({ content: 'unsaved', language: 'plaintext' });
    await send(peer, document.uri);
    await says(/received unsaved\.txt/);
    const [unsaved, saved] = scene.api.outbox.entries;
    scene.replacePerson();
    await run('sendAgain', saved);
    await run('sendAgain', unsaved);
    await says(/received unsaved\.txt/);
    assert.deepEqual(phases(), ['delivered', 'delivered', 'delivered', 'delivered']);
    assert.equal(new Set(scene.api.outbox.entries.map(({ id }) => id)).size, 4);
    assert.deepEqual((await filesOf(peer)).toSorted(), ['again (1).txt', 'again.txt', 'unsaved (1).txt', 'unsaved.txt']);
    assert.equal(await readFile(join(peer.folder, 'again (1).txt'), 'utf8'), 'after');
  });

  it('leave out what is gone when they are sent again, and say so', async () => {
    const peer = await start({ answer: 'save' });
    const uris = [await file('kept.txt'), await file('gone.txt')];
    await send(peer, uris[0], uris);
    await says(/received 2 files/);
    await unlink(uris[1]!.fsPath);
    const [sent] = scene.api.outbox.entries;
    await run('sendAgain', sent);
    await says(/^Left out: gone\.txt: The file is no longer there\.$/);
    await says(/received kept\.txt/);
    await unlink(uris[0]!.fsPath);
    await run('sendAgain', sent);
    await says(/^Not sent again\. kept\.txt, gone\.txt: The file is no longer there\.$/);
    assert.deepEqual(phases(), ['delivered', 'delivered']);
  });

  it('leave the list when they are over and the person says so, one or all', async () => {
    const peer = await start();
    for (const name of ['a.txt', 'b.txt']) {
      const declined = send(peer, await file(name));
      peer.inbox.decline((await peer.entry('waiting')).id);
      await declined;
    }
    const sending = send(peer, await file('c.txt'));
    await peer.entry('waiting');
    const [running, last] = scene.api.outbox.entries;
    await run('remove', running);
    await run('remove', last);
    assert.deepEqual(phases(), ['waiting', 'declined']);
    await run('clear');
    assert.deepEqual(phases(), ['waiting']);
    await run('cancel', running);
    await sending;
  });

  const largeItem = async (kind: 'file' | 'folder'): Promise<ItemSource> => {
    if (kind === 'file') return gatherFile(await largeFile(), { open: fileSource } as Files);
    const folder = join(await tempFolder(), 'large.bin');
    await mkdir(folder);
    await rename((await largeFile()).fsPath, join(folder, 'within.bin'));
    return (await folderItem(folder, { followGitignore: true, exclude: [], includeSecrets: false })).item;
  };

  for (const kind of ['file', 'folder'] as const) {
    it(`of a window that was closed are there again, a ${kind}, go on when they are told to, and say how they end`, async () => {
      const [storage, identity] = [await tempFolder(), await createIdentity()];
      const receiver = await start({ answer: 'save' });
      const closed = await start({ storage, identity });
      await closed.online.directory.greet(receiver.address);
      const { id, name } = { id: receiver.identity.peerId, name: 'neighbour' };
      const item = await largeItem(kind);
      const delivery = { peer: { id, name, trust: 'known', windows: [], lastUsed: 0 }, items: [item] } as const;
      const sending = closed.outbox.send({ ...delivery, sealing: { kind: 'none' }, senderName: 'Ada' });
      const moves = (): true | undefined => (closed.outbox.find(sending.id)?.state.phase === 'moving' ? true : undefined);
      await eventually(closed.outbox.onDidChange, moves, 'it moves');
      await closed.stop();
      const again = await start({ storage, identity });
      await again.online.directory.greet(receiver.address);
      assert.equal(again.outbox.find(sending.id)?.state.phase, 'paused');
      const window = { ui: scene.api.ui.current, log: silentLog, outbox: again.outbox, sent: new SentItems() };
      await resumeTransfer(window as unknown as TransferContext, sending.id);
      await says(/^neighbour received large\.bin.*\.$/);
      await resumeTransfer(window as unknown as TransferContext, sending.id);
      assert.equal(told(/received large\.bin/), 1);
      assert.deepEqual(await filesOf(receiver), ['large.bin']);
    });
  }

  it('do nothing without a row', async () => {
    for (const command of ['pause', 'resume', 'cancel', 'sendAgain', 'remove']) await run(command);
    assert.deepEqual(scene.person.shown, []);
  });

  it('that take a while to arrive show how far they are, and can be cancelled', async () => {
    const peer = await start();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { offered } = memoryItem('slow.bin', Buffer.alloc(2_000));
    const slow: OutgoingItem = {
      offered,
      open: async function* () {
        yield Buffer.alloc(1_000);
        await promise;
        yield Buffer.alloc(1_000);
      },
    };
    scene.person.answer(/wants to send/, 'Accept');
    const outcome = peer.send(scene.me(), [slow]);
    await says(/^Receiving slow\.bin from neighbour: \d.*B of/);
    scene.person.cancel();
    resolve(undefined);
    const end = await outcome;
    assert.deepEqual([end.phase, end.phase === 'cancelled' && end.by], ['cancelled', 'peer']);
    assert.equal((await scene.entryIn('cancelled')).state.phase, 'cancelled');
  });
});

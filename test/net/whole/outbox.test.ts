// The outbox between two peers: what waits for a peer who is away, what is paused and goes on, and what is there again after the
// sending side was closed.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { met } from '../../../src/core/peers/book.ts';
import type { Peer } from '../../../src/core/peers/peers.ts';
import type { OutgoingEntry, OutgoingState } from '../../../src/core/sending/outgoing.ts';
import type { ItemSource } from '../../../src/core/wire/item.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { fileSource } from '../../../src/net/disk/fileSource.ts';
import { filesOf, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const size = 30_000_000;
const bytes = randomBytes(size);
const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('The outbox', () => {
  const started: HeadlessPeer[] = [];
  let path = '';
  let mdnsPort = 0;
  const start = async (options: Parameters<typeof headlessPeer>[0] = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ mdnsPort, ...options });
    started.push(peer);
    return peer;
  };
  before(async () => {
    path = join(await tempFolder(), 'a.bin');
    mdnsPort = await ownMdnsPort();
    await writeFile(path, bytes);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((peer) => peer.stop()));
  });
  after(removeTempFolders);

  const fileItem = async (): Promise<ItemSource> => {
    const { open, file } = await fileSource(path);
    return { offered: { kind: 'file', name: 'a.bin', size, mediaType: 'application/octet-stream' }, file, open };
  };
  const peerOf = (id: Peer['id'], trust: Peer['trust'] = 'known'): Peer => ({
    id,
    name: 'Grace',
    trust,
    windows: [],
    lastUsed: 0,
  });
  const deliveryTo = async (id: Peer['id'], trust?: Peer['trust']) => ({
    ...({ peer: peerOf(id, trust), items: [await fileItem()], sealing: { kind: 'none' }, senderName: 'Ada' } as const),
  });
  const reaches = (peer: HeadlessPeer, test: (state: OutgoingState) => boolean): Promise<OutgoingEntry> =>
    eventually(peer.outbox.onDidChange, () => peer.outbox.entries.find(({ state }) => test(state)), 'the transfer gets there');
  const isWhole = async (receiver: HeadlessPeer): Promise<void> => {
    assert.deepEqual(await filesOf(receiver), ['a.bin']);
    assert.equal(digestOf(await readFile(join(receiver.folder, 'a.bin'))), digestOf(bytes));
    assert.deepEqual(
      receiver.inbox.entries.map(({ state }) => state.phase),
      ['received'],
    );
  };

  it('keeps what is sent to a known peer who is away, and delivers it when they are there', async () => {
    const [sender, identity] = [await start(), await createIdentity()];
    await sender.book.change(identity.peerId, (entry) => met(entry, 'Grace'));
    const { outcome } = sender.outbox.send(await deliveryTo(identity.peerId));
    await reaches(sender, ({ phase }) => phase === 'away');
    const receiver = await start({ identity, answer: 'save' });
    assert.equal((await outcome).phase, 'delivered');
    await isWhole(receiver);
  });

  it('does not wait for a stranger', async () => {
    const [sender, identity] = [await start(), await createIdentity()];
    const outcome = await sender.outbox.send(await deliveryTo(identity.peerId, 'unknown')).outcome;
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_UNREACHABLE');
  });

  it('pauses what moves, keeps it on both sides, and goes on where it stopped', async () => {
    const [sender, receiver] = [await start(), await start({ answer: 'save' })];
    await sender.online.directory.greet(receiver.address);
    const { id, outcome } = sender.outbox.send(await deliveryTo(receiver.identity.peerId));
    await reaches(sender, (state) => state.phase === 'moving' && state.sent > 0);
    assert.equal(sender.outbox.pause(id), true);
    await reaches(sender, ({ phase }) => phase === 'paused');
    await receiver.entry('paused');
    assert.equal(await sender.outbox.resume(id), true);
    assert.equal((await outcome).phase, 'delivered');
    await isWhole(receiver);
    assert.deepEqual([sender.outbox.pause(id), await sender.outbox.resume(id), sender.outbox.cancel(id)], [false, false, false]);
  });

  it('tells the peer of a transfer that is cancelled while it is paused', async () => {
    const [sender, receiver] = [await start(), await start({ answer: 'save' })];
    await sender.online.directory.greet(receiver.address);
    const { id, outcome } = sender.outbox.send(await deliveryTo(receiver.identity.peerId));
    await reaches(sender, (state) => state.phase === 'moving' && state.sent > 0);
    sender.outbox.pause(id);
    await receiver.entry('paused');
    sender.outbox.cancel(id);
    assert.deepEqual(await outcome, { phase: 'cancelled', by: 'me' });
    const entry = await receiver.entry('cancelled');
    assert.deepEqual(entry.state, { phase: 'cancelled', by: 'peer' });
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('has a transfer again whose window was closed in the middle, and goes on with it when it is told to', async () => {
    const [storage, identity] = [await tempFolder(), await createIdentity()];
    const receiver = await start({ answer: 'save' });
    const first = await start({ storage, identity });
    await first.online.directory.greet(receiver.address);
    await first.book.change(receiver.identity.peerId, (entry) => met(entry, 'Grace'));
    const { id } = first.outbox.send(await deliveryTo(receiver.identity.peerId));
    await reaches(first, (state) => state.phase === 'moving' && state.sent > 0);
    await first.stop();
    const before = await receiver.entry('paused');
    assert.ok(before.state.phase === 'paused');
    const second = await start({ storage, identity });
    assert.deepEqual(
      second.outbox.entries.map((entry) => [entry.id, entry.state.phase]),
      [[id, 'paused']],
    );
    await second.online.directory.greet(receiver.address);
    const sent: number[] = [];
    second.outbox.onDidChange(({ entry }) => {
      if (entry?.state.phase === 'moving') sent.push(entry.state.sent);
    });
    assert.equal(await second.outbox.resume(id), true);
    await reaches(second, ({ phase }) => phase === 'delivered');
    await isWhole(receiver);
    assert.ok((sent[0] ?? 0) >= before.state.received, `${sent[0]} of ${before.state.received}`);
    await second.stop();
    const third = await start({ storage, identity });
    assert.deepEqual(
      third.outbox.entries.map(({ state }) => state.phase),
      ['delivered'],
    );
    third.outbox.remove(id);
    assert.deepEqual(third.outbox.entries, []);
  });

  it('does not go on with a file that is not what it was, and tells the peer, who keeps nothing of it', async () => {
    const [storage, identity] = [await tempFolder(), await createIdentity()];
    const receiver = await start({ answer: 'save' });
    const first = await start({ storage, identity });
    await first.online.directory.greet(receiver.address);
    const { id } = first.outbox.send(await deliveryTo(receiver.identity.peerId));
    await reaches(first, (state) => state.phase === 'moving' && state.sent > 0);
    await first.stop();
    await writeFile(path, bytes);
    const second = await start({ storage, identity });
    await assert.rejects(second.outbox.resume(id), { code: 'ERR_SOURCE_CHANGED' });
    assert.equal(second.outbox.find(id)?.state.phase, 'failed');
    assert.deepEqual((await receiver.entry('cancelled')).state, { phase: 'cancelled', by: 'peer' });
    assert.deepEqual(await filesOf(receiver), []);
  });
});

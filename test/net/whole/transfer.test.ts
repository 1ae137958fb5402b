// Items between two whole peers over real sockets on loopback: every end that a transfer can have, and what is left on disk.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { deliver } from '../../../src/core/sending/deliver.ts';
import type { TransferState } from '../../../src/core/sending/transfer.ts';
import { type OutgoingItem, offeredName } from '../../../src/core/wire/item.ts';
import { parseProblemType } from '../../../src/core/wire/messages.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { fileSource } from '../../../src/net/disk/fileSource.ts';
import { onEntry } from '../../support/entries.ts';
import { filesOf, type HeadlessOptions, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { ask, rawTls, requestText } from '../../support/rawTls.ts';
import { offerAsStranger } from '../../support/strangers.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('A transfer between two peers', () => {
  let identities: readonly Identity[];
  const peers: HeadlessPeer[] = [];

  const start = async (which: number, options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ identity: identities[which]!, ...options });
    peers.push(peer);
    return peer;
  };

  before(async () => {
    identities = await Promise.all([createIdentity(), createIdentity(), createIdentity()]);
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
    await removeTempFolders();
  });

  for (const size of [0, 1, 16_384, 1_048_576, 5_000_001]) {
    it(`delivers a file of ${size} bytes as it is`, async () => {
      const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
      const path = join(await tempFolder(), 'source.bin');
      const bytes = randomBytes(size);
      await writeFile(path, bytes);
      const source = await fileSource(path);
      const item: OutgoingItem = {
        offered: { kind: 'file', name: 'a.bin', size: source.size, mediaType: 'application/octet-stream' },
        open: source.open,
      };
      const outcome = await sender.send(receiver, [item]);
      assert.equal(outcome.phase, 'delivered');
      const entry = await receiver.entry('received');
      const path2 = entry.received[0]!.path;
      assert.deepEqual(await readFile(path2), bytes);
      assert.deepEqual(Buffer.from(entry.received[0]!.sha256!), createHash('sha256').update(bytes).digest());
      assert.equal((await stat(path2)).mode & 0o777, 0o600);
      assert.deepEqual(await filesOf(receiver), ['a.bin']);
    });
  }

  it('delivers several items in one offer, and shows the way there', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const states: TransferState['phase'][] = [];
    const items = ['a', 'b', 'c'].map((name) => memoryItem(name, Buffer.from(name.repeat(1000))));
    const outcome = await sender.send(receiver, items, { onState: (state) => states.push(state.phase) });
    assert.equal(outcome.phase, 'delivered');
    assert.deepEqual([...new Set(states)], ['reaching', 'waiting', 'moving', 'delivered']);
    assert.deepEqual((await filesOf(receiver)).sort(), ['a', 'b', 'c']);
  });

  it('never overwrites: a taken name gets a number', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    await writeFile(join(receiver.folder, 'a.ts'), 'mine');
    for (const text of ['one', 'two'])
      assert.equal((await sender.send(receiver, [memoryItem('a.ts', Buffer.from(text))])).phase, 'delivered');
    const found = Object.fromEntries(
      await Promise.all(
        (await filesOf(receiver)).map(async (name) => [name, await readFile(join(receiver.folder, name), 'utf8')]),
      ),
    ) as Record<string, string>;
    assert.deepEqual(found, { 'a.ts': 'mine', 'a (1).ts': 'one', 'a (2).ts': 'two' });
  });

  it('follows no link planted under the name of an item', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const target = join(await tempFolder(), 'target');
    await writeFile(target, 'untouched');
    await symlink(target, join(receiver.folder, 'a.ts'));
    assert.equal((await sender.send(receiver, [memoryItem('a.ts', Buffer.from('new'))])).phase, 'delivered');
    assert.equal(await readFile(target, 'utf8'), 'untouched');
    assert.equal(await readFile(join(receiver.folder, 'a (1).ts'), 'utf8'), 'new');
  });

  it('ends as declined when the person declines', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'decline' })];
    assert.deepEqual(await sender.send(receiver, [memoryItem('a', Buffer.from('a'))]), { phase: 'declined' });
    await receiver.inbox.idle();
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('ends as expired when nobody answers', async () => {
    const [sender, receiver] = [await start(0), await start(1, { offerLifeMs: 50 })];
    assert.deepEqual(await sender.send(receiver, [memoryItem('a', Buffer.from('a'))]), { phase: 'expired' });
    assert.equal(offeredName((await receiver.entry('expired')).items[0]!), 'a');
  });

  it('ends on both sides when the sender cancels while the person decides', async () => {
    const [sender, receiver] = [await start(0), await start(1)];
    const stop = new AbortController();
    const sending = sender.send(receiver, [memoryItem('a', Buffer.from('a'))], { signal: stop.signal });
    const waiting = await receiver.entry('waiting');
    // Nothing stays of what a stranger takes back, so it has to be seen when it happens.
    const cancelled = receiver.entry('cancelled');
    stop.abort();
    assert.deepEqual(await sending, { phase: 'cancelled', by: 'me' });
    assert.deepEqual((await cancelled).state, { phase: 'cancelled', by: 'peer' });
    assert.equal(await receiver.inbox.accept(waiting.id, 'save'), false);
  });

  it('ends on both sides when the sender cancels while bytes move, and keeps nothing', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const stop = new AbortController();
    const sending = sender.send(receiver, [endless('a', 1 << 30)], {
      signal: stop.signal,
      onState: (state) => {
        if (state.phase === 'moving' && state.sent > 1 << 20) stop.abort();
      },
    });
    assert.deepEqual(await sending, { phase: 'cancelled', by: 'me' });
    assert.deepEqual((await receiver.entry('cancelled')).state, { phase: 'cancelled', by: 'peer' });
    await receiver.inbox.idle();
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('ends on both sides when the receiver cancels while bytes move, and keeps nothing', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    onEntry(receiver.inbox.onDidChange, (entry) => {
      if (entry.state.phase === 'receiving' && entry.state.received > 0) receiver.inbox.cancel(entry.id);
    });
    assert.deepEqual(await sender.send(receiver, [endless('a', 1 << 30)]), { phase: 'cancelled', by: 'peer' });
    assert.deepEqual((await receiver.entry('cancelled')).state, { phase: 'cancelled', by: 'me' });
    await receiver.inbox.idle();
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('refuses before a byte moves when there is no space', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save', keepFreeBytes: Number.MAX_SAFE_INTEGER })];
    const states: string[] = [];
    const outcome = await sender.send(receiver, [memoryItem('a', Buffer.from('a'))], {
      onState: (state) => states.push(state.phase),
    });
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_NO_SPACE');
    assert.ok(!states.includes('moving'));
  });

  it('stops a sender that sends more than it offered at the first byte too many', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const outcome = await sender.send(receiver, [
      { ...endless('a', 1 << 30), offered: { kind: 'file', name: 'a', size: 1024, mediaType: 'text/plain' } },
    ]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_SOURCE_CHANGED');
    await receiver.inbox.idle();
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('refuses a stranger before the offer is read where strangers are refused, must pair first, or fill their places', async () => {
    const head = requestText('POST', '/v1/offers', { 'Content-Length': '200000' });
    const problemOf = async (receiver: HeadlessPeer): Promise<string> => {
      const socket = rawTls(receiver.online.port, identities[0]);
      const { body } = await ask(socket, head);
      socket.destroy();
      return parseProblemType(JSON.parse(body)).replace('urn:ferry:problem:', '');
    };
    assert.equal(await problemOf(await start(1, { unknownPeers: 'refuse' })), 'peer-rejected');
    assert.equal(await problemOf(await start(1, { unknownPeers: 'pairFirst' })), 'not-paired');
    const busy = await start(1);
    const waiting = [];
    for (let n = 0; n < limits.offersWaitingPerPeer; n += 1) {
      waiting.push(await offerAsStranger({ inbox: busy.inbox, port: busy.online.port }, identities[0]!));
    }
    assert.equal(await problemOf(busy), 'busy');
    for (const { socket } of waiting) socket.destroy();
  });

  it('sends nothing to a peer that is blocked, and goes on with nothing that was begun', async () => {
    const [sender, receiver] = [await start(0), await start(1)];
    const sending = sender.send(receiver, [memoryItem('a', Buffer.from('a'))]);
    await receiver.entry('waiting');
    await sender.book.change(receiver.identity.peerId, (entry) => ({ ...entry, trust: 'blocked' }));
    const begun = await sending;
    assert.equal(begun.phase === 'failed' && begun.error.code, 'ERR_PEER_REJECTED');
    // A stranger's offer that is withdrawn leaves no row.
    await eventually(receiver.inbox.onDidChange, () => receiver.inbox.entries.length === 0 || undefined, 'the offer is gone');
    const outcome = await sender.send(receiver, [memoryItem('a', Buffer.from('a'))]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_REJECTED');
    await assert.rejects(sender.online.directory.greet(receiver.address), { code: 'ERR_PEER_REJECTED' });
    assert.deepEqual(receiver.inbox.entries, []);
  });

  it('sends no end of an item with fewer bytes than were offered, and nothing is kept', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const outcome = await sender.send(receiver, [memoryItem('a', Buffer.from('abc'), 4)]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_SOURCE_CHANGED');
    await receiver.inbox.idle();
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('keeps nothing of a file that changes while it is sent', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const path = join(await tempFolder(), 'source.bin');
    await writeFile(path, randomBytes(8_000_000));
    const source = await fileSource(path);
    const item: OutgoingItem = {
      offered: { kind: 'file', name: 'a.bin', size: source.size, mediaType: 'application/octet-stream' },
      open: async function* (signal) {
        let changed = false;
        for await (const chunk of source.open(signal)) {
          if (!changed) await writeFile(path, randomBytes(8_000_000));
          changed = true;
          yield chunk;
        }
      },
    };
    const outcome = await sender.send(receiver, [item]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_SOURCE_CHANGED');
    assert.deepEqual((await receiver.entry('cancelled')).state, { phase: 'cancelled', by: 'peer' });
    await receiver.inbox.idle();
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('delivers the others of an offer when one changes, is gone, or is not what was offered, and both sides know of each', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const folder = await tempFolder();
    const file = async (name: string, change?: (path: string) => Promise<void>): Promise<OutgoingItem> => {
      const path = join(folder, name);
      await writeFile(path, randomBytes(300_000));
      const { size, open } = await fileSource(path);
      await change?.(path);
      return { offered: { kind: 'file', name, size, mediaType: 'application/octet-stream' }, open };
    };
    const long = memoryItem('long', randomBytes(3_000_000), 1000);
    const items = [
      await file('gone', (path) => rm(path)),
      await file('a'),
      await file('shrunk', (path) => truncate(path, 10)),
      long,
      await file('grown', (path) => appendFile(path, 'more')),
      await file('b'),
    ];
    const outcome = await sender.send(receiver, items);
    assert.deepEqual(outcome.phase === 'partly' && outcome.arrived, [1, 4, 5]);
    assert.deepEqual(outcome.phase === 'partly' && outcome.failed.map(({ n, error }) => [n, error.code]), [
      [0, 'ERR_SOURCE_MISSING'],
      [2, 'ERR_SOURCE_CHANGED'],
      [3, 'ERR_SOURCE_CHANGED'],
    ]);
    const { state } = await receiver.entry('received');
    assert.deepEqual(state.phase === 'received' && state.failed?.map(({ n, error }) => [n, error.code]), [
      [0, 'ERR_SIZE_MISMATCH'],
      [2, 'ERR_SIZE_MISMATCH'],
      [3, 'ERR_SIZE_MISMATCH'],
    ]);
    assert.deepEqual((await filesOf(receiver)).toSorted(), ['a', 'b', 'grown']);
  });

  it('seals and delivers the others when one of several is gone before it is sealed', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const path = join(await tempFolder(), 'gone');
    await writeFile(path, 'x');
    const gone = await fileSource(path);
    await rm(path);
    await sender.online.directory.greet(receiver.address);
    const plain = (name: string, open: OutgoingItem['open']) =>
      ({ offered: { kind: 'file', name, size: 1, mediaType: 'text/plain' }, open }) as const;
    const outcome = await deliver(
      {
        peer: sender.online.directory.peers[0]!,
        items: [plain('gone', gone.open), plain('there', memoryItem('there', Buffer.from('y')).open)],
        ...{ sealing: { kind: 'key' }, senderName: 'Ada' },
      },
      {
        ...{ session: sender.online, book: sender.book, log: silentLog, onState: () => undefined },
        signal: new AbortController().signal,
      },
    );
    assert.deepEqual(outcome.phase === 'partly' && [outcome.arrived, outcome.failed.map(({ n, error }) => [n, error.code])], [
      [1],
      [[0, 'ERR_SOURCE_MISSING']],
    ]);
    assert.deepEqual(await filesOf(receiver), ['there']);
  });

  it('says that nobody listens where nobody does', async () => {
    const [sender, receiver] = [await start(0), await start(1)];
    await receiver.stop();
    const outcome = await sender.send(receiver, [memoryItem('a', Buffer.from('a'))]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_UNREACHABLE');
    assert.equal(outcome.phase === 'failed' && outcome.error.detail['reason'], 'refused');
  });

  it('sends nothing to another key than that of the peer', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const outcome = await sender.send({ id: identities[2]!.peerId, addresses: [receiver.address] }, [
      memoryItem('a', Buffer.from('a')),
    ]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_MISMATCH');
    assert.deepEqual(receiver.inbox.entries, []);
  });

  it('takes the next address where the first does not answer', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const gone = await start(2);
    await gone.stop();
    const outcome = await sender.send({ id: receiver.identity.peerId, addresses: [gone.address, receiver.address] }, [
      memoryItem('a', Buffer.from('a')),
    ]);
    assert.equal(outcome.phase, 'delivered');
  });
});

/** Bytes without end, as far as the other side is concerned. */
function endless(name: string, size: number): OutgoingItem {
  const chunk = new Uint8Array(65_536);
  return {
    offered: { kind: 'file', name, size, mediaType: 'application/octet-stream' },
    open: async function* () {
      for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
    },
  };
}

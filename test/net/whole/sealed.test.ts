// Sealed items between two whole peers: small and in records, unsealed on arrival or kept, and what a damaged one leaves behind.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import { limits } from '../../../src/core/base/limits.ts';
import { landContent } from '../../../src/core/receiving/landing.ts';
import { sealAllOutgoing, sealOutgoing, unsealIncoming } from '../../../src/core/sealing/items.ts';
import type { Recipient } from '../../../src/core/sealing/jwe/compactJwe.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { FakeDisk } from '../../support/fakeDisk.ts';
import { filesOf, type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { removeTempFolders } from '../../support/temp.ts';

const mebi = 1024 * 1024;
const name = 'the plans of the harbour.txt';
const marker = Buffer.from('TOP SECRET 4711');

describe('A sealed item between two peers', () => {
  let identities: readonly Identity[];
  const peers: HeadlessPeer[] = [];

  const start = async (which: number, options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ identity: identities[which]!, ...options });
    peers.push(peer);
    return peer;
  };
  const forReceiver = (): Recipient => ({ kind: 'key', key: identities[1]!.sealKey });

  before(async () => {
    identities = await Promise.all([createIdentity(), createIdentity()]);
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
    await removeTempFolders();
  });

  for (const [size, form] of [
    [0, 'compact'],
    [100_000, 'compact'],
    [limits.compactSealBytes, 'compact'],
    [limits.compactSealBytes + 1, 'records'],
    [20 * mebi, 'records'],
  ] as const) {
    it(`of ${size} bytes arrives unsealed, under its name`, async () => {
      const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
      const bytes = content(size);
      const item = await sealed(bytes, forReceiver());
      assert.equal(item.offered.kind === 'sealed' && item.offered.form, form);
      assert.equal((await sender.send(receiver, [item])).phase, 'delivered');
      const [received] = (await receiver.entry('received')).received;
      assert.deepEqual(await filesOf(receiver), [name]);
      assert.ok((await readFile(received!.path)).equals(bytes));
      assert.deepEqual([received!.wasSealed, received!.sealedFor], [true, undefined]);
    });
  }

  it('is one of sixty, each read and sealed when the one before has arrived: never are two in memory', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const count = 60;
    const offered = { kind: 'file', name, size: 50_000, mediaType: 'text/plain' } as const;
    const arrived: number[] = [];
    const open = (): AsyncIterable<Uint8Array> => {
      arrived.push(receiver.inbox.entries[0]!.received.length);
      return once(content(offered.size));
    };
    const sources = Array.from({ length: count }, () => ({ offered, open }));
    const items = await sealAllOutgoing(sources, forReceiver(), new AbortController().signal);
    assert.equal((await sender.send(receiver, items)).phase, 'delivered');
    assert.deepEqual(arrived, [...sources.keys()]);
    assert.equal((await filesOf(receiver)).length, count);
  });

  for (const [size, extension] of [
    [1000, 'jwe'],
    [9 * mebi, 'sealed'],
  ] as const) {
    it(`of ${size} bytes that is kept sealed shows neither name nor content on disk, and opens later`, async () => {
      const [sender, receiver] = [await start(0), await start(1, { answer: 'save', keepSealed: true })];
      const bytes = content(size);
      assert.equal((await sender.send(receiver, [await sealed(bytes, forReceiver())])).phase, 'delivered');
      const [received] = (await receiver.entry('received')).received;
      assert.match(received!.path, new RegExp(`/sealed-[A-Za-z0-9]{8}\\.${extension}$`));
      assert.equal((await stat(received!.path)).mode & 0o777, 0o600);
      const onDisk = await readFile(received!.path);
      for (const telling of [marker, Buffer.from(name), Buffer.from('harbour'), marker.subarray(0, 6)]) {
        assert.equal(onDisk.indexOf(telling), -1);
        assert.equal(onDisk.indexOf(telling.toString('base64url').slice(0, 8)), -1);
      }
      const opened = await unsealIncoming(once(onDisk), { kind: 'key', keys: [identities[1]!.sealKey] });
      assert.equal(opened.item.name, name);
      assert.ok(Buffer.concat(await all(opened.content)).equals(bytes));
    });
  }

  it('for a passphrase stays as it came', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const item = await sealed(content(1000), { kind: 'passphrase', passphrase: 'six words', generated: true });
    assert.equal((await sender.send(receiver, [item])).phase, 'delivered');
    assert.equal((await receiver.entry('received')).received[0]!.sealedFor, 'passphrase');
  });

  it('that is a dictionary is held to the limit of dictionaries once its seal is off, on arrival and later', async () => {
    const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
    const dictionary = (size: number) => sealed(content(size), forReceiver(), 'dictionary');
    const landLater = async (size: number): Promise<void> => {
      const bytes = (await dictionary(size)).open(new AbortController().signal);
      const opened = await unsealIncoming(bytes, { kind: 'key', keys: [identities[1]!.sealKey] });
      await landContent(new FakeDisk(), 'folder', opened);
    };
    assert.equal((await sender.send(receiver, [await dictionary(limits.dictionaryBytes)])).phase, 'delivered');
    await landLater(limits.dictionaryBytes);
    const outcome = await sender.send(receiver, [await dictionary(limits.dictionaryBytes + 1)]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_ITEM_TOO_LARGE');
    await assert.rejects(landLater(limits.dictionaryBytes + 1), { code: 'ERR_ITEM_TOO_LARGE' });
    assert.equal((await filesOf(receiver)).length, 1);
  });

  for (const [what, item] of [
    ['for somebody else', async () => sealed(content(1000), { kind: 'key', key: (await createIdentity()).sealKey })],
    ['damaged in its last record', async () => damaged(await sealed(content(9 * mebi), forReceiver()), -5)],
    ['damaged in its header', async () => damaged(await sealed(content(1000), forReceiver()), 3)],
    ['cut between two records', async () => cut(await sealed(content(9 * mebi), forReceiver()))],
  ] as const) {
    it(`${what} leaves nothing behind, and the sender hears one opaque code`, async () => {
      const [sender, receiver] = [await start(0), await start(1, { answer: 'save' })];
      const outcome = await sender.send(receiver, [await item()]);
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_UNSEAL_FAILED');
      await receiver.inbox.idle();
      assert.deepEqual(await filesOf(receiver), []);
    });
  }
});

function content(size: number): Buffer {
  const bytes = randomBytes(size);
  if (size >= marker.length) marker.copy(bytes);
  return bytes;
}

async function sealed(bytes: Buffer, recipient: Recipient, kind: 'file' | 'dictionary' = 'file'): Promise<OutgoingItem> {
  const offered = { kind, name, size: bytes.length, mediaType: 'text/plain' } as const;
  return sealOutgoing({ offered, open: () => once(bytes) }, recipient, new AbortController().signal);
}

/** The same offer with one byte changed, counted from the end where `at` is negative. */
async function damaged(item: OutgoingItem, at: number): Promise<OutgoingItem> {
  const bytes = Buffer.concat(await all(item.open(new AbortController().signal)));
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return { ...item, open: () => once(bytes) };
}

/** An offer of the item without its last record. */
async function cut(item: OutgoingItem): Promise<OutgoingItem> {
  const chunks = await all(item.open(new AbortController().signal));
  const bytes = Buffer.concat(chunks.slice(0, -1));
  return { offered: { ...item.offered, size: bytes.length }, open: () => once(bytes) };
}

async function all(source: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  // Chunks are lent: whoever keeps one copies it.
  for await (const chunk of source) chunks.push(new Uint8Array(chunk));
  return chunks;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

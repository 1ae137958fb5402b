// Delivery over a fake link: which key items are sealed for, what is remembered of the peer, and that failures are outcomes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { streamOf } from '../../../src/core/base/bytes.ts';
import { FerryError } from '../../../src/core/base/errors.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import type { PeerBook } from '../../../src/core/peers/book.ts';
import type { Directory } from '../../../src/core/peers/directory.ts';
import type { Dial, PeerLink } from '../../../src/core/peers/link.ts';
import type { BookEntry, Peer, PeerWindow } from '../../../src/core/peers/peers.ts';
import { type Delivery, deliver } from '../../../src/core/sending/deliver.ts';
import type { TransferOutcome } from '../../../src/core/sending/transfer.ts';
import { parseOffer } from '../../../src/core/wire/messages.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { bookOf } from '../../support/fakeBook.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const id = peerIdOfNobody(1);
const address = { host: '127.0.0.1', port: 4000 };
const text = new TextEncoder().encode('hello');
const items = [
  { offered: { kind: 'file', name: 'a.txt', size: text.length, mediaType: 'text/plain' }, open: () => streamOf(text) },
] as const;

type World = {
  readonly window?: Partial<PeerWindow> | undefined;
  readonly book?: PeerBook;
  readonly sealing?: Delivery['sealing'];
  readonly signal?: AbortSignal;
  /** What the peer refuses the offer with. */
  readonly refusal?: FerryError;
  readonly sent?: Delivery['items'];
  readonly isAway?: boolean;
};

/** Delivers to a peer that accepts everything where nothing else is said; `offered` has the kinds of what it was offered. */
async function deliverTo({
  window = {},
  book = bookOf([]),
  sealing = { kind: 'none' },
  signal = new AbortController().signal,
  refusal,
  sent = items,
  isAway = false,
}: World): Promise<{ outcome: TransferOutcome; offered: readonly string[]; book: PeerBook }> {
  const offered: string[] = [];
  const link: PeerLink = {
    ...{ peerId: id, address },
    call: async ({ body }) => {
      const offer = parseOffer(body);
      offered.push(...offer.items.map(({ kind }) => kind));
      if (refusal !== undefined) throw refusal;
      return { items: offer.items.map((_, n) => ({ n, from: 0 })) } as never;
    },
    fetch: () => assert.fail('nothing is got'),
    put: async ({ bytes }) => {
      for await (const chunk of bytes) assert.ok(chunk.length > 0);
      return new Uint8Array(32);
    },
    createHash: () => createHash('sha256'),
    tell: () => Promise.resolve(),
    exportedKey: () => assert.fail('nobody pairs'),
    onEnd: () => assert.fail('nobody waits for the end'),
    close: () => undefined,
  };
  const dial: Dial = async () => {
    if (signal.aborted) throw new FerryError('ERR_CANCELLED', 'dialling was cancelled');
    return link;
  };
  const windows = isAway ? [] : [{ window: 'w', peerId: id, address, name: 'calls-itself', focusedAt: 0, ...window }];
  const directory = { windowsOf: async () => windows, addressesOf: async () => [address] } as unknown as Directory;
  const peer: Peer = { id, name: 'nickname', trust: 'unknown', windows, lastUsed: 0 };
  const outcome = await deliver(
    { peer, items: sent, sealing, senderName: 'Ada' },
    { session: { directory, dial }, book, log: silentLog, signal, onState: () => undefined },
  );
  return { outcome, offered, book };
}

const codeOf = (outcome: TransferOutcome): string => (outcome.phase === 'failed' ? outcome.error.code : outcome.phase);

describe('A delivery', () => {
  it('leaves the peer in the book: known, under the name that it gives itself, with the address that worked in front', async () => {
    const { outcome, offered, book } = await deliverTo({});
    assert.deepEqual([outcome.phase, offered], ['delivered', ['file']]);
    const { trust, name, addresses } = book.find(id) ?? assert.fail('the peer is not in the book');
    assert.deepEqual([trust, name, addresses], ['known', 'calls-itself', [address]]);
  });

  for (const code of ['ERR_OFFER_DECLINED', 'ERR_CANCELLED', 'ERR_OFFER_EXPIRED'] as const) {
    it(`leaves the peer a stranger under the name that it was listed with where it ends with ${code}`, async () => {
      const { book } = await deliverTo({ refusal: new FerryError(code, 'no', { remote: true }) });
      const { trust, name, addresses } = book.find(id) ?? assert.fail('the peer is not in the book');
      assert.deepEqual([trust, name, addresses], ['unknown', 'calls-itself', [address]]);
      const known = bookOf([{ id, name: 'Ada', trust: 'known', addresses: [], lastUsed: 0 }]);
      await deliverTo({ refusal: new FerryError(code, 'no', { remote: true }), book: known });
      assert.equal(known.find(id)?.name, 'Ada');
    });
  }

  it('offers a snippet to whoever takes snippets, and to anybody else as the file that it is as well', async () => {
    const snippets = [{ ...items[0], offered: { ...items[0].offered, kind: 'snippet' } }] as const;
    const to = async (world: World): Promise<unknown> => {
      const { outcome, offered } = await deliverTo({ ...world, sent: snippets });
      return [codeOf(outcome), ...offered];
    };
    assert.deepEqual(await to({ window: { capabilities: ['offers', 'snippets'] } }), ['delivered', 'snippet']);
    assert.deepEqual(await to({ window: { capabilities: ['offers'] } }), ['delivered', 'file']);
    assert.deepEqual(await to({}), ['delivered', 'file']);
    assert.deepEqual(await to({ isAway: true }), ['ERR_PEER_UNREACHABLE']);
  });

  it('is delivered also where the book cannot be written', async () => {
    const full = { ...bookOf([]), change: () => Promise.reject(new Error('full')) };
    assert.equal((await deliverTo({ book: full })).outcome.phase, 'delivered');
  });

  it('is cancelled where it was before it began, and nobody is offered anything', async () => {
    const { outcome, offered } = await deliverTo({ signal: AbortSignal.abort() });
    assert.deepEqual([outcome, offered], [{ phase: 'cancelled', by: 'me' }, []]);
  });

  describe('that is sealed for the key of the peer', () => {
    const sealing = { kind: 'key' } as const;
    const keys = async (): Promise<NonNullable<PeerWindow['sealKey']>> => {
      const { kty, crv, x, y } = (await createIdentity()).sealKey;
      return { kty, crv, x, y };
    };
    const pinned = (sealKey: BookEntry['sealKey']): PeerBook =>
      bookOf([{ id, name: 'Ada', trust: 'known', addresses: [], lastUsed: 0, sealKey }]);

    it('takes the key that a window tells, and holds to it from then on', async () => {
      const sealKey = await keys();
      const { outcome, offered, book } = await deliverTo({ sealing, window: { sealKey } });
      assert.deepEqual([outcome.phase, offered, book.find(id)?.sealKey], ['delivered', ['sealed'], sealKey]);
    });

    it('goes on with the key that is in the book', async () => {
      const sealKey = await keys();
      const { outcome } = await deliverTo({ sealing, window: { sealKey }, book: pinned(sealKey) });
      assert.equal(outcome.phase, 'delivered');
    });

    it('ends where another key is told than the one in the book, and nothing is offered', async () => {
      const [before, now] = [await keys(), await keys()];
      const { outcome, offered, book } = await deliverTo({ sealing, window: { sealKey: now }, book: pinned(before) });
      assert.deepEqual([codeOf(outcome), offered], ['ERR_KEY_CHANGED', []]);
      assert.deepEqual(book.find(id)?.sealKey, before);
    });

    it('ends where the peer has no key', async () => {
      const { outcome, offered } = await deliverTo({ sealing });
      assert.deepEqual([codeOf(outcome), offered], ['ERR_KEY_MISSING', []]);
      assert.ok(outcome.phase === 'failed' && outcome.error instanceof FerryError);
    });
  });
});

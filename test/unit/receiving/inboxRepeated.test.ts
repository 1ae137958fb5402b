// Offers that are made again, because an answer was lost or a connection ended: each joins what has become of it.

import assert from 'node:assert/strict';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import type { Offer } from '../../../src/core/wire/item.ts';
import { onEntry } from '../../support/entries.ts';
import { bodyOf, brokenBody, FakeDisk, sha256, stalledBody } from '../../support/fakeDisk.ts';
import { ada, bob, offerOf, offersTo } from '../../support/offers.ts';

describe('An offer that is made again', () => {
  let disk = new FakeDisk();
  let inbox = new Inbox(disk);
  let shown: InboxEntry[] = [];
  beforeEach(() => {
    disk = new FakeDisk();
    inbox = new Inbox(disk);
    shown = [];
    onEntry(inbox.onDidChange, (entry) => shown.push(entry));
  });
  afterEach(() => inbox.rest());

  const offered = offersTo(() => inbox);
  const phaseOf = (id: string): string | undefined => inbox.find(id)?.state.phase;

  it('lets an offer that is made again join the first one, of the same peer alone, and shows it once', async () => {
    const offer = offerOf({ a: 'a' });
    const [first, again] = [offered(offer), offered({ ...offer, sender: { name: 'Ada Lovelace' } })];
    assert.equal(shown.length, 1);
    inbox.decline(first.id);
    assert.deepEqual([await first.answer, await again.answer], ['ERR_OFFER_DECLINED', 'ERR_OFFER_DECLINED']);
    assert.equal(await offered(offer).answer, 'ERR_OFFER_DECLINED');
    assert.equal(phaseOf(first.id), 'declined');
    const other = offered(offer, bob);
    assert.equal(phaseOf(other.id), 'waiting');
    assert.equal(inbox.entries.length, 2);
  });

  it('refuses another offer under the id of one that waits, runs or is over, and changes nothing', async () => {
    const offer = offerOf({ a: 'a' });
    const forged = { ...offerOf({ a: 'ab' }), id: offer.id };
    const { id, answer } = offered(offer);
    assert.equal(await offered(forged).answer, 'ERR_OFFER_REPEATED');
    await inbox.accept(id, 'save');
    assert.deepEqual(await answer, { items: [{ n: 0, from: 0 }] });
    assert.equal(await offered(forged).answer, 'ERR_OFFER_REPEATED');
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('a'));
    assert.equal(await offered(forged).answer, 'ERR_OFFER_REPEATED');
    inbox.remove(id);
    assert.equal(await offered(offer).answer, 'ERR_OFFER_REPEATED');
  });

  it('answers an offer that is made again with what has come of it', async () => {
    const offer = offerOf({ a: 'abc', b: 'de' });
    const { id } = offered(offer);
    await inbox.accept(id, 'save');
    await inbox.receiveItem(ada.id, offer.id, 1, bodyOf('de'));
    const answer = {
      items: [
        { n: 0, from: 0 },
        { n: 1, from: 2, complete: true },
      ],
    };
    assert.deepEqual(await offered(offer).answer, answer);
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('abc'));
    assert.deepEqual(await offered(offer).answer, {
      items: [
        { n: 1, from: 2, complete: true },
        { n: 0, from: 3, complete: true },
      ],
    });
    assert.deepEqual([...disk.files.keys()], ['folder/b', 'folder/a']);
  });

  it('tells of each item how it failed, before the offer is over and after', async () => {
    const offer = offerOf({ a: 'a', b: 'b', c: 'c' });
    const { id } = offered(offer);
    await inbox.accept(id, 'save');
    const fails = async (n: number, content: string, code: ErrorCode): Promise<void> => {
      await assert.rejects(inbox.receiveItem(ada.id, offer.id, n, bodyOf(content)), { code });
      await assert.rejects(inbox.progressOf(ada.id, offer.id, n), { code });
    };
    await fails(0, 'aa', 'ERR_ITEM_TOO_LARGE');
    await fails(1, '', 'ERR_SIZE_MISMATCH');
    await inbox.receiveItem(ada.id, offer.id, 2, bodyOf('c'));
    assert.equal(phaseOf(id), 'received');
    await assert.rejects(inbox.progressOf(ada.id, offer.id, 1), { code: 'ERR_SIZE_MISMATCH' });
    assert.deepEqual(await offered(offer).answer, { items: [{ n: 2, from: 1, complete: true }] });
  });

  it('drops what waits when this side goes offline, for its sender to make again', async () => {
    const offer = offerOf({ a: 'a' });
    const { id, answer } = offered(offer);
    inbox.rest();
    assert.equal(await answer, 'ERR_CONNECTION_LOST');
    assert.equal(inbox.find(id), undefined);
    const again = offered(offer);
    assert.equal(phaseOf(again.id), 'waiting');
  });

  it('keeps an offer whose peer goes without a word, for the person to answer and the peer to come back', async () => {
    const stop = new AbortController();
    const offer = offerOf({ a: 'a' });
    const { id, answer } = offered(offer, ada, stop.signal);
    stop.abort();
    assert.equal(await answer, 'ERR_CONNECTION_LOST');
    assert.deepEqual(inbox.find(id)?.state, { phase: 'waiting' });
    assert.equal(await inbox.accept(id, 'save'), true);
    assert.deepEqual(inbox.find(id)?.state, { phase: 'paused', received: 0, total: 1, action: 'save' });
    assert.deepEqual(await offered(offer).answer, { items: [{ n: 0, from: 0 }] });
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('a'));
    assert.equal(phaseOf(id), 'received');
    const gone = offered(offerOf({ a: 'a' }), ada, AbortSignal.abort());
    assert.equal(await gone.answer, 'ERR_CONNECTION_LOST');
    assert.equal(phaseOf(gone.id), 'waiting');
  });

  it('P7: keeps so many begun items of one peer and no more, whatever offers they are of', async () => {
    const many = Object.fromEntries(Array.from({ length: limits.itemsBegunPerPeer }, (_, n) => [`a${n}`, 'abc']));
    const [first, second] = [offerOf(many), offerOf({ a: 'abc', b: 'abc' })];
    for (const offer of [first, second]) await inbox.accept(offered(offer).id, 'save');
    const begin = (offer: Offer, n: number): Promise<void> => inbox.receiveItem(ada.id, offer.id, n, brokenBody('a'));
    for (let n = 1; n < limits.itemsBegunPerPeer; n += 1) {
      await assert.rejects(begin(first, n), { code: 'ERR_CONNECTION_LOST' });
    }
    await assert.rejects(begin(second, 0), { code: 'ERR_CONNECTION_LOST' });
    await assert.rejects(begin(first, 0), { code: 'ERR_BUSY' });
    await assert.rejects(inbox.receiveItem(ada.id, second.id, 1, bodyOf('bc'), 1), { code: 'ERR_BUSY' });
    assert.equal(disk.openParts, limits.itemsBegunPerPeer);
    const ofBob = offerOf({ a: 'abc' });
    await inbox.accept(offered(ofBob, bob).id, 'save');
    await inbox.receiveItem(bob.id, ofBob.id, 0, bodyOf('abc'));
    // What has begun goes on, and makes room.
    await inbox.receiveItem(ada.id, second.id, 0, bodyOf('bc', sha256('abc')), 1);
    await inbox.receiveItem(ada.id, first.id, 0, bodyOf('abc'));
  });

  it('goes on behind what is there already of the connection before, which is not thrown away', async () => {
    const offer = offerOf({ a: 'abcdef' });
    await inbox.accept(offered(offer).id, 'save');
    const lines = ['a', 'b', 'c', 'd'];
    const begun = Promise.withResolvers<undefined>();
    const body = stalledBody('');
    const slow = {
      ...body,
      bytes: (async function* () {
        // As the system hands out what it has: whenever the one before is taken.
        for (const line of lines) {
          begun.resolve(undefined);
          await new Promise((done) => setImmediate(done));
          yield Buffer.from(line);
        }
        yield* body.bytes;
      })(),
    };
    const first = inbox.receiveItem(ada.id, offer.id, 0, slow);
    await begun.promise;
    assert.deepEqual(await offered(offer).answer, { items: [{ n: 0, from: lines.length }] });
    await assert.rejects(first, { code: 'ERR_CONNECTION_LOST' });
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('ef', sha256('abcdef')), lines.length);
    assert.equal(Buffer.from(disk.files.get('folder/a') ?? '').toString(), 'abcdef');
  });

  it('has a place, however many others of its peer wait', async () => {
    const offer = offerOf({ a: 'a' });
    const { id } = offered(offer);
    for (let n = 1; n < limits.offersWaitingPerPeer; n += 1) void offered(offerOf({ a: 'a' }));
    assert.doesNotThrow(() => inbox.expectPlace(ada.id));
    assert.equal(await offered(offerOf({ a: 'a' })).answer, 'ERR_BUSY');
    const again = offered(offer);
    await inbox.accept(id, 'save');
    assert.deepEqual(await again.answer, { items: [{ n: 0, from: 0 }] });
  });

  it('is no new one where its peer was refused others meanwhile', async () => {
    const offer = offerOf({ a: 'a' });
    const { id } = offered(offer);
    await inbox.accept(id, 'save');
    for (let time = 0; time < limits.refusalsUntilMute; time += 1) inbox.decline(offered(offerOf({ a: 'a' })).id);
    assert.equal(await offered(offerOf({ a: 'a' })).answer, 'ERR_OFFER_DECLINED');
    assert.doesNotThrow(() => inbox.expectPlace(ada.id));
    assert.deepEqual(await offered(offer).answer, { items: [{ n: 0, from: 0 }] });
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('a'));
    assert.doesNotThrow(() => inbox.expectPlace(ada.id));
    assert.deepEqual(await offered(offer).answer, { items: [{ n: 0, from: 1, complete: true }] });
    inbox.remove(id);
    assert.throws(() => inbox.expectPlace(ada.id), { code: 'ERR_OFFER_DECLINED' });
  });
});

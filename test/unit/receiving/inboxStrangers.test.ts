// What strangers can do to the inbox: come and go, come often, come with many keys, and what stays of it.

import assert from 'node:assert/strict';
import { mock } from 'node:test';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import { inRows } from '../../../src/core/receiving/rows.ts';
import type { OfferAnswer } from '../../../src/core/wire/item.ts';
import { bodyOf, FakeDisk } from '../../support/fakeDisk.ts';
import { ada, bob, offerOf, offersTo } from '../../support/offers.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

describe('The inbox where strangers come', () => {
  let disk = new FakeDisk();
  let inbox = new Inbox(disk);
  const offered = offersTo(() => inbox);
  const phaseOf = (id: string): string | undefined => inbox.find(id)?.state.phase;

  const stranger = (number: number) => ({ id: peerIdOfNobody(1_000 + number), name: 'stranger' });
  let nowMs = 0;
  beforeEach(() => {
    [disk, nowMs] = [new FakeDisk(), 0];
    mock.method(performance, 'now', () => nowMs);
    inbox = new Inbox(disk, { isStranger: (peer) => peer !== ada.id && peer !== bob.id });
  });
  afterEach(() => {
    inbox.rest();
    mock.restoreAll();
  });
  const comeAndGo = (peer: InboxEntry['peer']): Promise<OfferAnswer | ErrorCode> => {
    const offer = offerOf({ a: 'a' });
    const { id, answer } = offered(offer, peer);
    if (inbox.find(id) !== undefined) void inbox.withdraw(peer.id, offer.id);
    return answer;
  };

  it('S7: shows no row of an offer that was withdrawn, by call or with the connection', async () => {
    assert.equal(await comeAndGo(stranger(1)), 'ERR_CANCELLED');
    const back = offerOf({ a: 'a' });
    const { answer: gone } = offered(back, stranger(1));
    await inbox.withdraw(stranger(1).id, back.id);
    assert.deepEqual([await gone, await offered(back, stranger(1)).answer], ['ERR_CANCELLED', 'ERR_OFFER_REPEATED']);
    const stop = new AbortController();
    const offer = offerOf({ a: 'a' });
    const { answer } = offered(offer, stranger(1), stop.signal);
    stop.abort();
    assert.equal(await answer, 'ERR_CONNECTION_LOST');
    assert.deepEqual(inbox.entries, []);
    await comeAndGo(ada);
    assert.equal(inbox.entries.length, 1);
    const again = offered(offer, stranger(1));
    assert.equal(phaseOf(again.id), 'waiting');
  });

  it('S7: takes sixty offers of one key in ten minutes that come to nothing, and no more', async () => {
    for (const peer of [stranger(1), ada]) {
      const answers: unknown[] = [];
      for (let time = 0; time < 100; time += 1) answers.push(await comeAndGo(peer));
      assert.equal(answers.filter((code) => code === 'ERR_CANCELLED').length, limits.offersPerPeer);
      assert.equal(answers.at(-1), 'ERR_BUSY');
    }
    nowMs = limits.offersCountedMs;
    assert.equal(await comeAndGo(ada), 'ERR_CANCELLED');
    assert.equal(await comeAndGo(stranger(1)), 'ERR_CANCELLED');
  });

  it('S7: takes sixty offers of all strangers together in ten minutes, however many keys they have', async () => {
    const answers: unknown[] = [];
    for (let time = 0; time < 100; time += 1) answers.push(await comeAndGo(stranger(time)));
    assert.equal(answers.filter((code) => code === 'ERR_CANCELLED').length, limits.offersOfStrangers);
    assert.equal(answers.at(-1), 'ERR_BUSY');
    assert.equal(await comeAndGo(ada), 'ERR_CANCELLED');
  });

  it('does not count offers that the person accepts or stops', async () => {
    for (let time = 0; time < 200; time += 1) {
      const offer = offerOf({ a: 'a' });
      const { id } = offered(offer, ada);
      if (time % 2 === 0) inbox.cancel(id);
      else {
        await inbox.accept(id, 'save');
        await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('a'));
      }
    }
    assert.equal(phaseOf(offered(offerOf({ a: 'a' }), ada).id), 'waiting');
  });

  it('S7: keeps everything that was received, whatever arrives after it', async () => {
    const received: string[] = [];
    for (let time = 0; time < 250; time += 1) {
      const offer = offerOf({ a: 'a' });
      const { id } = offered(offer, ada);
      await inbox.accept(id, 'open');
      await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('a'));
      received.push(id);
    }
    for (let time = 0; time < 300; time += 1) {
      nowMs += limits.offersCountedMs;
      inbox.cancel(offered(offerOf({ a: 'a' }), stranger(time)).id);
    }
    for (const id of received) assert.equal(phaseOf(id), 'received');
    assert.equal(inbox.entries.length, received.length + limits.inboxRows);
  });

  it('S7: lets the offers of strangers give way first', async () => {
    const { id } = offered(offerOf({ a: 'a' }), ada);
    inbox.decline(id);
    for (let time = 0; time < 300; time += 1) {
      nowMs += limits.offersCountedMs;
      inbox.cancel(offered(offerOf({ a: 'a' }), stranger(time)).id);
    }
    assert.equal(phaseOf(id), 'declined');
  });

  it('S7: holds a bounded number of items of offers that came to nothing', () => {
    const items = Array.from({ length: 1_500 }, (_, n) => ({ kind: 'file', name: `${n}`, size: 0, mediaType: 'a/b' }) as const);
    for (let time = 0; time < 100; time += 1) {
      nowMs += limits.offersCountedMs;
      inbox.decline(offered({ ...offerOf({}), items }, stranger(time)).id);
      const held = inbox.entries.reduce((sum, entry) => sum + entry.items.length, 0);
      assert.ok(held <= limits.inboxItems, String(held));
    }
  });

  it('leaves rows in their places while they move on, and appends what comes to its group', () => {
    const [first, second] = [offered(offerOf({ a: 'a' }), ada).id, offered(offerOf({ a: 'a' }), bob).id];
    const [third, fourth] = [offered(offerOf({ a: 'a' }), stranger(1)).id, offered(offerOf({ a: 'a' }), stranger(2)).id];
    const rows = (): readonly string[] => inRows(inbox.entries).map(({ id }) => id);
    assert.deepEqual(rows(), [first, second, third, fourth]);
    inbox.decline(third);
    inbox.decline(first);
    const fifth = offered(offerOf({ a: 'a' }), ada).id;
    assert.deepEqual(rows(), [first, second, fifth, third, fourth]);
  });
});

// What happens to an offer at the same moment: two answers of the person, two connections that bring the same bytes, two windows.

import assert from 'node:assert/strict';

import { silentLog } from '../../../src/core/base/log.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import { InboxJournal } from '../../../src/core/receiving/inboxJournal.ts';
import { inboxKey } from '../../../src/core/receiving/record.ts';
import type { Reservation } from '../../../src/core/receiving/store.ts';
import { bodyOf, FakeDisk, sha256, stalledBody } from '../../support/fakeDisk.ts';
import { journalOf, noRecords, type SharedRecords } from '../../support/fakeJournal.ts';
import { ada, offerOf, offersTo } from '../../support/offers.ts';

describe('An offer of which two things happen at once', () => {
  let disk = new FakeDisk();
  let shared: SharedRecords = noRecords();
  let inbox = new Inbox(disk);
  const windowOf = (): Inbox => new Inbox(disk, { journal: new InboxJournal(journalOf(shared), silentLog) });
  beforeEach(() => {
    [disk, shared] = [new FakeDisk(), noRecords()];
    inbox = windowOf();
  });
  afterEach(() => inbox.rest());
  const offered = offersTo(() => inbox);

  it('is accepted once where the person accepts it twice: no space is kept twice, and its record stays held', async () => {
    const reserved = new Set<Reservation>();
    disk.reserve = () => {
      const reservation: Reservation = { wrote: () => undefined, release: () => void reserved.delete(reservation) };
      reserved.add(reservation);
      return reservation;
    };
    const offer = offerOf({ a: 'abc', b: 'def' });
    const { id, answer } = offered(offer);
    assert.deepEqual(await Promise.all([inbox.accept(id, 'save'), inbox.accept(id, 'print')]), [true, false]);
    await answer;
    assert.deepEqual([shared.holders.has(inboxKey(id)), reserved.size], [true, 1]);
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('abc'));
    await inbox.receiveItem(ada.id, offer.id, 1, bodyOf('def'));
    await inbox.idle();
    assert.deepEqual([shared.holders.has(inboxKey(id)), reserved.size], [false, 0]);
    const [kept] = new InboxJournal(journalOf(shared), silentLog).entries();
    assert.deepEqual(kept?.entry.state, { phase: 'received', action: 'save', landing: 'folder' });
  });

  const leaving: readonly (readonly [string, boolean])[] = [
    ['this side goes offline', false],
    ['a stranger loses its connection', true],
  ];
  for (const [what, isStranger] of leaving) {
    it(`stays accepted where ${what} before that is written down, and goes on when its sender is back`, async () => {
      const journal = new InboxJournal(journalOf(shared), silentLog);
      inbox = new Inbox(disk, { journal, isStranger: () => isStranger });
      const connection = new AbortController();
      const offer = offerOf({ a: 'abc' });
      const { id, answer } = offered(offer, ada, connection.signal);
      disk.onPrepare = async () => {
        if (isStranger) connection.abort();
        else inbox.rest();
      };
      assert.equal(await inbox.accept(id, 'save'), true);
      assert.deepEqual([await answer, inbox.find(id)?.state.phase], ['ERR_CONNECTION_LOST', 'paused']);
      assert.deepEqual(await offered(offer).answer, { items: [{ n: 0, from: 0 }] });
      await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('abc'));
      assert.equal(String(disk.files.get('folder/a')), 'abc');
    });
  }

  it('takes the bytes of the last of two connections that come back at the same moment', async () => {
    const offer = offerOf({ a: 'abc' });
    const { id, answer } = offered(offer);
    await inbox.accept(id, 'save');
    await answer;
    const lost = stalledBody('ab');
    const first = inbox.receiveItem(ada.id, offer.id, 0, lost);
    await lost.begun;
    const stalled = stalledBody('');
    const second = inbox.receiveItem(ada.id, offer.id, 0, stalled, 2);
    const third = inbox.receiveItem(ada.id, offer.id, 0, bodyOf('c', sha256('abc')), 2);
    await Promise.all([
      assert.rejects(first, { code: 'ERR_CONNECTION_LOST' }),
      assert.rejects(second, { code: 'ERR_CONNECTION_LOST' }),
      third,
    ]);
    assert.equal(String(disk.files.get('folder/a')), 'abc');
  });

  it('is let go by a window that finds it over in the journal', async () => {
    const other = journalOf(shared);
    const offer = offerOf({ a: 'abc' });
    const { id, answer } = offered(offer);
    await inbox.accept(id, 'save');
    await answer;
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('abc'));
    await inbox.idle();
    const late = new Inbox(disk, { journal: new InboxJournal(other, silentLog) });
    await assert.rejects(late.receiveItem(ada.id, offer.id, 0, bodyOf('abc')), { code: 'ERR_NOT_FOUND' });
    assert.equal(shared.holders.has(inboxKey(id)), false);
  });
});

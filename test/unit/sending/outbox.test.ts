// The outbox where the person thinks again while a transfer of an earlier process is being taken up.

import assert from 'node:assert/strict';

import { FerryError } from '../../../src/core/base/errors.ts';
import { createEmitter } from '../../../src/core/base/event.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import type { Peer } from '../../../src/core/peers/peers.ts';
import type { Reopened } from '../../../src/core/sending/continued.ts';
import { Outbox } from '../../../src/core/sending/outbox.ts';
import { type OutgoingEntry, outgoingKey } from '../../../src/core/sending/outgoing.ts';
import { OutgoingJournal } from '../../../src/core/sending/outgoingJournal.ts';
import { bookOf } from '../../support/fakeBook.ts';
import { journalOf, noRecords } from '../../support/fakeJournal.ts';
import { ada } from '../../support/offers.ts';

const offered = { kind: 'file', name: 'a', size: 3, mediaType: 'text/plain' } as const;
const peer: Peer = { ...ada, trust: 'known', windows: [], lastUsed: 0 };

describe('A transfer that is taken up', () => {
  let shared = noRecords();
  let opening = Promise.withResolvers<Reopened>();
  let outbox: Outbox;
  const id = randomToken();
  const paused: OutgoingEntry = {
    ...{ id, peer: ada, items: [offered], files: [{ path: '/a', stamp: '1' }], sealing: 'none' },
    ...{ createdAt: new Date(), state: { phase: 'paused' } },
  };
  beforeEach(async () => {
    [shared, opening] = [noRecords(), Promise.withResolvers<Reopened>()];
    const journal = new OutgoingJournal(journalOf(shared));
    await journal.write(paused);
    outbox = new Outbox({
      ...{ journal, log: silentLog, book: bookOf([]), session: () => undefined, onSession: createEmitter<unknown>().event },
      continuing: { reopen: () => opening.promise, peerOf: () => peer, senderName: () => 'me' },
    });
    await outbox.restore(30);
  });
  const open = (): void => {
    opening.resolve({ size: 3, file: { path: '/a', stamp: '1' }, open: () => [] as unknown as AsyncIterable<Uint8Array> });
  };
  const phase = (): string | undefined => outbox.find(id)?.state.phase;

  it('stays cancelled where it is cancelled meanwhile', async () => {
    const resumed = outbox.resume(id);
    assert.equal(outbox.cancel(id), true);
    open();
    assert.deepEqual([await resumed, phase()], [false, 'cancelled']);
  });

  it('stays cancelled, and fails nobody, where its file turns out to be gone after that', async () => {
    const resumed = outbox.resume(id);
    outbox.cancel(id);
    opening.reject(new FerryError('ERR_SOURCE_MISSING', 'it is gone'));
    assert.deepEqual([await resumed, phase()], [false, 'cancelled']);
  });

  it('keeps nobody from closing where the disk takes nothing any more', async () => {
    const resumed = outbox.resume(id);
    open();
    assert.equal(await resumed, true);
    shared.failure = new FerryError('ERR_NO_SPACE', 'full');
    await outbox.rest();
  });

  it('stays away where it is removed meanwhile', async () => {
    const resumed = outbox.resume(id);
    outbox.remove(id);
    open();
    assert.deepEqual([await resumed, phase(), shared.removed.has(outgoingKey(id))], [false, undefined, true]);
  });
});

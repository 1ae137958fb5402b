// What an item costs in core alone: an offer of many empty items, accepted and landed on a disk in memory. The last items of a
// large offer must cost what its first ones do.

import { randomToken } from '../../src/core/base/token.ts';
import { Inbox } from '../../src/core/receiving/inbox.ts';
import { bodyOf, FakeDisk } from '../support/fakeDisk.ts';
import { peerIdOfNobody } from '../support/peerIds.ts';
import { median } from './lib/numbers.ts';
import { atMost, type BenchRow, noted } from './rows.ts';

const thousand = 1_000;
const runs = 9;

/** Medians, in nanoseconds of processor time for each item: others at work on the machine do not count. */
export async function benchItems(): Promise<readonly BenchRow[]> {
  await costOfThousands(2);
  const small: number[] = [];
  const large: (readonly number[])[] = [];
  for (let run = 0; run < runs; run += 1) {
    small.push(...(await costOfThousands(1)));
    large.push(await costOfThousands(10));
  }
  const first = median(large.map((costs) => costs[0] ?? 0));
  const last = median(large.map((costs) => costs.at(-1) ?? 0));
  return [
    noted('items: one of an offer of 1 000', median(small), 'ns'),
    noted('items: one of an offer of 10 000', median(large.flat()), 'ns'),
    noted('items: one of its first 1 000', first, 'ns'),
    noted('items: one of its last 1 000', last, 'ns'),
    atMost('items: the last by the first', last / first, '', 1.25),
  ];
}

/** What each item of every thousand costs. */
async function costOfThousands(thousands: number): Promise<readonly number[]> {
  const inbox = new Inbox(new FakeDisk());
  const peer = { id: peerIdOfNobody(1), name: 'Ada' };
  const items = Array.from(
    { length: thousands * thousand },
    (_, n) => ({ kind: 'file', name: `${n}`, size: 0, mediaType: 'text/plain' }) as const,
  );
  const offer = { id: randomToken(), sender: { name: 'Ada' }, items };
  const answer = inbox.offer(peer, offer, new AbortController().signal);
  await inbox.accept(`${peer.id}/${offer.id}`, 'save');
  await answer;
  const costs: number[] = [];
  for (let begin = 0; begin < items.length; begin += thousand) {
    const begun = process.cpuUsage();
    for (let n = begin; n < begin + thousand; n += 1) await inbox.receiveItem(peer.id, offer.id, n, bodyOf(''));
    const { user, system } = process.cpuUsage(begun);
    costs.push((user + system) * (1e3 / thousand));
  }
  if (inbox.entries[0]?.state.phase !== 'received') throw new Error('not everything was received');
  return costs;
}

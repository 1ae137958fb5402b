// How far a sender may be ahead of what is kept of its item: what is on its way when a connection ends is sent twice.

import { limits } from '../base/limits.ts';
import type { AcceptedItem } from './item.ts';

/** A few times in what may be on its way, the sender hears how much is kept. */
const toldTimes = 16;

/** What an offer is answered of its `n`th item, of so many bytes: those from `from` on are wanted. */
export function wantedFrom(n: number, from: number, size: number): AcceptedItem {
  const ahead = aheadOf(size);
  return size - from > ahead ? { n, from, ahead } : { n, from };
}

/** How much more has to be kept before the sender hears of it, in bytes; never where it may send all that is wanted at one go. */
export function toldEvery(from: number, size: number): number {
  return size - from > aheadOf(size) ? aheadOf(size) / toldTimes : Number.POSITIVE_INFINITY;
}

function aheadOf(size: number): number {
  return Math.min(Math.max(Math.floor(size / 64), limits.aheadLeastBytes), limits.aheadMostBytes);
}

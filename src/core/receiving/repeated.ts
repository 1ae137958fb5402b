// An offer that is made again, because its answer was lost or its sender came back: it joins what has become of it.

import { FerryError } from '../base/errors.ts';
import type { Offer, OfferAnswer } from '../wire/item.ts';
import { errorOf, type InboxEntry } from './entry.ts';
import type { RunningOffer, Waiter } from './runningOffer.ts';

/** Whether an offer is the one that an entry stands for: of the same items, whatever its sender calls itself by now. */
export function isSameOffer({ items }: InboxEntry, offer: Offer): boolean {
  return JSON.stringify(items) === JSON.stringify(offer.items);
}

/** What the sender of an offer that is over is told: what has arrived, or how it ended otherwise. */
export function answerOf(entry: InboxEntry | undefined): OfferAnswer {
  if (entry === undefined) throw new FerryError('ERR_NOT_FOUND', 'there is no such offer');
  if (entry.state.phase !== 'received') throw errorOf(entry.state);
  return { items: entry.received.map(({ n }) => ({ n, from: entry.items[n]?.size ?? 0, complete: true })) };
}

/** Waits for the answer to an offer as long as the connection lasts. `onLeave`: it ended first, and with it this waiter. */
export async function joinOrLeave({ waiters }: RunningOffer, signal: AbortSignal, onLeave: () => void): Promise<OfferAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OfferAnswer>();
  const waiter: Waiter = { accept: resolve, refuse: reject };
  const leave = (): void => {
    if (!waiters.delete(waiter)) return;
    reject(new FerryError('ERR_CONNECTION_LOST', 'the sender went away'));
    onLeave();
  };
  waiters.add(waiter);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

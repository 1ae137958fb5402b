// An offer that is not over: who waits for its answer, and how far its items have come.

import type { FerryError } from '../base/errors.ts';
import type { OfferAnswer } from '../wire/item.ts';
import type { InboxEntry, ReceivedItem } from './entry.ts';
import type { OfferItems } from './offerItems.ts';
import type { Reservation } from './store.ts';

/** A request that waits for the answer: a sender whose connection was lost makes it again. */
export type Waiter = { readonly accept: (answer: OfferAnswer) => void; readonly refuse: (error: FerryError) => void };

export type RunningOffer = {
  entry: InboxEntry;
  readonly waiters: Set<Waiter>;
  /** The list that the entry shows: it grows, so that no item costs more than the one before it. */
  readonly received: ReceivedItem[];
  /** Whether sealed items stay as they come. */
  keepSealed: boolean;
  /** Whether the person has accepted it, which takes its time. */
  isAnswered: boolean;
  /** Once it is accepted. */
  items: OfferItems | undefined;
  /** That it was accepted is written down then. */
  accepted: Promise<unknown> | undefined;
  /** The next time that what has landed is written down, and the last one, for those who wait for it. */
  writing: Promise<void> | undefined;
  ending: Promise<void> | undefined;
  /** How many had landed then. */
  written: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  reservation: Reservation | undefined;
};

/** An offer of which nothing has come yet. */
export function runningOffer(entry: InboxEntry, received: ReceivedItem[]): RunningOffer {
  return {
    entry,
    received,
    waiters: new Set(),
    keepSealed: false,
    isAnswered: false,
    items: undefined,
    accepted: undefined,
    writing: undefined,
    ending: undefined,
    written: 0,
    timer: undefined,
    reservation: undefined,
  };
}

/** Tells all who wait for the answer that none comes, and why. */
export function refuseWaiters({ waiters }: RunningOffer, error: FerryError): void {
  for (const { refuse } of waiters) refuse(error);
  waiters.clear();
}

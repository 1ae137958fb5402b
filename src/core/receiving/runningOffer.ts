// An offer that is not over: who waits for its answer, and how far its items have come.

import type { FerryError } from '../base/errors.ts';
import type { OfferAnswer } from '../wire/item.ts';
import type { InboxEntry, ReceivedItem } from './entry.ts';
import type { ItemBody, Reservation } from './store.ts';

type Settle = { readonly accept: (answer: OfferAnswer) => void; readonly refuse: (error: FerryError) => void };

export type RunningOffer = {
  entry: InboxEntry;
  readonly settle: Settle;
  readonly moving: Map<number, ItemBody>;
  /** The list that the entry shows: it grows, so that no item costs more than the one before it. */
  readonly received: ReceivedItem[];
  readonly complete: Set<number>;
  /** Items that failed by themselves. */
  readonly failed: Map<number, FerryError>;
  completeBytes: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  keepSealed: boolean;
  reservation: Reservation | undefined;
};

/** An offer that waits, of which nothing has come yet. */
export function runningOffer(
  entry: InboxEntry,
  received: ReceivedItem[],
  settle: Settle,
  timer: ReturnType<typeof setTimeout>,
): RunningOffer {
  return {
    ...{ entry, received, settle, timer, keepSealed: false, reservation: undefined },
    ...{ moving: new Map(), complete: new Set(), failed: new Map(), completeBytes: 0 },
  };
}

// The rows of the inbox: which of them stay, and in which order they stand.

import type { LedgerOptions } from '../base/ledger.ts';
import { limits } from '../base/limits.ts';
import { type InboxEntry, isOver } from './entry.ts';

/**
 * What was received goes when the person says so, whatever else arrives. Of what came to nothing, the offers of strangers give
 * way before those of peers that were met.
 */
export const inboxRows: LedgerOptions<InboxEntry> = {
  kept: limits.inboxRows,
  isOver: ({ state }) => isOver(state),
  stays: ({ state, received }) => state.phase === 'received' || received.length > 0,
  goesFirst: ({ fromStranger }) => fromStranger,
  weight: { of: ({ items }) => items.length, kept: limits.inboxItems },
};

/** Whether nothing stays of an entry that moved on: a stranger took back what nobody had answered. */
export function leavesNothing(before: InboxEntry, { state, fromStranger }: InboxEntry): boolean {
  return fromStranger && before.state.phase === 'waiting' && state.phase === 'cancelled' && state.by === 'peer';
}

/**
 * Entries, the newest first, in the order of their rows: those of peers that were met, then those of strangers, and in each the
 * newest last. A row never moves because of its own state, and what arrives stands behind the others of its group: a click meets
 * what it was meant for.
 */
export function inRows(entries: readonly InboxEntry[]): readonly InboxEntry[] {
  const oldestFirst = entries.toReversed();
  return [...oldestFirst.filter((entry) => !entry.fromStranger), ...oldestFirst.filter((entry) => entry.fromStranger)];
}

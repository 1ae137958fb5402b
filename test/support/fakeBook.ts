// A book of peers in memory.

import { createEmitter, type Emitter } from '../../src/core/base/event.ts';
import { changeEntry, type PeerBook } from '../../src/core/peers/book.ts';
import type { BookEntry } from '../../src/core/peers/peers.ts';

/** A book that begins with these entries. */
export function bookOf(begun: readonly BookEntry[]): PeerBook {
  let entries = begun;
  const changed: Emitter<void> = createEmitter();
  const find: PeerBook['find'] = (id) => entries.find((entry) => entry.id === id);
  return {
    onDidChange: changed.event,
    entries: () => entries,
    find,
    trustOf: (id) => find(id)?.trust ?? 'unknown',
    change: async (id, change) => {
      entries = changeEntry(entries, id, change);
      changed.fire();
    },
  };
}

// The entries of an inbox or of pairings as they change, for tests that do not care what was there before.

import type { Disposable, Event } from '../../src/core/base/event.ts';
import type { Change } from '../../src/core/base/ledger.ts';

/** Calls `listener` with every entry that comes or moves on. */
export function onEntry<Entry>(changes: Event<Change<Entry>>, listener: (entry: Entry) => void): Disposable {
  return changes(({ entry }) => {
    if (entry !== undefined) listener(entry);
  });
}

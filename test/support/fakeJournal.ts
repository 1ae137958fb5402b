// A journal in memory, of one window or of several that share it.

import { FerryError } from '../../src/core/base/errors.ts';
import { createEmitter, type Emitter } from '../../src/core/base/event.ts';
import type { Journal } from '../../src/core/base/journal.ts';

/** What the windows of a person share: records, and who holds their keys. */
export type SharedRecords = {
  readonly records: Map<string, unknown>;
  readonly holders: Map<string, Journal>;
  readonly removed: Set<string>;
  readonly windows: Set<Emitter<readonly string[]>>;
  /** What the next puts fail with. */
  failure?: FerryError | undefined;
};

/** Nothing is kept yet. */
export function noRecords(): SharedRecords {
  return { records: new Map(), holders: new Map(), removed: new Set(), windows: new Set() };
}

/** The journal of one more window. */
export function journalOf(shared: SharedRecords): Journal {
  const { records, holders, removed, windows } = shared;
  const changed = createEmitter<readonly string[]>();
  windows.add(changed);
  const tell = (key: string): void => {
    for (const window of windows) if (window !== changed) window.fire([key]);
  };
  const journal: Journal = {
    entries: () => new Map(records),
    find: (key) => records.get(key),
    put: async (key, record) => {
      if (shared.failure !== undefined) throw shared.failure;
      if (removed.has(key)) return;
      const holder = holders.get(key);
      if (holder !== journal && (holder !== undefined || records.has(key))) throw new FerryError('ERR_BUSY', 'it is held');
      // As on a disk: what is read back is no object of the writer's.
      records.set(key, JSON.parse(JSON.stringify(record)) as unknown);
      tell(key);
    },
    remove: async (key) => {
      records.delete(key);
      holders.delete(key);
      removed.add(key);
      tell(key);
    },
    claim: async (key) => {
      if (removed.has(key) || (holders.get(key) ?? journal) !== journal) return false;
      holders.set(key, journal);
      return true;
    },
    release: async (key) => {
      if (holders.get(key) === journal) holders.delete(key);
    },
    onDidChange: changed.event,
    close: async () => {
      windows.delete(changed);
      for (const [key, holder] of holders) if (holder === journal) holders.delete(key);
    },
  };
  return journal;
}

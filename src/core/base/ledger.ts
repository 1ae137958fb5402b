// A ledger: entries that move on until they are over, the newest first to whoever looks, and so many of those that are over.
// Every change is told with what was there before it, so that nobody has to remember that for itself, and nothing goes silently.

import { createEmitter, type Event } from './event.ts';

/** What happened to one entry: it came (`before` is missing), it moved on, or it went (`entry` is missing). */
export type Change<Entry> =
  | { readonly before: Entry | undefined; readonly entry: Entry }
  | { readonly before: Entry; readonly entry: undefined };

export type LedgerOptions<Entry> = {
  /** How many entries are kept; beyond that the oldest that is over goes. */
  readonly kept: number;
  /** Whether nothing more can happen to an entry. */
  readonly isOver: (entry: Entry) => boolean;
};

export class Ledger<Entry extends { readonly id: string }> {
  readonly #entries = new Map<string, Entry>();
  readonly #options: LedgerOptions<Entry>;
  readonly #changed = createEmitter<Change<Entry>>();

  constructor(options: LedgerOptions<Entry>) {
    this.#options = options;
  }

  /** Fires with every change of one entry. */
  get onDidChange(): Event<Change<Entry>> {
    return this.#changed.event;
  }

  /** All entries, the newest first. */
  get entries(): readonly Entry[] {
    return [...this.#entries.values()].reverse();
  }

  /** The entry with this id, if it is still there. */
  find(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** Adds an entry, or puts it in the place of the one with its id. */
  put(entry: Entry): void {
    const before = this.#entries.get(entry.id);
    this.#entries.set(entry.id, entry);
    this.#changed.fire({ before, entry });
    if (before === undefined) this.#giveWay();
  }

  /** Takes an entry that is over out; false where there is none, or it is not over. */
  remove(id: string): boolean {
    const before = this.#entries.get(id);
    if (before === undefined || !this.#options.isOver(before)) return false;
    this.#entries.delete(id);
    this.#changed.fire({ before, entry: undefined });
    return true;
  }

  #giveWay(): void {
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.kept) return;
      this.remove(id);
    }
  }
}

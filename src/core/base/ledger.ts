// A ledger: entries that move on until they are over, the newest first to whoever looks, and so many of those that are over.
// Every change is told with what was there before it, so that nobody has to remember that for itself, and nothing goes silently.

import { createEmitter, type Event } from './event.ts';

/** What happened to one entry: it came (`before` is missing), it moved on, or it went (`entry` is missing). */
export type Change<Entry> =
  | { readonly before: Entry | undefined; readonly entry: Entry }
  | { readonly before: Entry; readonly entry: undefined };

export type LedgerOptions<Entry> = {
  /** How many entries are kept; beyond that the oldest that is over gives way. */
  readonly kept: number;
  /** Whether nothing more can happen to an entry. */
  readonly isOver: (entry: Entry) => boolean;
  /** Whether an entry that is over never gives way, and does not count; none where nothing is said. */
  readonly stays?: (entry: Entry) => boolean;
  /** Whether an entry gives way before all others that are over; none where nothing is said. */
  readonly goesFirst?: (entry: Entry) => boolean;
  /** What an entry holds, and how much of that all of them may hold; beyond that they give way as well. */
  readonly weight?: { readonly of: (entry: Entry) => number; readonly kept: number };
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
    const { kept, isOver, stays = () => false, goesFirst = () => false, weight } = this.#options;
    const counted = [...this.#entries.values()].filter((entry) => !(isOver(entry) && stays(entry)));
    const going = counted.filter(isOver);
    let surplus = counted.length - kept;
    let tooMuch = weight === undefined ? 0 : counted.reduce((sum, entry) => sum + weight.of(entry), -weight.kept);
    for (const entry of [...going.filter(goesFirst), ...going.filter((other) => !goesFirst(other))]) {
      if (surplus <= 0 && tooMuch <= 0) return;
      surplus -= 1;
      tooMuch -= weight?.of(entry) ?? 0;
      this.remove(entry.id);
    }
  }
}

// The outbox's part of the journal: its transfers as records, the same in every window of the person.

import type { Journal } from '../base/journal.ts';
import { isDone, type OutgoingEntry, outgoingKey, outgoingOf, recordOfOutgoing } from './outgoing.ts';

export class OutgoingJournal {
  readonly #journal: Journal;
  readonly #writing = new Set<Promise<unknown>>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** All transfers that are kept, the oldest first. */
  entries(): readonly OutgoingEntry[] {
    const found = [...this.#journal.entries()].flatMap(([key, value]) => {
      const entry = key.startsWith('out/') ? outgoingOf(value) : undefined;
      return entry === undefined || outgoingKey(entry.id) !== key ? [] : entry;
    });
    return found.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }

  /** Calls back with the transfers that another window changed, and the ids of those that it removed. */
  follow(listener: (id: string, entry: OutgoingEntry | undefined) => void): void {
    this.#journal.onDidChange((keys) => {
      for (const key of keys) if (key.startsWith('out/')) listener(key.slice(4), outgoingOf(this.#journal.find(key)));
    });
  }

  /** Whether no other window that lives goes on with a transfer: this one may then. */
  claim(id: string): Promise<boolean> {
    return this.#journal.claim(outgoingKey(id));
  }

  /** Writes a transfer down, and lets it go once it is over. Fails as Journal.put. */
  write(entry: OutgoingEntry): Promise<void> {
    const writing = this.#write(entry).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
    return writing;
  }

  /** Resolves when all that was to be written is written, or has failed. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#writing);
  }

  async #write(entry: OutgoingEntry): Promise<void> {
    const key = outgoingKey(entry.id);
    if (!(await this.#journal.claim(key))) return;
    await this.#journal.put(key, recordOfOutgoing(entry));
    if (isDone(entry.state)) await this.#journal.release(key);
  }

  /** It never comes back. Fails as Journal.remove. */
  remove(id: string): Promise<void> {
    return this.#journal.remove(outgoingKey(id));
  }
}

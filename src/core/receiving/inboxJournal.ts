// The inbox's part of the journal: its entries as records, the same in every window of the person.

import { FerryError, toFerryError } from '../base/errors.ts';
import type { Journal } from '../base/journal.ts';
import { limits } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import { isAccepted, isOver } from './entry.ts';
import { inboxKey, type Kept, keptOf, recordOf } from './record.ts';

export class InboxJournal {
  readonly #journal: Journal;
  readonly #log: Log;

  constructor(journal: Journal, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  /** All entries that are kept, the oldest first. */
  entries(): readonly Kept[] {
    const found = [...this.#journal.entries()].flatMap(([key, value]) => {
      const kept = key.startsWith('in/') ? keptOf(value) : undefined;
      return kept === undefined || inboxKey(kept.entry.id) !== key ? [] : kept;
    });
    return found.sort((a, b) => a.entry.arrivedAt.getTime() - b.entry.arrivedAt.getTime());
  }

  /** Calls back with the entries that another window changed, and the ids of those that it removed. */
  follow(listener: (id: string, kept: Kept | undefined) => void): { dispose(): void } {
    return this.#journal.onDidChange((keys) => {
      for (const key of keys) if (key.startsWith('in/')) listener(key.slice(3), keptOf(this.#journal.find(key)));
    });
  }

  has(id: string): boolean {
    return this.#journal.find(inboxKey(id)) !== undefined;
  }

  /**
   * An entry that nobody goes on with, for this window to do so; undefined where there is none, 'busy' where another window
   * does.
   */
  async claim(id: string): Promise<Kept | 'busy' | undefined> {
    const key = inboxKey(id);
    if (keptOf(this.#journal.find(key)) === undefined) return undefined;
    if (!(await this.#journal.claim(key))) return 'busy';
    const kept = keptOf(this.#journal.find(key));
    if (kept !== undefined && isAccepted(kept.entry.state)) return kept;
    // It was over by then, and other windows write to it.
    await this.#journal.release(key);
    return undefined;
  }

  /**
   * Writes an entry down that this window goes on with. Fails as Journal.put, or with ERR_OFFER_REPEATED for one that was
   * removed.
   */
  async begin(kept: Kept): Promise<void> {
    if (!(await this.#journal.claim(inboxKey(kept.entry.id)))) {
      throw new FerryError('ERR_OFFER_REPEATED', 'this offer was made before');
    }
    await this.write(kept);
  }

  /** Writes an entry down anew: it is on the disk when this resolves. Fails as Journal.put. */
  async write(kept: Kept): Promise<void> {
    const record = recordOf(kept);
    if (record !== undefined) await this.#journal.put(inboxKey(kept.entry.id), record);
  }

  /** Writes down how an entry ended, and lets it go. Never fails: what is lost with it is a row. */
  async end(kept: Kept): Promise<void> {
    const key = inboxKey(kept.entry.id);
    await this.quietly(async () => {
      await this.write(kept);
      await this.#journal.release(key);
    });
  }

  /** Writes an entry that is over anew. Never fails. */
  async change(kept: Kept): Promise<void> {
    await this.quietly(async () => {
      if (await this.#journal.claim(inboxKey(kept.entry.id))) await this.end(kept);
    });
  }

  /** It never comes back. Never fails. */
  async remove(id: string): Promise<void> {
    await this.quietly(() => this.#journal.remove(inboxKey(id)));
  }

  /** Does what may fail with the disk and is not worth failing for; the log has it. Never fails. */
  async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const { code, message } = toFerryError(cause);
      this.#log.warn('an entry of the inbox could not be kept or taken up', { code, message });
    }
  }
}

/** Whether an entry has been kept for long enough: what lies nowhere but in Ferry's own storage stays until the person has it. */
export function isOutdated({ entry }: Kept, now: number, days: number): boolean {
  const { state, received, arrivedAt } = entry;
  const age = now - arrivedAt.getTime();
  if (!isOver(state)) return age > limits.acceptedLifeMs;
  return age > days * 24 * 60 * 60_000 && !(state.phase === 'received' && state.landing === 'storage' && received.length > 0);
}

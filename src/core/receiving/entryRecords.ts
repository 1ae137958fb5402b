// When an entry is written down: that it was accepted before its sender hears of it, what has landed before its part goes, and
// how it ended.

import { type InboxEntry, isAccepted } from './entry.ts';
import type { InboxJournal } from './inboxJournal.ts';
import type { RunningOffer } from './runningOffer.ts';

/** Items of an offer up to which each is written down by itself, and how often what has landed of more is. */
const recordedOneByOne = 16;
const recordEveryMs = 1_000;

export class EntryRecords {
  readonly #journal: InboxJournal | undefined;
  readonly #track: (work: Promise<unknown> | undefined) => void;

  /** `track`: what has to be waited for before the process may end. */
  constructor(journal: InboxJournal | undefined, track: (work: Promise<unknown> | undefined) => void) {
    this.#journal = journal;
    this.#track = track;
  }

  /**
   * An offer is accepted as `entry` says. A person is never asked twice, so this waits; where nobody was asked, it is enough that
   * nothing lands twice, which `running.accepted` is for. Fails as Journal.put.
   */
  async accepted(running: RunningOffer, entry: InboxEntry): Promise<void> {
    running.accepted = this.#journal?.begin({ entry, keepSealed: running.keepSealed });
    if (entry.unasked) running.accepted?.catch(() => undefined);
    else await running.accepted;
  }

  /**
   * Writes down what has landed before its part goes. Nobody waits for it: what has its name has it, and the part says so until
   * then. Of many items, it is done for all that came in a while at once.
   */
  landed(running: RunningOffer, discard: () => Promise<void>): void {
    const isOne = running.entry.items.length <= recordedOneByOne;
    const written = running.ending ?? (running.writing ??= this.#writeSoon(running, isOne ? 0 : recordEveryMs));
    this.#track(written.then(discard, discard));
  }

  /** An offer has ended; nothing is kept of strangers whose offers were not accepted. `isThere`: whether it is still shown. */
  ended(running: RunningOffer, before: InboxEntry, isThere: () => boolean): void {
    running.ending = this.#written(running, before, isThere);
    this.#track(running.ending);
  }

  /** An item was published just as its offer ended: its file is there. */
  late({ entry, keepSealed, received, written }: RunningOffer): void {
    if (received.length > written) this.#track(this.#journal?.change({ entry, keepSealed }));
  }

  /** What was written down as accepted had ended by then, as `entry` says where it is still shown. */
  async correct(id: string, entry: InboxEntry | undefined, keepSealed: boolean): Promise<void> {
    if (entry === undefined) await this.#journal?.remove(id);
    else await this.#journal?.end({ entry, keepSealed });
  }

  async #writeSoon(running: RunningOffer, afterMs: number): Promise<void> {
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    running.writing = undefined;
    const { entry, ending, keepSealed } = running;
    await (ending ?? this.#journal?.write({ entry, keepSealed }));
  }

  async #written(running: RunningOffer, before: InboxEntry, isThere: () => boolean): Promise<void> {
    const { entry, keepSealed } = running;
    running.written = running.received.length;
    if (entry.fromStranger && !isAccepted(before.state)) return;
    if (isThere()) await this.#journal?.end({ entry, keepSealed });
  }
}

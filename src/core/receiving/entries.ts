// What has become of every offer: the entries of the inbox as they move on, in this window and in the journal that all windows
// share. What was accepted is written down before its sender hears of it, and what has landed before anybody is told.

import { FerryError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import { type Change, Ledger } from '../base/ledger.ts';
import { limits } from '../base/limits.ts';
import type { PeerId } from '../peers/peerId.ts';
import { wantedFrom } from '../wire/ahead.ts';
import { totalSize } from '../wire/item.ts';
import {
  type Acceptance,
  type EntryState,
  endOfReceiving,
  errorOf,
  type InboxEntry,
  isAccepted,
  isOver,
  landingOf,
  type ReceivedItem,
} from './entry.ts';
import { EntryRecords } from './entryRecords.ts';
import { type InboxJournal, isOutdated } from './inboxJournal.ts';
import type { Unseal } from './landing.ts';
import type { OfferItemsOptions } from './offerItems.ts';
import type { Kept } from './record.ts';
import { inboxRows, leavesNothing } from './rows.ts';
import { type RunningOffer, refuseWaiters, runningOffer } from './runningOffer.ts';
import type { ReceiveStore } from './store.ts';

// What lands items is loaded with the first that is accepted.
const offerItems = () => import('./offerItems.ts');

export type EntriesOptions = {
  readonly store: ReceiveStore;
  readonly unseal: Unseal | undefined;
  readonly journal: InboxJournal | undefined;
  readonly keepsExecutable: (peer: PeerId) => boolean;
};

export class Entries {
  readonly #options: EntriesOptions;
  readonly #ledger = new Ledger<InboxEntry>(inboxRows);
  readonly #running = new Map<string, RunningOffer>();
  readonly #busy = new Set<Promise<unknown>>();
  readonly #records: EntryRecords;

  constructor(options: EntriesOptions) {
    this.#options = options;
    this.#records = new EntryRecords(options.journal, (work) => this.#track(work));
    options.journal?.follow((id, kept) => this.#changedElsewhere(id, kept));
  }

  get onDidChange(): Event<Change<InboxEntry>> {
    return this.#ledger.onDidChange;
  }

  get all(): readonly InboxEntry[] {
    return this.#ledger.entries;
  }

  find(id: string): InboxEntry | undefined {
    return this.#ledger.find(id);
  }

  /** Those that are not over, in this window. */
  get running(): readonly RunningOffer[] {
    return [...this.#running.values()];
  }

  runningOf(id: string): RunningOffer | undefined {
    return this.#running.get(id);
  }

  waitingOf(id: string): RunningOffer | undefined {
    const running = this.#running.get(id);
    return running?.entry.state.phase === 'waiting' ? running : undefined;
  }

  /** The peers of the offers that wait, one for each. */
  peersWaiting(): readonly PeerId[] {
    return this.running.flatMap(({ entry }) => (entry.state.phase === 'waiting' ? entry.peer.id : []));
  }

  /** An offer that has just come, and waits so long. */
  begin(entry: InboxEntry, received: ReceivedItem[], lifeMs: number): RunningOffer {
    const running = runningOffer(entry, received);
    running.timer = setTimeout(() => this.end(entry.id, { phase: 'expired' }), lifeMs);
    this.#running.set(entry.id, running);
    this.#ledger.put(entry);
    return running;
  }

  /** Shows what the journal has, and takes what was accepted and nobody goes on with. What has been kept for long enough goes. */
  async restore(days: number): Promise<void> {
    const { journal } = this.#options;
    for (const kept of journal?.entries() ?? []) {
      const { id, state } = kept.entry;
      // A disk that fails one entry must not keep the others, or all of Ferry, from being there.
      await journal?.quietly(async () => {
        if (isOutdated(kept, Date.now(), days)) await this.#forget(kept);
        else if (isOver(state)) this.#ledger.put(kept.entry);
        else await this.adopt(id);
      });
    }
  }

  /** Whether the journal has an entry that this window does not go on with. */
  isKept(id: string): boolean {
    return this.#options.journal?.has(id) === true;
  }

  /** An accepted offer of another process that is gone, to go on with here; 'busy' where that one lives. */
  async adopt(id: string): Promise<RunningOffer | 'busy' | undefined> {
    const [kept, { OfferItems }] = await Promise.all([this.#options.journal?.claim(id), offerItems()]);
    const known = this.#running.get(id);
    if (known !== undefined) return known;
    if (kept === undefined || kept === 'busy') return kept;
    if (!isAccepted(kept.entry.state)) return undefined;
    const running = runningOffer(kept.entry, [...kept.entry.received]);
    running.entry = { ...kept.entry, received: running.received };
    running.keepSealed = kept.keepSealed;
    this.#running.set(id, running);
    running.items = new OfferItems(this.#itemsOptions(running, kept.entry.state, true));
    this.#ledger.put(running.entry);
    // All may have landed before its process could say so.
    await running.items.wanted();
    this.#itemsChanged(running);
    return running;
  }

  /** The person accepts an offer that waits. Fails as Journal.put; it waits no more then. False where it ended meanwhile. */
  async accept(
    running: RunningOffer,
    acceptance: Acceptance,
    { keepSealed, unasked }: { readonly keepSealed: boolean; readonly unasked: boolean },
  ): Promise<boolean> {
    const { id } = running.entry;
    const total = totalSize(running.entry.items);
    running.keepSealed = keepSealed || unasked;
    const entry: InboxEntry = { ...running.entry, unasked, state: { phase: 'paused', received: 0, total, ...acceptance } };
    await this.#records.accepted(running, entry);
    const { OfferItems } = await offerItems();
    if (this.waitingOf(id) !== running) {
      await this.#records.correct(id, this.find(id), running.keepSealed);
      return false;
    }
    running.entry = { ...running.entry, unasked };
    running.items = new OfferItems(this.#itemsOptions(running, acceptance, false));
    this.#move(running, { phase: running.waiters.size > 0 ? 'receiving' : 'paused', received: 0, total, ...acceptance });
    this.#expectBytes(running);
    for (const waiter of running.waiters) waiter.accept({ items: entry.items.map(({ size }, n) => wantedFrom(n, 0, size)) });
    running.waiters.clear();
    return true;
  }

  /** What this side asked for is accepted from its beginning. Fails as Journal.put, and nothing is begun then. */
  async ask(running: RunningOffer, acceptance: Acceptance): Promise<void> {
    const { OfferItems } = await offerItems();
    await this.#records.accepted(running, running.entry);
    running.items = new OfferItems(this.#itemsOptions(running, acceptance, false));
    this.#running.set(running.entry.id, running);
    this.#ledger.put(running.entry);
  }

  /** Ends an entry that is not over yet; false where it is. The peer is told why. */
  end(id: string, state: EntryState): boolean {
    const running = this.#running.get(id);
    if (running === undefined) return false;
    const before = running.entry;
    this.#finish(running, state, errorOf(state));
    this.#records.ended(running, before, () => this.#ledger.find(id) !== undefined);
    return true;
  }

  #finish(running: RunningOffer, state: EntryState, error: FerryError): void {
    const { id } = running.entry;
    this.#running.delete(id);
    clearTimeout(running.timer);
    refuseWaiters(running, error);
    running.items?.end(error);
    // What was given up is off the disk then.
    this.#track(running.items?.idle());
    running.reservation?.release();
    const before = running.entry;
    this.#move(running, state);
    // Whoever comes and goes unasked leaves nothing behind.
    if (leavesNothing(before, running.entry)) this.#ledger.remove(id);
  }

  /** Nobody can reach this side any more: what waits goes, what was accepted is kept, written down or not. */
  rest(running: RunningOffer): void {
    const error = new FerryError('ERR_CONNECTION_LOST', 'this side went offline');
    if (running.items === undefined) {
      refuseWaiters(running, error);
      if (running.isAnswered) return;
      this.#finish(running, { phase: 'cancelled', by: 'me' }, error);
      this.#ledger.remove(running.entry.id);
      return;
    }
    clearTimeout(running.timer);
    running.items.end(error);
    this.#show(running, 'paused');
  }

  /** Takes an entry that has ended out of the list, here and in every window. */
  remove(id: string): void {
    if (this.#ledger.remove(id)) this.#track(this.#options.journal?.remove(id));
  }

  /** Puts another entry in the place of one that is over. */
  replace(entry: InboxEntry): void {
    this.#ledger.put(entry);
    this.#track(this.#options.journal?.change({ entry, keepSealed: false }));
  }

  /** A connection began or ended under an item, or bytes have come. */
  changed(running: RunningOffer): void {
    this.#itemsChanged(running);
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await Promise.all(this.running.flatMap(({ items }) => items?.idle() ?? []));
    while (this.#busy.size > 0) await Promise.allSettled(this.#busy);
  }

  #itemsOptions(running: RunningOffer, acceptance: Acceptance, isContinued: boolean): OfferItemsOptions {
    const { store, unseal } = this.#options;
    const { entry, keepSealed, reservation, received, accepted } = running;
    return {
      ...{ store, entryId: entry.id, items: entry.items, landing: landingOf(acceptance), reservation, received, isContinued },
      unseal: keepSealed ? undefined : unseal,
      keepExecutable: this.#options.keepsExecutable(entry.peer.id),
      ready: accepted,
      onLanded: (discard) => this.#records.landed(running, discard),
      onChange: () => this.#itemsChanged(running),
    };
  }

  #itemsChanged(running: RunningOffer): void {
    const { entry, items } = running;
    if (items === undefined) return;
    if (this.#running.get(entry.id) !== running) {
      this.#records.late(running);
      return;
    }
    if (items.isOver) {
      this.end(entry.id, endOfReceiving(entry, items.failed));
      return;
    }
    const stands = !items.isMoving;
    // Between two items it is still receiving; where a connection ended under one, it is not.
    const isAway = stands && items.isInterrupted;
    this.#show(running, isAway ? 'paused' : 'receiving');
    // Nothing is waited for where nothing can come: a timer would hold up the end of a process.
    if (stands && !isAway) this.#expectBytes(running);
    else clearTimeout(running.timer);
  }

  #show(running: RunningOffer, phase: 'receiving' | 'paused'): void {
    const { state } = running.entry;
    if (isAccepted(state)) this.#move(running, { ...state, phase, received: running.items?.bytes ?? 0 });
  }

  /** The sender has a while to begin with the next item; then it is away. */
  #expectBytes(running: RunningOffer): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      if (running.items?.isMoving === false) this.#show(running, 'paused');
    }, limits.itemStartMs);
  }

  #move(running: RunningOffer, state: EntryState): void {
    running.entry = { ...running.entry, state };
    this.#ledger.put(running.entry);
  }

  async #forget({ entry }: Kept): Promise<void> {
    const running = isOver(entry.state) ? undefined : await this.adopt(entry.id);
    if (running === 'busy') return;
    if (running !== undefined) this.end(entry.id, { phase: 'expired' });
    await this.#options.journal?.remove(entry.id);
    this.#ledger.remove(entry.id);
  }

  #changedElsewhere(id: string, kept: Kept | undefined): void {
    if (this.#running.has(id)) return;
    if (kept === undefined) this.#ledger.remove(id);
    else if (isOver(kept.entry.state)) this.#ledger.put(kept.entry);
  }

  #track(work: Promise<unknown> | undefined): void {
    if (work === undefined) return;
    this.#busy.add(work);
    const over = (): void => void this.#busy.delete(work);
    work.then(over, over);
  }
}

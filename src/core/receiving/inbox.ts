// The inbox: every offer that a peer makes, from its arrival over the person's decision to the received files.
//
//   offer() -> waiting -> accept() -> receiving -> receiveItem()... -> received
//                  |-> decline(), the clock, either side's cancel, a failure end it with a state of their own
//
// An entry is an immutable value that is replaced as it moves on; whoever shows entries listens to `onDidChange`.

import { FerryError, toFerryError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import { type Change, Ledger } from '../base/ledger.ts';
import { limits } from '../base/limits.ts';
import { Admission } from '../consent/admission.ts';
import type { PeerId } from '../peers/peerId.ts';
import { type Offer, type OfferAnswer, type OfferedItem, totalSize } from '../wire/item.ts';
import {
  type AcceptOptions,
  type EntryState,
  endOfReceiving,
  endsOffer,
  entryId,
  errorOf,
  type InboxEntry,
  landingOf,
  type ReceiveAction,
  type ReceivedItem,
  waitingEntry,
} from './entry.ts';
import type { InboxOptions } from './inboxOptions.ts';
import { type Landed, landItem, type Unseal } from './landing.ts';
import { inboxRows, leavesNothing } from './rows.ts';
import { type RunningOffer, runningOffer } from './runningOffer.ts';
import type { ItemBody, Landing, ReceiveStore, Reservation } from './store.ts';

export class Inbox {
  readonly #store: ReceiveStore;
  readonly #ledger = new Ledger<InboxEntry>(inboxRows);
  readonly #running = new Map<string, RunningOffer>();
  readonly #landing = new Set<Promise<unknown>>();
  readonly #offerLifeMs: number;
  readonly #unseal: Unseal | undefined;
  readonly #admission: Admission;
  readonly #isStranger: (peer: PeerId) => boolean;

  constructor(store: ReceiveStore, options: InboxOptions = {}) {
    this.#store = store;
    this.#unseal = options.unseal;
    this.#isStranger = options.isStranger ?? (() => false);
    this.#admission = new Admission(this.#isStranger);
    this.#offerLifeMs = options.offerLifeMs ?? limits.offerLifeMs;
  }

  /** Fires whenever an entry arrives, moves on or goes. */
  get onDidChange(): Event<Change<InboxEntry>> {
    return this.#ledger.onDidChange;
  }

  /** All entries, the newest first. */
  get entries(): readonly InboxEntry[] {
    return this.#ledger.entries;
  }

  /** The entry with this id, if it is still there. */
  find(id: string): InboxEntry | undefined {
    return this.#ledger.find(id);
  }

  /** Refuses an offer of this peer before it is read. Fails with ERR_OFFER_DECLINED or ERR_BUSY. */
  expectPlace(peer: PeerId): void {
    this.#admission.expectPlace(peer, this.#peersWaiting());
  }

  /**
   * Takes a peer's offer and waits for the person. `signal` ends with the peer's connection. Fails with ERR_OFFER_DECLINED,
   * ERR_OFFER_EXPIRED, ERR_OFFER_REPEATED, ERR_BUSY, ERR_CANCELLED, ERR_ITEM_TOO_LARGE, ERR_NO_SPACE or ERR_FOLDER_UNUSABLE.
   */
  async offer(peer: InboxEntry['peer'], offer: Offer, signal: AbortSignal): Promise<OfferAnswer> {
    const id = entryId(peer.id, offer.id);
    this.#admission.admit(peer.id, offer, this.#peersWaiting());
    const received: ReceivedItem[] = [];
    const entry = waitingEntry(peer, offer, received, this.#isStranger(peer.id));
    const onAbort = (): void => {
      this.#end(id, { phase: 'cancelled', by: 'peer' });
    };
    try {
      return await new Promise<OfferAnswer>((accept, refuse) => {
        const timer = setTimeout(() => this.#end(id, { phase: 'expired' }), this.#offerLifeMs);
        this.#running.set(id, runningOffer(entry, received, { accept, refuse }, timer));
        this.#ledger.put(entry);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /**
   * The person accepts. Does nothing where the offer no longer waits, and says so by returning false. Fails as
   * ReceiveStore.prepare does; the peer is told.
   */
  async accept(id: string, action: ReceiveAction, options: AcceptOptions = {}): Promise<boolean> {
    const running = this.#waiting(id);
    if (running === undefined) return false;
    const { keepSealed = false, unasked = false } = options;
    const { entry } = running;
    running.keepSealed = keepSealed || unasked;
    this.#admission.accepted(entry.peer.id, entry.offerId);
    const total = totalSize(entry.items);
    let reservation: Reservation | undefined;
    try {
      reservation = await this.#store.prepare(landingOf(action), total);
    } catch (cause) {
      const error = toFerryError(cause);
      this.#end(id, { phase: 'failed', error });
      throw error;
    }
    if (this.#waiting(id) !== running) {
      reservation?.release();
      return false;
    }
    running.reservation = reservation;
    running.entry = { ...entry, unasked };
    this.#move(running, { phase: 'receiving', received: 0, total, action });
    this.#expectBytes(running);
    running.settle.accept({ items: entry.items.map((_, n) => ({ n, from: 0 })) });
    return true;
  }

  /** The person declines; false where the offer no longer waits. */
  decline(id: string): boolean {
    const running = this.#waiting(id);
    if (running === undefined) return false;
    this.#admission.declined(running.entry.peer.id);
    this.#end(id, { phase: 'declined' });
    return true;
  }

  /** The person stops a transfer that runs or an offer that waits; false where neither is so. */
  cancel(id: string): boolean {
    const entry = this.#running.get(id)?.entry;
    if (entry !== undefined) this.#admission.forgive(entry.peer.id, entry.offerId);
    return this.#end(id, { phase: 'cancelled', by: 'me' });
  }

  /** The peer takes its offer back (`DELETE`). Fails with ERR_NOT_FOUND. */
  withdraw(peer: PeerId, offerId: string): void {
    if (!this.#end(entryId(peer, offerId), { phase: 'cancelled', by: 'peer' })) {
      throw new FerryError('ERR_NOT_FOUND', 'there is no such offer');
    }
  }

  /**
   * Takes the bytes of one accepted item. Fails with ERR_NOT_FOUND, ERR_MESSAGE_UNEXPECTED, ERR_ITEM_TOO_LARGE,
   * ERR_SIZE_MISMATCH, ERR_DIGEST_MISMATCH, ERR_CANCELLED, or with what disk and connection fail with; nothing is kept then.
   */
  async receiveItem(peer: PeerId, offerId: string, n: number, body: ItemBody): Promise<void> {
    const id = entryId(peer, offerId);
    const running = this.#running.get(id);
    const state = running?.entry.state;
    const item = running?.entry.items[n];
    if (running === undefined || item === undefined) throw new FerryError('ERR_NOT_FOUND', 'there is no such item');
    if (state?.phase !== 'receiving' || running.moving.has(n) || running.complete.has(n) || running.failed.has(n)) {
      throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'this item is not awaited');
    }
    clearTimeout(running.timer);
    running.moving.set(n, body);
    try {
      const done = await this.#tracked(this.#land(running, n, item, body, landingOf(state.action)));
      running.moving.delete(n);
      this.#finishItem(running, done);
    } catch (cause) {
      const error = toFerryError(cause);
      running.moving.delete(n);
      this.#failItem(running, n, error);
      throw error;
    }
  }

  /** An item that arrived sealed is out of its seal: `landed` takes its place in the entry. */
  unsealed(id: string, n: number, landed: Landed): void {
    const entry = this.find(id);
    if (entry === undefined || this.#running.has(id)) return;
    const received = entry.received.map((item) => (item.n === n ? { n, wasSealed: true, ...landed } : item));
    this.#ledger.put({ ...entry, received });
  }

  /** Takes an entry that has ended out of the list. */
  remove(id: string): void {
    this.#ledger.remove(id);
  }

  /** Ends everything of one peer that waits or runs, as cancelled by this side. */
  cancelPeer(peer: PeerId): void {
    for (const [id, { entry }] of this.#running) if (entry.peer.id === peer) this.cancel(id);
  }

  /** Ends everything that waits or runs, as cancelled by this side. */
  cancelAll(): void {
    for (const id of [...this.#running.keys()]) this.cancel(id);
  }

  /** Resolves when no item is being written: what was given up is off the disk then. */
  async idle(): Promise<void> {
    while (this.#landing.size > 0) await Promise.allSettled(this.#landing);
  }

  async #tracked<T>(landing: Promise<T>): Promise<T> {
    this.#landing.add(landing);
    try {
      return await landing;
    } finally {
      this.#landing.delete(landing);
    }
  }

  async #land(running: RunningOffer, n: number, offered: OfferedItem, body: ItemBody, landing: Landing): Promise<ReceivedItem> {
    const before = running.completeBytes;
    const unseal = offered.kind === 'sealed' && offered.for === 'key' && !running.keepSealed ? this.#unseal : undefined;
    const landed = await landItem({
      store: this.#store,
      landing,
      offered,
      body,
      unseal,
      onProgress: (received) => {
        const { state } = running.entry;
        running.reservation?.wrote(before + received);
        if (state.phase === 'receiving') this.#move(running, { ...state, received: before + received });
      },
      isWanted: () => this.#running.get(running.entry.id) === running,
    });
    const staysSealed = offered.kind === 'sealed' && unseal === undefined;
    return { n, wasSealed: offered.kind === 'sealed', ...(staysSealed ? { sealedFor: offered.for } : {}), ...landed };
  }

  /** An item that was published just as the offer ended still counts: its file is there. */
  #finishItem(running: RunningOffer, done: ReceivedItem): void {
    const { id, items, state } = running.entry;
    running.received.push(done);
    running.complete.add(done.n);
    running.completeBytes += items[done.n]?.size ?? 0;
    running.reservation?.wrote(running.completeBytes);
    if (state.phase === 'receiving' && running.received.length + running.failed.size === items.length) {
      this.#end(id, endOfReceiving(running.entry, running.failed));
      return;
    }
    this.#move(running, state);
    if (this.#running.has(id)) this.#expectBytes(running);
  }

  /** An item that fails by itself leaves the others of its offer; what ends the connection ends them all. */
  #failItem(running: RunningOffer, n: number, error: FerryError): void {
    const { id, items } = running.entry;
    if (this.#running.get(id) !== running) return;
    running.failed.set(n, error);
    const isLast = running.received.length + running.failed.size === items.length;
    if (isLast || endsOffer(error)) this.#end(id, endOfReceiving(running.entry, running.failed, error));
    else this.#expectBytes(running);
  }

  #expectBytes(running: RunningOffer): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      const error = new FerryError('ERR_TIMEOUT', 'the peer did not send what was accepted');
      if (running.moving.size === 0) this.#end(running.entry.id, endOfReceiving(running.entry, running.failed, error));
    }, limits.itemStartMs);
  }

  /** The peers of the offers that wait, one for each. */
  #peersWaiting(): readonly PeerId[] {
    return [...this.#running.values()].flatMap(({ entry }) => (entry.state.phase === 'waiting' ? entry.peer.id : []));
  }

  #waiting(id: string): RunningOffer | undefined {
    const running = this.#running.get(id);
    return running?.entry.state.phase === 'waiting' ? running : undefined;
  }

  #move(running: RunningOffer, state: EntryState): void {
    running.entry = { ...running.entry, state };
    this.#ledger.put(running.entry);
  }

  /** Ends an entry that is not over yet; false where it is. */
  #end(id: string, state: EntryState): boolean {
    const running = this.#running.get(id);
    if (running === undefined) return false;
    this.#running.delete(id);
    clearTimeout(running.timer);
    const error = errorOf(state);
    running.settle.refuse(error);
    for (const body of running.moving.values()) body.abort(error);
    running.reservation?.release();
    const before = running.entry;
    this.#move(running, state);
    // Whoever comes and goes unasked leaves nothing behind.
    if (leavesNothing(before, running.entry)) this.#ledger.remove(id);
    return true;
  }
}

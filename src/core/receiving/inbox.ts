// The inbox: every offer that a peer makes, from its arrival over the person's decision to the received files.
//
//   offer() -> waiting -> accept() -> receiving <-> paused, receiveItem()... -> received
//                  |-> decline(), the clock, either side's cancel, a failure end it with a state of their own
//
// An offer is made under an id: whoever makes it again joins what has become of it. A connection that ends takes nothing back; what
// was accepted goes on when the sender is back. An entry is an immutable value that is replaced as it moves on; whoever shows
// entries listens to `onDidChange`.

import { FerryError, toFerryError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import { type Change, Ledger } from '../base/ledger.ts';
import { limits } from '../base/limits.ts';
import { Admission } from '../consent/admission.ts';
import type { PeerId } from '../peers/peerId.ts';
import { type Offer, type OfferAnswer, totalSize } from '../wire/item.ts';
import {
  type AcceptOptions,
  type EntryState,
  endOfReceiving,
  entryId,
  errorOf,
  type InboxEntry,
  isAccepted,
  landingOf,
  type ReceiveAction,
  type ReceivedItem,
  waitingEntry,
} from './entry.ts';
import type { InboxOptions } from './inboxOptions.ts';
import type { Landed, Unseal } from './landing.ts';
import { type ItemProgress, OfferItems } from './offerItems.ts';
import { answerOf, isSameOffer, joinOrLeave } from './repeated.ts';
import { inboxRows, leavesNothing } from './rows.ts';
import { type RunningOffer, runningOffer } from './runningOffer.ts';
import type { ItemBody, ReceiveStore } from './store.ts';

export class Inbox {
  readonly #store: ReceiveStore;
  readonly #ledger = new Ledger<InboxEntry>(inboxRows);
  readonly #running = new Map<string, RunningOffer>();
  readonly #ending = new Set<OfferItems>();
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
   * Takes a peer's offer and waits for the person; one that was made before is answered with what has become of it. `signal` ends
   * with the peer's connection. Fails with ERR_OFFER_DECLINED, ERR_OFFER_EXPIRED, ERR_OFFER_REPEATED where another one was made
   * under its id, ERR_BUSY, ERR_CANCELLED, ERR_CONNECTION_LOST, ERR_ITEM_TOO_LARGE, ERR_NO_SPACE or ERR_FOLDER_UNUSABLE.
   */
  async offer(peer: InboxEntry['peer'], offer: Offer, signal: AbortSignal): Promise<OfferAnswer> {
    const id = entryId(peer.id, offer.id);
    const known = this.#ledger.find(id);
    if (known !== undefined && !isSameOffer(known, offer)) {
      throw new FerryError('ERR_OFFER_REPEATED', 'another offer was made under this id');
    }
    const running = this.#running.get(id) ?? (known === undefined ? this.#admit(peer, offer) : undefined);
    // Whoever watches entries may have answered it by now.
    if (running === undefined || !this.#running.has(id)) return answerOf(known ?? running?.entry);
    if (running.items !== undefined) return { items: await running.items.wanted() };
    return joinOrLeave(running, signal, () => {
      // Strangers have many keys: nothing of them stays without them. Whoever was met may come back until the offer has expired.
      if (!running.entry.fromStranger || running.waiters.size > 0) return;
      if (this.#end(id, { phase: 'cancelled', by: 'peer' })) this.#admission.lost(peer.id, offer.id);
    });
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
    this.#admission.accepted(entry.peer.id, entry.offerId);
    const total = totalSize(entry.items);
    const landing = landingOf(action);
    const reservation = await this.#store.prepare(landing, total).catch((cause: unknown) => {
      const error = toFerryError(cause);
      this.#end(id, { phase: 'failed', error });
      throw error;
    });
    if (this.#waiting(id) !== running) {
      reservation?.release();
      return false;
    }
    running.reservation = reservation;
    running.entry = { ...entry, unasked };
    running.items = new OfferItems({
      ...{ store: this.#store, entryId: id, items: entry.items, landing, reservation, isContinued: false },
      unseal: keepSealed || unasked ? undefined : this.#unseal,
      received: running.received,
      onChange: () => this.#itemsChanged(running),
    });
    const isHere = running.waiters.size > 0;
    this.#move(running, { phase: isHere ? 'receiving' : 'paused', received: 0, total, action });
    this.#expectBytes(running);
    for (const { accept } of running.waiters) accept({ items: entry.items.map((_, n) => ({ n, from: 0 })) });
    running.waiters.clear();
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
   * Takes bytes of one accepted item: all of it, or what follows the byte `from`. Resolves when the item has landed. Fails with
   * ERR_NOT_FOUND, ERR_MESSAGE_UNEXPECTED, ERR_OFFSET_MISMATCH, ERR_ITEM_TOO_LARGE, ERR_SIZE_MISMATCH, ERR_DIGEST_MISMATCH,
   * ERR_CANCELLED, or with what the disk fails with, and nothing is kept then; what had come when the connection ended is kept.
   */
  async receiveItem(peer: PeerId, offerId: string, n: number, body: ItemBody, from?: number): Promise<void> {
    const running = this.#running.get(entryId(peer, offerId));
    if (running?.entry.items[n] === undefined) throw new FerryError('ERR_NOT_FOUND', 'there is no such item');
    if (running.items === undefined) throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'this item is not awaited');
    clearTimeout(running.timer);
    try {
      await running.items.take(n, body, from);
    } finally {
      this.#itemsChanged(running);
    }
  }

  /**
   * How far an item of an offer has come. Connections that still bring bytes of it have no more to say. Fails with ERR_NOT_FOUND,
   * with ERR_MESSAGE_UNEXPECTED before the offer is accepted, or with how the offer ended.
   */
  async progressOf(peer: PeerId, offerId: string, n: number): Promise<ItemProgress> {
    const id = entryId(peer, offerId);
    const running = this.#running.get(id);
    if (running?.items !== undefined) return running.items.progressOf(n);
    const entry = this.#ledger.find(id);
    const item = entry?.items[n];
    if (entry === undefined || item === undefined) throw new FerryError('ERR_NOT_FOUND', 'there is no such item');
    if (entry.received.some((done) => done.n === n)) return { offset: item.size, size: item.size, isComplete: true };
    if (running !== undefined) throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'the offer still waits');
    throw errorOf(entry.state);
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

  /** Nobody can reach this side any more: what waits goes, for its sender to come back with; what was accepted is kept. */
  rest(): void {
    const error = new FerryError('ERR_CONNECTION_LOST', 'this side went offline');
    for (const [id, running] of [...this.#running]) {
      if (running.items === undefined) {
        const { peer, offerId } = running.entry;
        this.#end(id, { phase: 'cancelled', by: 'me' }, error);
        this.#ledger.remove(id);
        this.#admission.lost(peer.id, offerId);
      } else {
        clearTimeout(running.timer);
        running.items.end(error);
        this.#show(running, 'paused');
      }
    }
  }

  /** Resolves when no item is being written: what was given up is off the disk then. */
  async idle(): Promise<void> {
    const items = [...this.#running.values()].flatMap((running) => running.items ?? []);
    await Promise.all([...items, ...this.#ending].map((one) => one.idle()));
  }

  #admit(peer: InboxEntry['peer'], offer: Offer): RunningOffer {
    this.#admission.admit(peer.id, offer, this.#peersWaiting());
    const received: ReceivedItem[] = [];
    const entry = waitingEntry(peer, offer, received, this.#isStranger(peer.id));
    const running = runningOffer(entry, received);
    running.timer = setTimeout(() => this.#end(entry.id, { phase: 'expired' }), this.#offerLifeMs);
    this.#running.set(entry.id, running);
    this.#ledger.put(entry);
    return running;
  }

  #itemsChanged(running: RunningOffer): void {
    const { entry, items } = running;
    if (items === undefined || this.#running.get(entry.id) !== running) return;
    if (items.isOver) {
      this.#end(entry.id, endOfReceiving(entry, items.failed));
      return;
    }
    const stands = !items.isMoving;
    // Between two items it is still receiving; where a connection ended under one, it is not.
    this.#show(running, stands && items.isInterrupted ? 'paused' : 'receiving');
    if (stands) this.#expectBytes(running);
    else clearTimeout(running.timer);
  }

  #show(running: RunningOffer, phase: 'receiving' | 'paused'): void {
    const { state } = running.entry;
    const received = running.items?.bytes ?? 0;
    if (!isAccepted(state)) return;
    this.#move(running, { ...state, phase, received });
  }

  /** The sender has a while to begin with the next item; then it is away. */
  #expectBytes(running: RunningOffer): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      if (running.items?.isMoving === false) this.#show(running, 'paused');
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

  /** Ends an entry that is not over yet; false where it is. The peer is told `error`. */
  #end(id: string, state: EntryState, error = errorOf(state)): boolean {
    const running = this.#running.get(id);
    if (running === undefined) return false;
    this.#running.delete(id);
    clearTimeout(running.timer);
    for (const { refuse } of running.waiters) refuse(error);
    running.waiters.clear();
    if (running.items !== undefined) this.#endItems(running.items, error);
    running.reservation?.release();
    const before = running.entry;
    this.#move(running, state);
    // Whoever comes and goes unasked leaves nothing behind.
    if (leavesNothing(before, running.entry)) this.#ledger.remove(id);
    return true;
  }

  #endItems(items: OfferItems, error: FerryError): void {
    items.end(error);
    this.#ending.add(items);
    void items.idle().then(() => this.#ending.delete(items));
  }
}

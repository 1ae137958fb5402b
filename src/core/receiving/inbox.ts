// The inbox: every offer that a peer makes, from its arrival over the person's decision to the received files.
//
// An offer is made under an id: whoever makes it again joins what has become of it. A connection that ends takes nothing back;
// what was accepted goes on when the sender is back, in this window or in another. An entry is an immutable value that is
// replaced as it moves on; whoever shows entries listens to `onDidChange`.

import { FerryError, toFerryError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import type { Change } from '../base/ledger.ts';
import { limits } from '../base/limits.ts';
import { randomToken } from '../base/token.ts';
import { Admission } from '../consent/admission.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { NamedPeer } from '../peers/peers.ts';
import { type Offer, type OfferAnswer, type PlainItem, totalSize } from '../wire/item.ts';
import { Entries } from './entries.ts';
import {
  type Acceptance,
  type AcceptOptions,
  type AskedItem,
  entryId,
  errorOf,
  type InboxEntry,
  isRepeatable,
  landingOf,
  type ReceiveAction,
  type ReceivedItem,
  waitingEntry,
} from './entry.ts';
import type { InboxOptions } from './inboxOptions.ts';
import type { Landed } from './landing.ts';
import type { ItemProgress } from './offerItems.ts';
import { answerOf, isSameOffer, joinOrLeave } from './repeated.ts';
import { type RunningOffer, runningOffer } from './runningOffer.ts';
import type { ItemBody, ReceiveStore } from './store.ts';

export class Inbox {
  readonly #store: ReceiveStore;
  readonly #entries: Entries;
  readonly #offerLifeMs: number;
  readonly #admission: Admission;
  readonly #isStranger: (peer: PeerId) => boolean;

  constructor(store: ReceiveStore, options: InboxOptions = {}) {
    this.#store = store;
    const { unseal, journal, keepsExecutable = () => false } = options;
    this.#entries = new Entries({ store, unseal, journal, keepsExecutable });
    this.#isStranger = options.isStranger ?? (() => false);
    this.#admission = new Admission(this.#isStranger);
    this.#offerLifeMs = options.offerLifeMs ?? limits.offerLifeMs;
  }

  /** Fires whenever an entry arrives, moves on or goes. */
  get onDidChange(): Event<Change<InboxEntry>> {
    return this.#entries.onDidChange;
  }

  /** All entries, the newest first. */
  get entries(): readonly InboxEntry[] {
    return this.#entries.all;
  }

  /** The entry with this id, if it is still there. */
  find(id: string): InboxEntry | undefined {
    return this.#entries.find(id);
  }

  /** Takes up what earlier processes have left in the journal; what has ended goes after so many days. */
  restore(days: number): Promise<void> {
    return this.#entries.restore(days);
  }

  /**
   * Refuses an offer of this peer before it is read, unless it may be one that was made before. Fails with ERR_OFFER_DECLINED or
   * ERR_BUSY.
   */
  expectPlace(peer: PeerId): void {
    const mayRepeat = this.entries.some((entry) => entry.peer.id === peer && isRepeatable(entry));
    if (!mayRepeat) this.#admission.expectPlace(peer, this.#entries.peersWaiting());
  }

  /**
   * Takes a peer's offer and waits for the person; one that was made before is answered with what has become of it. `signal` ends
   * with the peer's connection. Fails with ERR_OFFER_DECLINED, ERR_OFFER_EXPIRED, ERR_OFFER_REPEATED where another one was made
   * under its id, ERR_BUSY, ERR_CANCELLED, ERR_CONNECTION_LOST, ERR_ITEM_TOO_LARGE, ERR_NO_SPACE or ERR_FOLDER_UNUSABLE.
   */
  async offer(peer: InboxEntry['peer'], offer: Offer, signal: AbortSignal): Promise<OfferAnswer> {
    const id = entryId(peer.id, offer.id);
    if (this.#mayAdopt(id)) await this.#adopt(id);
    const known = this.find(id);
    if (known !== undefined && !isSameOffer(known, offer)) {
      throw new FerryError('ERR_OFFER_REPEATED', 'another offer was made under this id');
    }
    const running = this.#entries.runningOf(id) ?? (known === undefined ? this.#admit(peer, offer) : undefined);
    // Whoever watches entries may have answered it by now.
    if (running === undefined || this.#entries.runningOf(id) !== running) return answerOf(this.find(id) ?? running?.entry);
    if (running.items !== undefined) return { items: await running.items.wanted() };
    return joinOrLeave(running, signal, () => {
      // Strangers have many keys: nothing of them stays without them but what was accepted. Whoever was met may come back until
      // the offer has expired.
      if (!running.entry.fromStranger || running.waiters.size > 0 || running.isAnswered) return;
      if (this.#entries.end(id, { phase: 'cancelled', by: 'peer' })) this.#admission.lost(peer.id, offer.id);
    });
  }

  /**
   * The person accepts. Does nothing where the offer no longer waits for that, and says so by returning false. Fails as
   * ReceiveStore.prepare and Journal.put do; the peer is told.
   */
  async accept(id: string, action: ReceiveAction, options: AcceptOptions = {}): Promise<boolean> {
    const running = this.#entries.waitingOf(id);
    if (running === undefined || running.isAnswered) return false;
    running.isAnswered = true;
    const { keepSealed = false, unasked = false, place } = options;
    const acceptance = place === undefined ? { action } : { action, place };
    const { entry } = running;
    this.#admission.accepted(entry.peer.id, entry.offerId);
    try {
      const reservation = await this.#store.prepare(landingOf(acceptance), totalSize(entry.items));
      if (this.#entries.waitingOf(id) !== running) {
        reservation?.release();
        return false;
      }
      running.reservation = reservation;
      return await this.#entries.accept(running, acceptance, { keepSealed, unasked });
    } catch (cause) {
      const error = toFerryError(cause);
      this.#entries.end(id, { phase: 'failed', error });
      throw error;
    }
  }

  /**
   * Begins to receive what this side asked a peer for: nobody is asked, and receiveItem takes it. `asked` says where each item
   * is. Gives the id of the entry. Fails as ReceiveStore.prepare and Journal.put do, and nothing is begun then.
   */
  async ask(peer: NamedPeer, items: readonly PlainItem[], asked: readonly AskedItem[], acceptance: Acceptance): Promise<string> {
    const total = totalSize(items);
    const reservation = await this.#store.prepare(landingOf(acceptance), total);
    const received: ReceivedItem[] = [];
    const entry = waitingEntry(peer, { id: randomToken(), sender: { name: '' }, items }, received, false);
    const running = runningOffer({ ...entry, asked, state: { phase: 'paused', received: 0, total, ...acceptance } }, received);
    running.reservation = reservation;
    try {
      await this.#entries.ask(running, acceptance);
    } catch (error) {
      reservation?.release();
      throw error;
    }
    return entry.id;
  }

  /** What is to come of an entry that was accepted; undefined where that is nothing more. */
  async wanted(id: string): Promise<OfferAnswer['items'] | undefined> {
    return this.#entries.runningOf(id)?.items?.wanted();
  }

  /** The `n`th item of an entry will not come. */
  missed(id: string, n: number, error: FerryError): void {
    const running = this.#entries.runningOf(id);
    running?.items?.miss(n, error);
    if (running !== undefined) this.#entries.changed(running);
  }

  /** The person declines; false where the offer no longer waits. */
  decline(id: string): boolean {
    const running = this.#entries.waitingOf(id);
    if (running === undefined) return false;
    this.#admission.declined(running.entry.peer.id);
    this.#entries.end(id, { phase: 'declined' });
    return true;
  }

  /** The person stops a transfer that runs or an offer that waits; false where neither is so. */
  cancel(id: string): boolean {
    const entry = this.#entries.runningOf(id)?.entry;
    if (entry !== undefined) this.#admission.forgive(entry.peer.id, entry.offerId);
    return this.#entries.end(id, { phase: 'cancelled', by: 'me' });
  }

  /** The peer takes its offer back (`DELETE`). Fails with ERR_NOT_FOUND or ERR_BUSY. */
  async withdraw(peer: PeerId, offerId: string): Promise<void> {
    const id = entryId(peer, offerId);
    if (this.#mayAdopt(id)) await this.#adopt(id);
    if (!this.#entries.end(id, { phase: 'cancelled', by: 'peer' })) {
      throw new FerryError('ERR_NOT_FOUND', 'there is no such offer');
    }
  }

  /**
   * Takes bytes of one accepted item: all of it, or what follows the byte `from`. Resolves when the item has landed. Fails with
   * ERR_NOT_FOUND, ERR_MESSAGE_UNEXPECTED, ERR_BUSY, ERR_OFFSET_MISMATCH, ERR_ITEM_TOO_LARGE, ERR_SIZE_MISMATCH,
   * ERR_DIGEST_MISMATCH, ERR_CANCELLED, or with what the disk fails with, and nothing is kept then; what had come when the
   * connection ended is kept.
   */
  async receiveItem(peer: PeerId, offerId: string, n: number, body: ItemBody, from?: number): Promise<void> {
    const id = entryId(peer, offerId);
    const running = this.#entries.runningOf(id) ?? (await this.#adopt(id));
    if (running?.entry.items[n] === undefined) throw new FerryError('ERR_NOT_FOUND', 'there is no such item');
    if (running.items === undefined) throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'this item is not awaited');
    if (running.items.isToBegin(n) && this.#begunBy(peer) >= limits.itemsBegunPerPeer) {
      throw new FerryError('ERR_BUSY', 'too many items of this peer have begun');
    }
    clearTimeout(running.timer);
    try {
      await running.items.take(n, body, from);
    } finally {
      this.#entries.changed(running);
    }
  }

  /**
   * How far an item of an offer has come. Connections that still bring bytes of it have no more to say. Fails with ERR_NOT_FOUND,
   * with ERR_MESSAGE_UNEXPECTED before the offer is accepted, with ERR_BUSY, or with how the item or the offer ended.
   */
  async progressOf(peer: PeerId, offerId: string, n: number): Promise<ItemProgress> {
    const id = entryId(peer, offerId);
    const running = this.#entries.runningOf(id) ?? (await this.#adopt(id));
    if (running?.items !== undefined) return running.items.progressOf(n);
    const entry = this.find(id);
    const item = entry?.items[n];
    if (entry === undefined || item === undefined) throw new FerryError('ERR_NOT_FOUND', 'there is no such item');
    if (entry.received.some((done) => done.n === n)) return { offset: item.size, size: item.size, isComplete: true };
    if (running !== undefined) throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'the offer still waits');
    const { state } = entry;
    const failed = state.phase === 'received' ? state.failed?.find((one) => one.n === n) : undefined;
    throw failed?.error ?? errorOf(state);
  }

  /** An item that arrived sealed is out of its seal: `landed` takes its place in the entry. */
  unsealed(id: string, n: number, landed: Landed): void {
    const entry = this.find(id);
    if (entry === undefined || this.#entries.runningOf(id) !== undefined) return;
    const received = entry.received.map((item) => (item.n === n ? { n, wasSealed: true, ...landed } : item));
    this.#entries.replace({ ...entry, received });
  }

  /** Takes an entry that has ended out of the list. */
  remove(id: string): void {
    this.#entries.remove(id);
  }

  /** Ends everything of one peer that waits or runs, as cancelled by this side. */
  cancelPeer(peer: PeerId): void {
    for (const { entry } of this.#entries.running) if (entry.peer.id === peer) this.cancel(entry.id);
  }

  /** Nobody can reach this side any more: what waits goes, for its sender to come back with; what was accepted is kept. */
  rest(): void {
    for (const running of this.#entries.running) {
      const { peer, offerId } = running.entry;
      if (running.items === undefined) this.#admission.lost(peer.id, offerId);
      this.#entries.rest(running);
    }
  }

  /** Resolves when nothing is being written: what was given up is off the disk then. */
  idle(): Promise<void> {
    return this.#entries.idle();
  }

  #begunBy(peer: PeerId): number {
    return this.#entries.running.reduce((sum, { entry, items }) => sum + (entry.peer.id === peer ? (items?.begun ?? 0) : 0), 0);
  }

  #admit(peer: InboxEntry['peer'], offer: Offer): RunningOffer {
    this.#admission.admit(peer.id, offer, this.#entries.peersWaiting());
    const received: ReceivedItem[] = [];
    const entry = waitingEntry(peer, offer, received, this.#isStranger(peer.id));
    return this.#entries.begin(entry, received, this.#offerLifeMs);
  }

  /** Whether nothing is known of an offer in this window, and the journal knows it. */
  #mayAdopt(id: string): boolean {
    return this.find(id) === undefined && this.#entries.isKept(id);
  }

  /** Fails with ERR_BUSY where another window goes on with it. */
  async #adopt(id: string): Promise<RunningOffer | undefined> {
    if (!this.#mayAdopt(id)) return undefined;
    const found = await this.#entries.adopt(id);
    if (found === 'busy') throw new FerryError('ERR_BUSY', 'another window has this offer in hand');
    return found;
  }
}

// Which offers may wait for the person at all: no repeated ones, none of a peer that was refused again and again, no more than
// there are places for or than a person can answer, and nothing larger than can be. The others are refused before anybody sees
// them.

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { PeerId } from '../peers/peerId.ts';
import { isTooLarge, type Offer, totalSize } from '../wire/item.ts';
import { Refusals } from './refusals.ts';

type Made = { readonly id: string; readonly peer: PeerId; readonly at: number; readonly isStranger: boolean };

export class Admission {
  readonly #seen = new Set<string>();
  readonly #refusals = new Refusals();
  readonly #isStranger: (peer: PeerId) => boolean;
  readonly #now: () => number;
  /** Offers of late that came to nothing so far, the oldest first; only admitted ones, so the limits bound them. */
  #fruitless: readonly Made[] = [];

  /** `isStranger`: whether a peer was never met. `now` is a monotonic clock in milliseconds. */
  constructor(isStranger: (peer: PeerId) => boolean, now: () => number = () => performance.now()) {
    this.#isStranger = isStranger;
    this.#now = now;
  }

  /**
   * Admits an offer; `waiting` has the peers of those that wait, one for each offer. Fails with ERR_OFFER_REPEATED,
   * ERR_OFFER_DECLINED for a peer that is muted, ERR_BUSY or ERR_ITEM_TOO_LARGE.
   */
  admit(peer: PeerId, offer: Offer, waiting: readonly PeerId[]): void {
    const id = `${peer}/${offer.id}`;
    if (this.#seen.has(id)) throw new FerryError('ERR_OFFER_REPEATED', 'this offer was made before');
    this.expectPlace(peer, waiting);
    if (totalSize(offer.items) > limits.itemBytes)
      throw new FerryError('ERR_ITEM_TOO_LARGE', 'the items are larger than any disk');
    if (offer.items.some(isTooLarge)) throw new FerryError('ERR_ITEM_TOO_LARGE', 'an item is larger than its kind may be');
    this.#fruitless = [...this.#fruitless, { id, peer, at: this.#now(), isStranger: this.#isStranger(peer) }];
    this.#seen.add(id);
    const [oldest] = this.#seen;
    if (this.#seen.size > limits.offersRemembered && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** Refuses whatever this peer may offer now. Fails with ERR_OFFER_DECLINED or ERR_BUSY, as `admit`. */
  expectPlace(peer: PeerId, waiting: readonly PeerId[]): void {
    if (this.#refusals.muted(peer)) throw new FerryError('ERR_OFFER_DECLINED', 'offers of this peer are muted for a while');
    if (!this.#hasPlace(peer, waiting)) throw new FerryError('ERR_BUSY', 'too many offers wait already');
    if (!this.#isInTime(peer)) throw new FerryError('ERR_BUSY', 'too many offers were made of late');
  }

  /** The person declined an offer of this peer. */
  declined(peer: PeerId): void {
    this.#refusals.add(peer);
  }

  /** The person accepted an offer of this peer. */
  accepted(peer: PeerId, offerId: string): void {
    this.#refusals.forget(peer);
    this.forgive(peer, offerId);
  }

  /** A peer went without an answer: it may make the same offer again. It counts all the same. */
  lost(peer: PeerId, offerId: string): void {
    this.#seen.delete(`${peer}/${offerId}`);
  }

  /** That an offer came to nothing was the person's doing: it does not count. */
  forgive(peer: PeerId, offerId: string): void {
    this.#fruitless = this.#fruitless.filter(({ id }) => id !== `${peer}/${offerId}`);
  }

  /** Strangers share one allowance as well, however many keys they have. */
  #isInTime(peer: PeerId): boolean {
    const now = this.#now();
    this.#fruitless = this.#fruitless.filter(({ at }) => now - at < limits.offersCountedMs);
    if (this.#fruitless.filter((made) => made.peer === peer).length >= limits.offersPerPeer) return false;
    return !this.#isStranger(peer) || this.#fruitless.filter((made) => made.isStranger).length < limits.offersOfStrangers;
  }

  /** Keys cost nothing, so strangers share half of the places, however many they are. */
  #hasPlace(peer: PeerId, waiting: readonly PeerId[]): boolean {
    const ofPeer = waiting.filter((id) => id === peer).length;
    if (waiting.length >= limits.offersWaiting || ofPeer >= limits.offersWaitingPerPeer) return false;
    return !this.#isStranger(peer) || waiting.filter(this.#isStranger).length < limits.offersWaitingOfStrangers;
  }
}

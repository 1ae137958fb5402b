// The items of an accepted offer: each lands once, over as many connections as that takes.

import { FerryError as Failure, type FerryError, toFerryError } from '../base/errors.ts';
import { isInterruption } from '../base/interruption.ts';
import { randomToken } from '../base/token.ts';
import { wantedFrom } from '../wire/ahead.ts';
import { type AcceptedItem, type OfferAnswer, type OfferedItem, sealedFileName } from '../wire/item.ts';
import { Arrival } from './arrival.ts';
import type { ReceivedItem } from './entry.ts';
import { canBeKept, type Landed, type LandingRequest, landedItem, landItem, targetOf, type Unseal } from './landing.ts';
import type { ItemBody, KeptPart, Landing, ReceiveStore, Reservation, Target } from './store.ts';

export type OfferItemsOptions = {
  readonly store: ReceiveStore;
  /** What the entry is found by; parts of its items are found by it too. */
  readonly entryId: string;
  readonly items: readonly OfferedItem[];
  readonly landing: Landing;
  /** Takes the seal off items on their way; without it they land as they came. */
  readonly unseal: Unseal | undefined;
  /** As in LandingRequest. */
  readonly keepExecutable: boolean;
  readonly reservation: Reservation | undefined;
  /** The list that the entry shows; what is in it already has landed before. */
  readonly received: ReceivedItem[];
  /** Whether another process may have left parts of the items. */
  readonly isContinued: boolean;
  /** As in LandingRequest. */
  readonly ready: Promise<unknown> | undefined;
  /** As LandingRequest.onPublished. */
  readonly onLanded: (discard: () => Promise<void>) => void;
  /** Called when bytes have come, at most ten times a second, and when an item has landed or failed. */
  readonly onChange: () => void;
};

/** How many of an item's bytes have come. */
export type ItemProgress = { readonly offset: number; readonly size: number; readonly isComplete: boolean };

export class OfferItems {
  /** Items that failed by themselves. */
  readonly failed = new Map<number, FerryError>();
  readonly #options: OfferItemsOptions;
  readonly #complete: Set<number>;
  readonly #arrivals = new Map<number, Arrival<ReceivedItem>>();
  /** All that began, until they have landed or failed, those included that were given up. */
  readonly #landing = new Set<Arrival<ReceivedItem>>();
  /** Items that had another digest than their sender says, of bytes that did not come at one go: they are sent once more. */
  readonly #mismatched = new Set<number>();
  /** Parts of other processes are looked for once. */
  readonly #looked = new Set<number>();
  #isContinued: boolean;
  #isGivenUp = false;
  #isInterrupted = false;
  #completeBytes: number;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: OfferItemsOptions) {
    this.#options = options;
    this.#isContinued = options.isContinued;
    this.#isInterrupted = options.isContinued;
    this.#complete = new Set(options.received.map(({ n }) => n));
    this.#completeBytes = [...this.#complete].reduce((sum, n) => sum + (options.items[n]?.size ?? 0), 0);
  }

  /** Whether nothing more is to come. */
  get isOver(): boolean {
    return this.#complete.size + this.failed.size === this.#options.items.length;
  }

  /** Whether a connection brings bytes now. */
  get isMoving(): boolean {
    return [...this.#arrivals.values()].some((arrival) => arrival.isMoving);
  }

  /** Items of which some bytes have come, and not all. */
  get begun(): number {
    return this.#arrivals.size;
  }

  /** Whether the `n`th item would begin with the bytes that come next. */
  isToBegin(n: number): boolean {
    return !this.#arrivals.has(n) && !this.#complete.has(n) && !this.failed.has(n);
  }

  /** Whether a connection ended under an item, and its sender has not come back. */
  get isInterrupted(): boolean {
    return this.#isInterrupted && !this.isMoving;
  }

  /** Bytes that have come and count. */
  get bytes(): number {
    return [...this.#arrivals.values()].reduce((sum, arrival) => sum + arrival.offset, this.#completeBytes);
  }

  /**
   * Takes bytes of the `n`th item: all of it where `from` is not given, else what follows that byte. Resolves when the item has
   * landed. Fails as Arrival.take and as landItem, with ERR_NOT_FOUND, or with ERR_MESSAGE_UNEXPECTED for an item that is over.
   */
  async take(n: number, body: ItemBody, from: number | undefined): Promise<void> {
    this.#expect(n);
    const arrival = await this.#oneAtATime(async () => {
      this.#expect(n);
      return from === undefined ? this.#anew(n) : ((await this.#begun(n)) ?? this.#begin(n));
    });
    try {
      this.#isInterrupted = false;
      await arrival.take(body, from ?? 0);
    } catch (cause) {
      this.#isInterrupted ||= isInterruption(toFerryError(cause));
      throw cause;
    }
  }

  /**
   * How far the `n`th item is. What still brings bytes of it has no more to say. Fails with ERR_NOT_FOUND, or as the item did.
   */
  async progressOf(n: number): Promise<ItemProgress> {
    const { size } = this.#itemAt(n);
    if (this.#complete.has(n)) return { offset: size, size, isComplete: true };
    const failure = this.failed.get(n);
    if (failure !== undefined) throw failure;
    const arrival = await this.#oneAtATime(() => this.#begun(n));
    await arrival?.rest();
    if (this.#complete.has(n)) return { offset: size, size, isComplete: true };
    return { offset: arrival?.offset ?? 0, size, isComplete: false };
  }

  /** What is wanted from here on, and what is here. Connections that still bring bytes have no more to say. */
  async wanted(): Promise<OfferAnswer['items']> {
    const answer: AcceptedItem[] = [];
    for (const [n, { size }] of this.#options.items.entries()) {
      if (this.failed.has(n)) continue;
      const untouched = !this.#complete.has(n) && !this.#arrivals.has(n) && !this.#isContinued;
      const { offset, isComplete } = untouched ? { offset: 0, isComplete: false } : await this.progressOf(n);
      answer.push(isComplete ? { n, from: size, complete: true } : wantedFrom(n, offset, size));
    }
    return answer;
  }

  /** The `n`th item will not come; nothing stays of it. */
  miss(n: number, error: FerryError): void {
    if (this.#complete.has(n) || this.failed.has(n)) return;
    this.failed.set(n, error);
    this.#arrivals.get(n)?.abort(error);
    this.#arrivals.delete(n);
  }

  /** Ends all that is on its way: with ERR_CONNECTION_LOST, what has come is left for another process; else it goes. */
  end(error: FerryError): void {
    for (const arrival of this.#arrivals.values()) arrival.abort(error);
    if (isInterruption(error)) {
      this.#isContinued = true;
      this.#isInterrupted = true;
      return;
    }
    this.#isGivenUp = true;
    if (this.#isContinued) void this.#oneAtATime(() => this.#forgetParts());
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#queue;
    await Promise.all([...this.#landing].map((arrival) => arrival.quiet()));
  }

  #itemAt(n: number): OfferedItem {
    const item = this.#options.items[n];
    if (item === undefined) throw new Failure('ERR_NOT_FOUND', 'there is no such item');
    return item;
  }

  #expect(n: number): void {
    this.#itemAt(n);
    if (this.#isGivenUp) throw new Failure('ERR_CANCELLED', 'the offer is over');
    if (this.#complete.has(n) || this.failed.has(n)) {
      throw new Failure('ERR_MESSAGE_UNEXPECTED', 'this item is not awaited');
    }
  }

  /** Who begins an item must not meet who does the same. */
  #oneAtATime<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #anew(n: number): Promise<Arrival<ReceivedItem>> {
    const arrival = this.#arrivals.get(n);
    if (arrival?.offset === 0 && !arrival.isMoving) return arrival;
    if (arrival !== undefined) {
      this.#arrivals.delete(n);
      arrival.abort(new Failure('ERR_CANCELLED', 'the item begins anew'));
      await arrival.landed.catch(() => undefined);
    }
    return this.#begin(n);
  }

  /** What has come of an item, here or through a process before this one. */
  async #begun(n: number): Promise<Arrival<ReceivedItem> | undefined> {
    const arrival = this.#arrivals.get(n);
    if (arrival !== undefined || !this.#isContinued || this.#looked.has(n)) return arrival;
    const { store, landing, unseal } = this.#options;
    const item = this.#itemAt(n);
    const target = this.#target(n);
    if (!canBeKept({ offered: item, unseal })) {
      this.#looked.add(n);
      await store.forget(landing, target);
      return undefined;
    }
    const kept = await store.reopen(landing, target);
    // One that the disk does not give now is looked for again.
    this.#looked.add(n);
    if (kept === undefined) return undefined;
    if (!('published' in kept)) return this.#begin(n, kept);
    // It landed, and its process went before that was written down.
    const landed = { path: kept.published, sha256: undefined, item: landedItem(item, target.name) };
    this.#finish(this.#receivedAs(n, landed));
    this.#options.onLanded(kept.discard);
    return undefined;
  }

  #begin(n: number, kept?: KeptPart): Arrival<ReceivedItem> {
    const { size, kind } = this.#itemAt(n);
    this.#looked.add(n);
    const isOnce = kind === 'folder' && kept !== undefined;
    const arrival: Arrival<ReceivedItem> = new Arrival({ size, from: kept?.size ?? 0, isOnce }, (body) => {
      const isWanted = (): boolean => !this.#isGivenUp && this.#arrivals.get(n) === arrival;
      return this.#land(n, body, kept, isWanted).catch((cause: unknown) => {
        this.#fail(n, arrival, toFerryError(cause));
        throw cause;
      });
    });
    this.#arrivals.set(n, arrival);
    this.#landing.add(arrival);
    const over = (): void => void this.#landing.delete(arrival);
    arrival.landed.then(over, over);
    return arrival;
  }

  async #land(n: number, body: ItemBody, kept: KeptPart | undefined, isWanted: () => boolean): Promise<ReceivedItem> {
    const { store, landing, reservation, ready, keepExecutable, onChange } = this.#options;
    const offered = this.#itemAt(n);
    const unseal = offered.kind === 'sealed' && offered.for === 'key' ? this.#options.unseal : undefined;
    const request: LandingRequest = {
      ...{ store, landing, offered, body, unseal, kept, ready, isWanted, keepExecutable, part: this.#target(n).part },
      onPublished: (landed, discard) => {
        this.#finish(this.#receivedAs(n, landed));
        this.#options.onLanded(discard);
      },
      onProgress: () => {
        reservation?.wrote(this.bytes);
        onChange();
      },
    };
    return this.#receivedAs(n, await landItem(request));
  }

  #receivedAs(n: number, landed: Landed): ReceivedItem {
    const offered = this.#itemAt(n);
    const isSealed = offered.kind === 'sealed';
    const staysSealed = isSealed && (offered.for !== 'key' || this.#options.unseal === undefined);
    return { n, wasSealed: isSealed, ...(staysSealed ? { sealedFor: offered.for } : {}), ...landed };
  }

  /** An item that was published just as the offer ended still counts: its file is there. */
  #finish(done: ReceivedItem): void {
    const { received, reservation, items, onChange } = this.#options;
    this.#arrivals.delete(done.n);
    received.push(done);
    this.#complete.add(done.n);
    this.#completeBytes += items[done.n]?.size ?? 0;
    reservation?.wrote(this.#completeBytes);
    onChange();
  }

  #fail(n: number, arrival: Arrival<ReceivedItem>, error: FerryError): void {
    if (this.#arrivals.get(n) !== arrival) return;
    this.#arrivals.delete(n);
    if (isInterruption(error)) {
      // What was kept is looked for again when the sender is back.
      this.#looked.delete(n);
      return;
    }
    if (error.code === 'ERR_DIGEST_MISMATCH' && arrival.wasResumed && !this.#mismatched.has(n)) this.#mismatched.add(n);
    else this.failed.set(n, error);
    this.#options.onChange();
  }

  async #forgetParts(): Promise<void> {
    const { store, landing, items } = this.#options;
    for (const n of items.keys()) if (!this.#complete.has(n)) await store.forget(landing, this.#target(n));
  }

  #target(n: number): Target {
    const item = this.#itemAt(n);
    const part = `${this.#options.entryId}/${n}`;
    if (item.kind === 'sealed') return { name: sealedFileName(item.form, randomToken()), part };
    return targetOf(item, part, this.#options);
  }
}

// One transfer to one peer, from reaching a window of theirs to its end, over as many connections as it takes. An offer that is
// made again joins what has become of it, so a connection that ends costs nothing but time. What observers see is one union.

import { FerryError, toFerryError } from '../base/errors.ts';
import { isPassing } from '../base/interruption.ts';
import { randomToken } from '../base/token.ts';
import { type Address, formatAddress } from '../peers/address.ts';
import type { Dial, PeerLink } from '../peers/link.ts';
import type { PeerId } from '../peers/peerId.ts';
import { offerCall, peerCall, withdrawOfferCall } from '../wire/calls.ts';
import { type Capability, capabilitiesFor } from '../wire/capabilities.ts';
import { type Offer, type OfferAnswer, type OutgoingItem, totalSize } from '../wire/item.ts';
import { type ItemFailure, type Moved, nothingMoved } from './memory.ts';
import { moveItems } from './moveItems.ts';
import { firstToAnswer } from './reach.ts';

export type TransferState =
  | { readonly phase: 'reaching' }
  | { readonly phase: 'waiting' }
  | { readonly phase: 'moving'; readonly sent: number; readonly total: number }
  /** The connection ended; the peer is looked for. */
  | { readonly phase: 'interrupted' }
  | TransferOutcome;

/**
 * How a transfer ends. Declined, expired and cancelled are outcomes, not errors. `partly`: some items arrived, and each of
 * `failed` did not. Of several items, `arrived` are those that the peer has all the same, and `failed` says of each why it has
 * not.
 */
export type TransferOutcome =
  | { readonly phase: 'delivered'; readonly bytes: number; readonly digests: readonly Uint8Array[] }
  | {
      readonly phase: 'partly';
      readonly bytes: number;
      readonly arrived: readonly number[];
      readonly failed: readonly ItemFailure[];
    }
  | { readonly phase: 'declined' }
  | { readonly phase: 'expired' }
  | { readonly phase: 'cancelled'; readonly by: 'me' | 'peer'; readonly arrived?: readonly number[] }
  | { readonly phase: 'failed'; readonly error: FerryError; readonly failed?: readonly ItemFailure[] };

export type TransferRequest = {
  readonly peerId: PeerId;
  /** Addresses of the peer's windows, the one to try first in front. Asked anew for every connection. */
  readonly addresses: () => Promise<readonly Address[]>;
  readonly senderName: string;
  readonly items: readonly OutgoingItem[];
  /** What the peer has to be capable of besides, for what is in seals. */
  readonly needs?: readonly Capability[];
  /** What the offer is known by on both sides: a transfer that goes on has the one that it began with. */
  readonly offerId?: string;
  /** What has become of the items before. */
  readonly moved?: Moved;
};

export type TransferOptions = {
  readonly dial: Dial;
  readonly signal: AbortSignal;
  readonly onState: (state: TransferState) => void;
  /** Called with the address that answered, once for each connection. */
  readonly onReached?: (address: Address) => void;
  /**
   * Waits before a connection is made in place of one that ended, `failures` in a row without a byte that moved; false gives up.
   * Without it a connection that ends during the offer is made once more, and one that ends later ends the transfer.
   */
  readonly reconnect?: (failures: number) => Promise<boolean>;
  /** Whether the end of the signal is only for a while: then the peer keeps what it has. */
  readonly pauses?: () => boolean;
};

/** Sends items to a peer. Never fails: every end is an outcome, and `onState` has seen it last. */
export async function transfer(request: TransferRequest, options: TransferOptions): Promise<TransferOutcome> {
  const outcome = await new Transfer(request, options).run();
  options.onState(outcome);
  return outcome;
}

class Transfer {
  readonly #request: TransferRequest;
  readonly #options: TransferOptions;
  readonly #offer: Offer;
  readonly #moved: Moved;
  #link: PeerLink | undefined;
  /** Whether the peer may know the offer: what fails from then on is no reason to offer it elsewhere. */
  #isOffered = false;
  #isAccepted = false;
  /** The address at which it was heard last. */
  #offeredAt: string | undefined;
  #failures = 0;
  #lost: FerryError | undefined;

  constructor(request: TransferRequest, options: TransferOptions) {
    this.#request = request;
    this.#options = options;
    this.#moved = request.moved ?? nothingMoved();
    this.#offer = {
      id: request.offerId ?? randomToken(),
      sender: { name: request.senderName },
      items: request.items.map((item) => item.offered),
    };
  }

  async run(): Promise<TransferOutcome> {
    const { signal } = this.#options;
    try {
      this.#options.onState({ phase: 'reaching' });
      for (;;) {
        const end = await this.#attempt();
        if (end !== undefined && isPassing(end) && (await this.#comesBack(end))) continue;
        const outcome = end === undefined ? undefined : outcomeOf(end, signal);
        if (outcome !== undefined && this.#tellsPeer(outcome)) await this.#link?.tell(withdrawOfferCall(this.#offer.id));
        return sumUp(this.#moved, this.#offer, outcome);
      }
    } finally {
      this.#link?.close();
    }
  }

  /** One connection's worth of the transfer. Gives what cut it short; undefined where nothing did. */
  async #attempt(): Promise<FerryError | undefined> {
    const { signal, onState } = this.#options;
    try {
      const addresses = this.#offeredFirst(await this.#request.addresses());
      const answer = await firstToAnswer(
        addresses,
        (address) => this.#offerAt(address),
        (failure) => !signal.aborted && this.#mayTryNext(failure),
      );
      const link = this.#link;
      if (link === undefined) throw new TypeError('an answer came without a link');
      this.#isAccepted = true;
      return await moveItems(
        { offerId: this.#offer.id, answer, items: this.#request.items, link, relink: () => this.#dial(link.address) },
        this.#moved,
        {
          signal,
          onMoved: (sent, total) => {
            if (sent > 0) this.#failures = 0;
            onState({ phase: 'moving', sent, total });
          },
        },
      );
    } catch (cause) {
      const error = toFerryError(cause);
      // An earlier version refuses what it has seen; then it counts that its answer was lost.
      if (this.#lost !== undefined && error.remote && error.code === 'ERR_OFFER_REPEATED') return this.#lost;
      // Nobody there, after somebody was: as one who went without a word.
      return this.#lost !== undefined && isAway(error) ? this.#lost : error;
    }
  }

  /** In another window, an offer that waits would be a new one, and its person asked again. */
  #offeredFirst(addresses: readonly Address[]): readonly Address[] {
    const isFirst = (address: Address): boolean => formatAddress(address) === this.#offeredAt;
    return [...addresses.filter(isFirst), ...addresses.filter((address) => !isFirst(address))];
  }

  async #offerAt(address: Address): Promise<OfferAnswer> {
    this.#isOffered = false;
    const link = await this.#dial(address);
    this.#options.onReached?.(address);
    this.#isOffered = true;
    if (!this.#isAccepted) {
      await this.#expectCapable(link);
      this.#options.onState({ phase: 'waiting' });
    }
    this.#offeredAt = formatAddress(address);
    return link.call(offerCall(this.#offer), this.#options.signal);
  }

  /** A peer of an earlier version would call the offer invalid. Fails with ERR_NOT_SUPPORTED, detail `capability`. */
  async #expectCapable(link: PeerLink): Promise<void> {
    const { items, needs = [] } = this.#request;
    const wanted = [...needs, ...capabilitiesFor(items.map(({ offered }) => offered))];
    if (wanted.length === 0) return;
    const { capabilities } = await link.call(peerCall, this.#options.signal);
    const capability = wanted.find((word) => !capabilities.includes(word));
    if (capability === undefined) return;
    // Nobody there has heard of the offer.
    link.close();
    this.#link = undefined;
    throw new FerryError('ERR_NOT_SUPPORTED', `the peer is not capable of ${capability}`, { detail: { capability } });
  }

  async #dial(address: Address): Promise<PeerLink> {
    this.#link?.close();
    this.#link = undefined;
    return (this.#link = await this.#options.dial(address, this.#request.peerId, this.#options.signal));
  }

  /** A link that was kept from an earlier transfer shows only with the offer that nobody is there any more. */
  #mayTryNext(failure: FerryError): boolean {
    if (!this.#isOffered || failure.code === 'ERR_PEER_UNREACHABLE' || failure.code === 'ERR_NOT_SUPPORTED') return true;
    // Another window has it in hand.
    return this.#lost !== undefined && failure.remote && failure.code === 'ERR_BUSY';
  }

  /**
   * A peer that answered with an error knows; one that we left, or whose item broke on our side, is told. What was only
   * interrupted can be gone on with.
   */
  #tellsPeer(outcome: TransferOutcome): boolean {
    if (outcome.phase === 'cancelled') return outcome.by === 'me' && this.#options.pauses?.() !== true;
    if (outcome.phase !== 'failed') return false;
    if (this.#options.reconnect !== undefined && isPassing(outcome.error)) return false;
    return !outcome.error.remote;
  }

  /** Whether the transfer goes on after a connection that ended. */
  async #comesBack(lost: FerryError): Promise<boolean> {
    const { signal, reconnect, onState } = this.#options;
    if (signal.aborted || (!this.#isOffered && this.#lost === undefined)) return false;
    this.#failures += 1;
    this.#lost = lost;
    if (reconnect === undefined) return !this.#isAccepted && this.#failures === 1 && lost.code === 'ERR_CONNECTION_LOST';
    onState({ phase: 'interrupted' });
    return (await reconnect(this.#failures)) && !isEnded(signal);
  }
}

function isEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Nobody of that name is there, or another window of theirs has the transfer in hand still. */
function isAway({ code, remote }: FerryError): boolean {
  return code === 'ERR_PEER_UNREACHABLE' || code === 'ERR_PEER_MISMATCH' || (remote && code === 'ERR_BUSY');
}

/** The outcome of what was moved; `end` is the one that cut it short. */
function sumUp(moved: Moved, offer: Offer, end: TransferOutcome | undefined): TransferOutcome {
  const kept = [...moved.arrived.keys()];
  const bytes = totalSize(kept.flatMap((n) => offer.items[n] ?? []));
  const failed = failuresOf(moved, offer, end);
  const [first] = failed;
  if (first === undefined && end === undefined) {
    return { phase: 'delivered', bytes, digests: [...moved.arrived.values()].flatMap((sha256) => sha256 ?? []) };
  }
  if (end?.phase === 'cancelled') return kept.length === 0 ? end : { ...end, arrived: kept };
  if (kept.length > 0) return { phase: 'partly', bytes, arrived: kept, failed };
  if (end !== undefined && end.phase !== 'failed') return end;
  const error = end?.error ?? first?.error;
  if (error === undefined) throw new TypeError('a transfer without an end');
  return { phase: 'failed', error, ...(failed.length > 1 ? { failed } : {}) };
}

/** Why each item that did not arrive did not: by itself, or by what ended them all. */
function failuresOf({ arrived, failed }: Moved, { items }: Offer, end: TransferOutcome | undefined): readonly ItemFailure[] {
  return items.flatMap((_, n) => {
    const error = failed.get(n) ?? (end?.phase === 'failed' ? end.error : undefined);
    return arrived.has(n) || error === undefined ? [] : [{ n, error }];
  });
}

function outcomeOf(error: FerryError, signal: AbortSignal): TransferOutcome {
  if (signal.aborted) return { phase: 'cancelled', by: 'me' };
  if (!error.remote) return { phase: 'failed', error };
  if (error.code === 'ERR_OFFER_DECLINED') return { phase: 'declined' };
  if (error.code === 'ERR_OFFER_EXPIRED') return { phase: 'expired' };
  if (error.code === 'ERR_CANCELLED') return { phase: 'cancelled', by: 'peer' };
  return { phase: 'failed', error };
}

// One transfer to one peer, from reaching a window of theirs to its end. Straight-line code; what observers see is one union.

import { FerryError, toFerryError } from '../base/errors.ts';
import { randomToken } from '../base/token.ts';
import type { Address } from '../peers/address.ts';
import type { Dial, PeerLink } from '../peers/link.ts';
import type { PeerId } from '../peers/peerId.ts';
import { offerCall, withdrawOfferCall } from '../wire/calls.ts';
import { type Offer, type OfferAnswer, type OutgoingItem, totalSize } from '../wire/item.ts';
import { type ItemFailure, type Moved, moveItems } from './moveItems.ts';
import { firstToAnswer } from './reach.ts';

export type TransferState =
  | { readonly phase: 'reaching' }
  | { readonly phase: 'waiting' }
  | { readonly phase: 'moving'; readonly sent: number; readonly total: number }
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
  /** Addresses of the peer's windows, the one to try first in front. */
  readonly addresses: readonly Address[];
  readonly senderName: string;
  readonly items: readonly OutgoingItem[];
};

export type TransferOptions = {
  readonly dial: Dial;
  readonly signal: AbortSignal;
  readonly onState: (state: TransferState) => void;
  /** Called once with the address that answered. */
  readonly onReached?: (address: Address) => void;
};

/** Sends items to a peer. Never fails: every end is an outcome, and `onState` has seen it last. */
export async function transfer(request: TransferRequest, options: TransferOptions): Promise<TransferOutcome> {
  const outcome = await run(request, options);
  options.onState(outcome);
  return outcome;
}

async function run(request: TransferRequest, options: TransferOptions): Promise<TransferOutcome> {
  const { signal, onState } = options;
  const offer: Offer = {
    id: randomToken(),
    sender: { name: request.senderName },
    items: request.items.map((item) => item.offered),
  };
  let link: PeerLink | undefined;
  let isOffered = false;
  const dial = async (address: Address): Promise<PeerLink> => {
    link?.close();
    link = undefined;
    link = await options.dial(address, request.peerId, signal);
    return link;
  };
  const offerAt = async (address: Address): Promise<OfferAnswer> => {
    isOffered = false;
    const first = await dial(address);
    options.onReached?.(address);
    onState({ phase: 'waiting' });
    isOffered = true;
    try {
      return await first.call(offerCall(offer), signal);
    } catch (cause) {
      const lost = toFerryError(cause);
      if (lost.code !== 'ERR_CONNECTION_LOST' || signal.aborted) throw lost;
      return offerAgain(address, lost);
    }
  };
  /**
   * A listener that is flooded may close a connection before it has read a request. The id makes a second try harmless: a peer
   * that has seen the offer refuses it, and then, as when nobody is there any more, it counts that the first one was lost.
   */
  const offerAgain = async (address: Address, lost: FerryError): Promise<OfferAnswer> => {
    const second = await dial(address).catch(() => {
      throw lost;
    });
    return second.call(offerCall(offer), signal).catch((cause: unknown) => {
      const again = toFerryError(cause);
      throw again.remote && again.code !== 'ERR_OFFER_REPEATED' ? again : lost;
    });
  };
  // A link that was kept from an earlier transfer shows only with the offer that nobody is there any more.
  const isGone = (failure: FerryError): boolean => !isOffered || failure.code === 'ERR_PEER_UNREACHABLE';
  try {
    onState({ phase: 'reaching' });
    const answer = await firstToAnswer(request.addresses, offerAt, (failure) => !signal.aborted && isGone(failure));
    if (link === undefined) throw new TypeError('an answer came without a link');
    const { address } = link;
    const moved = await moveItems(
      { offerId: offer.id, answer, items: request.items, link, relink: () => dial(address) },
      { signal, onMoved: (sent, total) => onState({ phase: 'moving', sent, total }) },
    );
    const end = moved.end === undefined ? undefined : outcomeOf(moved.end, signal);
    if (end !== undefined && tellsPeer(end)) await link.tell(withdrawOfferCall(offer.id));
    return sumUp(moved, offer, end);
  } catch (cause) {
    const outcome = outcomeOf(toFerryError(cause), signal);
    if (link !== undefined && tellsPeer(outcome)) await link.tell(withdrawOfferCall(offer.id));
    return outcome;
  } finally {
    link?.close();
  }
}

/** The outcome of what was moved; `end` is the one that cut it short. */
function sumUp({ arrived, failed }: Moved, offer: Offer, end: TransferOutcome | undefined): TransferOutcome {
  const kept = arrived.map(({ n }) => n);
  const bytes = totalSize(kept.flatMap((n) => offer.items[n] ?? []));
  const [first] = failed;
  if (first === undefined) return { phase: 'delivered', bytes, digests: arrived.map(({ sha256 }) => sha256) };
  if (end?.phase === 'cancelled') return kept.length === 0 ? end : { ...end, arrived: kept };
  if (kept.length > 0) return { phase: 'partly', bytes, arrived: kept, failed };
  if (end !== undefined && end.phase !== 'failed') return end;
  return { phase: 'failed', error: end?.error ?? first.error, ...(failed.length > 1 ? { failed } : {}) };
}

function outcomeOf(error: FerryError, signal: AbortSignal): TransferOutcome {
  if (signal.aborted) return { phase: 'cancelled', by: 'me' };
  if (!error.remote) return { phase: 'failed', error };
  if (error.code === 'ERR_OFFER_DECLINED') return { phase: 'declined' };
  if (error.code === 'ERR_OFFER_EXPIRED') return { phase: 'expired' };
  if (error.code === 'ERR_CANCELLED') return { phase: 'cancelled', by: 'peer' };
  return { phase: 'failed', error };
}

/** A peer that answered with an error knows; one that we left, or whose item broke on our side, is told. */
function tellsPeer(outcome: TransferOutcome): boolean {
  return outcome.phase === 'cancelled' ? outcome.by === 'me' : outcome.phase === 'failed' && !outcome.error.remote;
}

// One transfer to one peer, from reaching a window of theirs to its end. Straight-line code; what observers see is one union.

import { exactly } from '../base/bytes.ts';
import { FerryError, toFerryError } from '../base/errors.ts';
import { randomToken } from '../base/token.ts';
import type { Address } from '../peers/address.ts';
import type { Dial, PeerLink } from '../peers/link.ts';
import type { PeerId } from '../peers/peerId.ts';
import { offerCall, withdrawOfferCall } from '../wire/calls.ts';
import { type Offer, type OfferAnswer, type OutgoingItem, totalSize } from '../wire/item.ts';
import { firstToAnswer } from './reach.ts';

export type TransferState =
  | { readonly phase: 'reaching' }
  | { readonly phase: 'waiting' }
  | { readonly phase: 'moving'; readonly sent: number; readonly total: number }
  | TransferOutcome;

/** How a transfer ends. Declined, expired and cancelled are outcomes, not errors. */
export type TransferOutcome =
  | { readonly phase: 'delivered'; readonly bytes: number; readonly digests: readonly Uint8Array[] }
  | { readonly phase: 'declined' }
  | { readonly phase: 'expired' }
  | { readonly phase: 'cancelled'; readonly by: 'me' | 'peer' }
  | { readonly phase: 'failed'; readonly error: FerryError };

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
   * A listener that is flooded may close a connection before it has read a request. The id makes a second try harmless: a peer that has
   * seen the offer refuses it, and then, as when nobody is there any more, it counts that the first one was lost.
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
    const digests = await moveItems(link, offer, answer, request.items, options);
    return { phase: 'delivered', bytes: totalSize(answer.items.flatMap(({ n }) => offer.items[n] ?? [])), digests };
  } catch (cause) {
    const outcome = outcomeOf(toFerryError(cause), signal);
    if (link !== undefined && tellsPeer(outcome)) await link.tell(withdrawOfferCall(offer.id));
    return outcome;
  } finally {
    link?.close();
  }
}

async function moveItems(
  link: PeerLink | undefined,
  offer: Offer,
  answer: OfferAnswer,
  items: readonly OutgoingItem[],
  { signal, onState }: TransferOptions,
): Promise<readonly Uint8Array[]> {
  if (link === undefined) throw new TypeError('an answer came without a link');
  const total = answer.items.reduce((sum, { n }) => sum + (items[n]?.offered.size ?? 0), 0);
  const digests: Uint8Array[] = [];
  let before = 0;
  onState({ phase: 'moving', sent: 0, total });
  for (const { n } of answer.items) {
    const item = items[n];
    if (item === undefined) throw new FerryError('ERR_MESSAGE_INVALID', 'the answer names an item that was not offered');
    const onSent = (bytes: number): void => onState({ phase: 'moving', sent: before + bytes, total });
    const { size } = item.offered;
    // A trailer says that the bytes before it are the item: other bytes than were offered must not get so far.
    const bytes = exactly(item.open(signal), size, () => changedSource(size));
    digests.push(await link.put({ offerId: offer.id, n, bytes, onSent }, signal));
    before += size;
  }
  return digests;
}

function changedSource(offered: number): FerryError {
  return new FerryError('ERR_SOURCE_CHANGED', 'the item does not have the size that was offered', { detail: { offered } });
}

function outcomeOf(error: FerryError, signal: AbortSignal): TransferOutcome {
  if (signal.aborted) return { phase: 'cancelled', by: 'me' };
  if (!error.remote) return { phase: 'failed', error };
  switch (error.code) {
    case 'ERR_OFFER_DECLINED':
      return { phase: 'declined' };
    case 'ERR_OFFER_EXPIRED':
      return { phase: 'expired' };
    case 'ERR_CANCELLED':
      return { phase: 'cancelled', by: 'peer' };
    default:
      return { phase: 'failed', error };
  }
}

/** A peer that answered with an error knows; one that we left, or whose item broke on our side, is told. */
function tellsPeer(outcome: TransferOutcome): boolean {
  return outcome.phase === 'cancelled' ? outcome.by === 'me' : outcome.phase === 'failed' && !outcome.error.remote;
}

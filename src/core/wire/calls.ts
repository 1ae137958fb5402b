// Every request of the protocol as one value: what is asked of which resource, with which body, and how its answer is read. A
// link makes calls; the listener has a route for each. The bytes of items are no messages and travel by themselves.

import { limits } from '../base/limits.ts';
import type { Offer, OfferAnswer } from './item.ts';
import {
  type PairingAnswer,
  type PairingRequest,
  type PeerInfo,
  parseOfferAnswer,
  parsePairingAnswer,
  parsePeerInfo,
  parseSharedItem,
  parseSharedPage,
  type SharedItem,
  type SharedPage,
  type TextMessage,
} from './messages.ts';

/**
 * A request with a JSON body or none. `parse` makes the answer of the parsed JSON body of a success, or fails with
 * ERR_MESSAGE_INVALID.
 */
export type Call<Answer> = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** The one status of a success: any other of 2xx is an error of the protocol. */
  readonly status: 200 | 202 | 204;
  /** How long its answer may take in all, whatever comes before it; 20 s where nothing is said. */
  readonly limitMs?: number;
  /** Whether it belongs to the connection of the call before it, so that a new one would not do. */
  readonly isBound?: true;
  /** Missing where a success has no body. */
  readonly parse?: (body: unknown) => Answer;
};

/** Who is there. */
export const peerCall: Call<PeerInfo> = { method: 'GET', path: '/v1/peer', status: 200, parse: parsePeerInfo };

/** Offers items, and waits for the person. */
export function offerCall(offer: Offer): Call<OfferAnswer> {
  return {
    ...{ method: 'POST', path: '/v1/offers', body: offer, status: 200 },
    limitMs: limits.offerLifeMs + limits.answerMs,
    parse: (body) => parseOfferAnswer(body, offer.items),
  };
}

/** Takes an offer back. */
export function withdrawOfferCall(offerId: string): Call<void> {
  return { method: 'DELETE', path: `/v1/offers/${offerId}`, status: 204 };
}

/** Sends a message. Made again under the same id, it is the same message. */
export function messageCall(message: TextMessage): Call<void> {
  return { method: 'POST', path: '/v1/messages', body: message, status: 202 };
}

/** Where the bytes of what is shared under an id are. */
export function sharedPath(id: string): string {
  return `/v1/shared/${id}`;
}

/** Asks for a page of a shared folder, or of all that is shared; `cursor` is what the page before ended with. */
export function sharedCall(folder?: string, cursor?: string): Call<SharedPage> {
  const query = [folder === undefined ? [] : `in=${folder}`, cursor === undefined ? [] : `cursor=${cursor}`].flat().join('&');
  return { method: 'GET', path: query === '' ? '/v1/shared' : `/v1/shared?${query}`, status: 200, parse: parseSharedPage };
}

/** Asks what is shared under an id, as an item. */
export function sharedItemCall(id: string): Call<SharedItem> {
  return { method: 'GET', path: `${sharedPath(id)}/item`, status: 200, limitMs: limits.sharedItemMs, parse: parseSharedItem };
}

/** Asks to pair. */
export function beginPairingCall(request: PairingRequest): Call<PairingAnswer> {
  return { method: 'POST', path: '/v1/pairings', body: request, status: 200, parse: parsePairingAnswer };
}

/** Shows the nonce that was committed to, in base64url. */
export function revealPairingCall(id: string, nonce: string): Call<void> {
  return { method: 'POST', path: `/v1/pairings/${id}`, body: { nonce }, status: 204, isBound: true };
}

/** Says that the person here sees the same code, and waits for the person there. */
export function confirmPairingCall(id: string): Call<void> {
  return {
    ...{ method: 'POST', path: `/v1/pairings/${id}/confirmation`, body: {}, status: 204, isBound: true },
    limitMs: limits.pairingLifeMs + limits.answerMs,
  };
}

/** Takes a request to pair back. */
export function withdrawPairingCall(id: string): Call<void> {
  return { method: 'DELETE', path: `/v1/pairings/${id}`, status: 204 };
}

// Every request of the protocol as one value: what is asked of which resource, with which body, and how its answer is read. A
// link makes calls; the listener has a route for each. The bytes of items are no messages and travel by themselves.

import type { Offer, OfferAnswer } from './item.ts';
import {
  type PairingAnswer,
  type PairingRequest,
  type PeerInfo,
  parseOfferAnswer,
  parsePairingAnswer,
  parsePeerInfo,
} from './messages.ts';

/**
 * A request with a JSON body or none. `parse` makes the answer of the parsed JSON body of a success, or fails with
 * ERR_MESSAGE_INVALID.
 */
export type Call<Answer> = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Missing where a success has no body. */
  readonly parse?: (body: unknown) => Answer;
};

/** Who is there. */
export const peerCall: Call<PeerInfo> = { method: 'GET', path: '/v1/peer', parse: parsePeerInfo };

/** Offers items, and waits for the person. */
export function offerCall(offer: Offer): Call<OfferAnswer> {
  return { method: 'POST', path: '/v1/offers', body: offer, parse: (body) => parseOfferAnswer(body, offer.items) };
}

/** Takes an offer back. */
export function withdrawOfferCall(offerId: string): Call<void> {
  return { method: 'DELETE', path: `/v1/offers/${offerId}` };
}

/** Asks to pair. */
export function beginPairingCall(request: PairingRequest): Call<PairingAnswer> {
  return { method: 'POST', path: '/v1/pairings', body: request, parse: parsePairingAnswer };
}

/** Shows the nonce that was committed to, in base64url. */
export function revealPairingCall(id: string, nonce: string): Call<void> {
  return { method: 'POST', path: `/v1/pairings/${id}`, body: { nonce } };
}

/** Says that the person here sees the same code, and waits for the person there. */
export function confirmPairingCall(id: string): Call<void> {
  return { method: 'POST', path: `/v1/pairings/${id}/confirmation`, body: {} };
}

/** Takes a request to pair back. */
export function withdrawPairingCall(id: string): Call<void> {
  return { method: 'DELETE', path: `/v1/pairings/${id}` };
}

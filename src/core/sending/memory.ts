// What of a transfer outlives its connections.

import type { FerryError } from '../base/errors.ts';
import { randomToken } from '../base/token.ts';
import type { Capability } from '../wire/capabilities.ts';
import type { OutgoingItem } from '../wire/item.ts';
import { ItemHash } from './itemHash.ts';

/** Why one item of an offer, its `n`th, did not arrive. */
export type ItemFailure = { readonly n: number; readonly error: FerryError };

/** In the place of what has left of an item that is to be sent from its beginning. */
export const fromBeginning = new ItemHash({ update: () => undefined, digest: () => new Uint8Array() });

/** What has become of the items of an offer so far. The digest of one is missing where the peer had it before it was asked. */
export type Moved = {
  readonly arrived: Map<number, Uint8Array | undefined>;
  readonly failed: Map<number, FerryError>;
  /** How often an item has to be sent from its beginning again: what arrived was not it, or it changed on the way. */
  readonly anew: Map<number, number>;
  /** What has left of an item, for its digest. */
  readonly hashes: Map<number, ItemHash>;
};

/**
 * The items of a delivery as they leave, and those of which there is nothing to send. `needs`: what the peer has to be capable of
 * to take what is in seals.
 */
export type Ready = {
  readonly needs: readonly Capability[];
  readonly outgoing: readonly { readonly n: number; readonly item: OutgoingItem }[];
  readonly failed: readonly ItemFailure[];
};

/** The offer that a delivery is known by, the items as they leave, and what has arrived. */
export type DeliveryMemory = { readonly offerId: string; readonly moved: Moved; ready: Ready | undefined };

/** Of nothing. */
export function nothingMoved(): Moved {
  return { arrived: new Map(), failed: new Map(), anew: new Map(), hashes: new Map() };
}

/** Of a delivery that has not begun, or of the offer of one that another process began. */
export function newMemory(offerId: string = randomToken()): DeliveryMemory {
  return { offerId, moved: nothingMoved(), ready: undefined };
}

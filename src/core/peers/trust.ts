// Trust: what a peer may do, by how well it is known. Decisions only; what is shown and asked is the editor's.

import { FerryError } from '../base/errors.ts';
import type { OfferedItem } from '../wire/item.ts';
import { type AutoAccept, type Standing } from './peers.ts';

/** What peers that were never met may do: be asked about, only ask to pair, or nothing. */
export type UnknownPeers = 'ask' | 'pairFirst' | 'refuse';

/** Refuses what a peer may not even ask. Fails with ERR_PEER_REJECTED or ERR_NOT_PAIRED. */
export function checkMayOffer(trust: Standing, unknownPeers: UnknownPeers): void {
  if (trust === 'blocked') throw new FerryError('ERR_PEER_REJECTED', 'the peer is blocked');
  if (trust !== 'unknown') return;
  if (unknownPeers === 'refuse') throw new FerryError('ERR_PEER_REJECTED', 'peers that were never met are refused');
  if (unknownPeers === 'pairFirst') throw new FerryError('ERR_NOT_PAIRED', 'peers that were never met must pair first');
}

/** Refuses a message that a peer may not write. Fails as checkMayOffer; this person's own windows show the same messages. */
export function checkMayWrite(trust: Standing, unknownPeers: UnknownPeers): void {
  if (trust === 'own') throw new FerryError('ERR_PEER_REJECTED', 'the messages of this person are here already');
  checkMayOffer(trust, unknownPeers);
}

/** Refuses a request to pair. Fails with ERR_PEER_REJECTED. */
export function checkMayPair(trust: Standing, unknownPeers: UnknownPeers): void {
  const refused = trust === 'own' || trust === 'blocked' || (trust === 'unknown' && unknownPeers === 'refuse');
  if (refused) throw new FerryError('ERR_PEER_REJECTED', 'the peer may not ask to pair');
}

/**
 * Whether an offer is accepted without a question: from this person's other windows, and from a paired peer where all of it is
 * allowed.
 */
export function isAutoAccepted(trust: Standing, items: readonly OfferedItem[], rule: AutoAccept | undefined): boolean {
  if (trust === 'own') return true;
  if (trust !== 'paired' || rule === undefined) return false;
  const total = items.reduce((sum, item) => sum + item.size, 0);
  return total <= rule.maxBytes && items.every((item) => rule.kinds.includes(item.kind));
}

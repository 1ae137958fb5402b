// Trust: what a peer may do, by how well it is known, and when something about it is alarming. Decisions only; what is shown and
// asked is the editor's.

import { FerryError } from '../base/errors.ts';
import { collisionKey } from '../text/safeName.ts';
import { plain } from '../text/safeText.ts';
import type { OfferedItem } from '../wire/item.ts';
import { formatAddress } from './address.ts';
import type { PeerId } from './peerId.ts';
import type { AutoAccept, BookEntry, Standing } from './peers.ts';

/** What peers that were never met may do: be asked about, only ask to pair, or nothing. */
export type UnknownPeers = 'ask' | 'pairFirst' | 'refuse';

/** Refuses what a peer may not even ask. Fails with ERR_PEER_REJECTED or ERR_NOT_PAIRED. */
export function checkMayOffer(trust: Standing, unknownPeers: UnknownPeers): void {
  if (trust === 'blocked') throw new FerryError('ERR_PEER_REJECTED', 'the peer is blocked');
  if (trust !== 'unknown') return;
  if (unknownPeers === 'refuse') throw new FerryError('ERR_PEER_REJECTED', 'peers that were never met are refused');
  if (unknownPeers === 'pairFirst') throw new FerryError('ERR_NOT_PAIRED', 'peers that were never met must pair first');
}

/** Refuses a request to pair. Fails with ERR_PEER_REJECTED. */
export function checkMayPair(trust: Standing, unknownPeers: UnknownPeers): void {
  const refused = trust === 'own' || trust === 'blocked' || (trust === 'unknown' && unknownPeers === 'refuse');
  if (refused) throw new FerryError('ERR_PEER_REJECTED', 'the peer may not ask to pair');
}

/**
 * Whether an offer is accepted without a question: from this person's other windows, and from a paired peer where all of it is allowed.
 */
export function isAutoAccepted(trust: Standing, items: readonly OfferedItem[], rule: AutoAccept | undefined): boolean {
  if (trust === 'own') return true;
  if (trust !== 'paired' || rule === undefined) return false;
  const total = items.reduce((sum, item) => sum + item.size, 0);
  return total <= rule.maxBytes && items.every((item) => rule.kinds.includes(item.kind));
}

/**
 * The peer that somebody unknown seems to be: one with the same name, or at the same address, but with another key. Either the peer
 * has a new key or somebody pretends to be it; a person has to find out.
 */
export function namesakeOf(
  stranger: { readonly id: PeerId; readonly name: string; readonly addresses: readonly Parameters<typeof formatAddress>[0][] },
  book: readonly BookEntry[],
): BookEntry | undefined {
  if (book.some((entry) => entry.id === stranger.id && entry.trust !== 'unknown')) return undefined;
  const name = nameKey(stranger.name);
  const addresses = new Set(stranger.addresses.map(formatAddress));
  return book.find((entry) => {
    if (entry.id === stranger.id || (entry.trust !== 'known' && entry.trust !== 'paired')) return false;
    const names = [entry.name, entry.nickname ?? ''].map(nameKey).filter((known) => known !== '');
    return (name !== '' && names.includes(name)) || entry.addresses.some((address) => addresses.has(formatAddress(address)));
  });
}

function nameKey(name: string): string {
  return collisionKey(plain(name)).trim();
}

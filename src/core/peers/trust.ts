// Trust: what a peer may do, by how well it is known, and when something about it is alarming. Decisions only; what is shown and
// asked is the editor's.

import { FerryError } from '../base/errors.ts';
import { readLookAlikes } from '../text/confusables.ts';
import { plain, shownName } from '../text/safeText.ts';
import type { OfferedItem } from '../wire/item.ts';
import { formatAddress } from './address.ts';
import { fingerprintOf, type PeerId } from './peerId.ts';
import { type AutoAccept, type BookEntry, calledBy, type Standing } from './peers.ts';

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
 * Whether an offer is accepted without a question: from this person's other windows, and from a paired peer where all of it is
 * allowed.
 */
export function isAutoAccepted(trust: Standing, items: readonly OfferedItem[], rule: AutoAccept | undefined): boolean {
  if (trust === 'own') return true;
  if (trust !== 'paired' || rule === undefined) return false;
  const total = items.reduce((sum, item) => sum + item.size, 0);
  return total <= rule.maxBytes && items.every((item) => rule.kinds.includes(item.kind));
}

/** Somebody who asks for something: who it is by its key, and what it calls itself now. */
export type Claimant = {
  readonly id: PeerId;
  readonly name: string;
  readonly addresses: readonly Parameters<typeof formatAddress>[0][];
};

/**
 * Another peer in the book for whom somebody can be taken: one whose name looks the same, or, for somebody who was never met, one
 * that was at the same address. Either that peer has a new key, or somebody uses its name; a person has to find out. It needs a
 * large table: whoever is there at the start of the editor loads it on demand.
 */
export function namesakeOf(claimant: Claimant, book: readonly BookEntry[]): BookEntry | undefined {
  const own = book.find((entry) => entry.id === claimant.id);
  const others = book.filter((entry) => entry.id !== claimant.id);
  const lookAlikes = readLookAlikes();
  const keysOf = (names: readonly string[]): ReadonlySet<string> => {
    // A name that is longer than the screen shows looks like every other that begins in the same way.
    const keys = names.flatMap((name) => [...lookAlikes(name), ...lookAlikes(shownName(name))]);
    return new Set(keys.filter((key) => key !== ''));
  };
  const claimed = keysOf(namesClaimed(own, claimant));
  const looksLike = (entry: BookEntry): boolean => [...keysOf(namesHeld(entry))].some((key) => claimed.has(key));
  const addresses = own === undefined || own.trust === 'unknown' ? new Set(claimant.addresses.map(formatAddress)) : new Set();
  const isAt = (entry: BookEntry): boolean =>
    (entry.trust === 'known' || entry.trust === 'paired') && entry.addresses.some((at) => addresses.has(formatAddress(at)));
  return others.find(looksLike) ?? others.find(isAt);
}

/** What a peer is known by here, and what it calls itself where that is something new. */
function namesClaimed(own: BookEntry | undefined, { id, name }: Claimant): readonly string[] {
  const { name: shown, callsItself } = calledBy(own, { id, name });
  return callsItself === undefined ? [shown] : [shown, callsItself];
}

/** A peer without a name is shown by its fingerprint, which somebody else may take for a name. */
function namesHeld({ id, name, nickname }: BookEntry): readonly string[] {
  const names = [name, nickname ?? ''].filter((held) => plain(held) !== '');
  return names.length > 0 ? names : [fingerprintOf(id)];
}

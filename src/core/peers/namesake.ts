// When somebody can be taken for another peer: by a name that looks the same, or by an address. It needs a large table of
// look-alikes, so whoever is there at the start of the editor loads it on demand.

import { readLookAlikes } from '../text/confusables.ts';
import { plain, shownName } from '../text/safeText.ts';
import { formatAddress } from './address.ts';
import { fingerprintOf, type PeerId } from './peerId.ts';
import { type BookEntry, calledBy } from './peers.ts';

/** Somebody who asks for something: who it is by its key, and what it calls itself now. */
export type Claimant = {
  readonly id: PeerId;
  readonly name: string;
  readonly addresses: readonly Parameters<typeof formatAddress>[0][];
};

/**
 * Another peer in the book for whom somebody can be taken: one whose name looks the same, or, for somebody who was never met, one
 * that was at the same address. Either that peer has a new key, or somebody uses its name; a person has to find out.
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

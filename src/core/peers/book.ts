// The book of peers: what is remembered between sessions. Changes go through one function, so that two windows that write at the
// same time both win.

import type { Event } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import { type Address, formatAddress } from './address.ts';
import type { PeerId } from './peerId.ts';
import type { BookEntry, Standing } from './peers.ts';

export type PeerBook = {
  readonly onDidChange: Event<void>;
  entries(): readonly BookEntry[];
  find(id: PeerId): BookEntry | undefined;
  /** How far a peer is trusted: `unknown` where it is not in the book. */
  trustOf(id: PeerId): Standing;
  /** Changes one entry, made first where there is none. Fails where the book cannot be written. */
  change(id: PeerId, change: (entry: BookEntry) => BookEntry): Promise<void>;
};

/** What is known of a peer who was never met. */
export function blankEntry(id: PeerId): BookEntry {
  return { id, name: '', trust: 'unknown', addresses: [], lastUsed: 0 };
}

/** The entry with an address that just worked in front. */
export function withAddress(entry: BookEntry, address: Address): BookEntry {
  const key = formatAddress(address);
  const others = entry.addresses.filter((other) => formatAddress(other) !== key);
  return { ...entry, addresses: [address, ...others].slice(0, limits.addressesRemembered) };
}

/** The entry after an item passed between the two: at least known from now on. */
export function met(entry: BookEntry, name: string, now = Date.now()): BookEntry {
  const trust = entry.trust === 'unknown' ? 'known' : entry.trust;
  const told = entry.nickname === undefined ? keptName(name) : entry.name;
  return { ...entry, name: told, trust, lastUsed: now, lastSeen: now, firstSeen: entry.firstSeen ?? now };
}

/** A name as it can be kept: no longer than a display name may be. */
export function keptName(name: string): string {
  let kept = name;
  while (new TextEncoder().encode(kept).length > limits.displayNameBytes) kept = Array.from(kept).slice(0, -1).join('');
  return kept;
}

/** The entries after a change of one of them; the one not used for longest gives way when there are too many. */
export function changeEntry(
  entries: readonly BookEntry[],
  id: PeerId,
  change: (entry: BookEntry) => BookEntry,
): readonly BookEntry[] {
  const before = entries.find((entry) => entry.id === id) ?? blankEntry(id);
  const others = entries.filter((entry) => entry.id !== id);
  return [change(before), ...others].sort((a, b) => b.lastUsed - a.lastUsed).slice(0, limits.peersRemembered);
}

// The book of peers: what is remembered between sessions. Changes go through one function, so that two windows that write at the
// same time both win.

import { cutToBytes } from '../base/bytes.ts';
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
  /** Changes one entry, made first where there is none; undefined removes it. Fails where the book cannot be read or written. */
  change(id: PeerId, change: (entry: BookEntry) => BookEntry | undefined): Promise<void>;
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

/** The entry after an item passed between the two: at least known from now on. `name` is what the peer calls itself. */
export function met(entry: BookEntry, name: string, now = Date.now()): BookEntry {
  const trust = entry.trust === 'unknown' ? 'known' : entry.trust;
  // The name that was accepted first stays: a peer cannot turn into somebody else by calling itself so.
  const isSettled = name === entry.nickname || (entry.trust !== 'unknown' && entry.name !== '');
  const kept = isSettled ? entry.name : keptName(name);
  return { ...entry, name: kept, trust, lastUsed: now, lastSeen: now, firstSeen: entry.firstSeen ?? now };
}

/** A name as it can be kept and told: well-formed, and no longer than a display name may be. */
export function keptName(name: string): string {
  return cutToBytes(name.toWellFormed(), limits.displayNameBytes);
}

/**
 * The entries after a change of one of them; one that becomes undefined goes. When there are too many, strangers give
 * way before those who were met, and of each those not used for longest; who is paired or blocked stays.
 */
export function changeEntry(
  entries: readonly BookEntry[],
  id: PeerId,
  change: (entry: BookEntry) => BookEntry | undefined,
): readonly BookEntry[] {
  const before = entries.find((entry) => entry.id === id) ?? blankEntry(id);
  const others = entries.filter((entry) => entry.id !== id);
  const changed = change(before);
  const kept = changed === undefined ? others : [changed, ...others];
  return withoutSurplus(kept.toSorted((a, b) => b.lastUsed - a.lastUsed));
}

function withoutSurplus(entries: readonly BookEntry[]): readonly BookEntry[] {
  if (entries.length <= limits.peersRemembered) return entries;
  const ranked = (['paired', 'blocked', 'known', 'unknown'] as const).map((trust) =>
    entries.filter((entry) => entry.trust === trust),
  );
  const [paired = [], blocked = [], ...others] = ranked;
  const places = Math.max(0, limits.peersRemembered - paired.length - blocked.length);
  const staying = new Set([...paired, ...blocked, ...others.flat().slice(0, places)]);
  return entries.filter((entry) => staying.has(entry));
}

/** Whether nothing is known of a peer, so that there is nothing to remember. */
export function isBlank(entry: BookEntry): boolean {
  const told = Object.values({ ...entry, id: undefined, trust: undefined, addresses: undefined });
  const isTold = told.some((value) => value !== undefined && value !== '' && value !== 0);
  return !isTold && entry.trust === 'unknown' && entry.addresses.length === 0;
}

// Peers as the person sees them: one per key, with all the windows that answer under it.

import { shownName } from '../text/safeText.ts';
import type { OfferedItem } from '../wire/item.ts';
import type { SealKeyJwk } from '../wire/sealKey.ts';
import type { Address } from './address.ts';
import type { PeerId } from './peerId.ts';

/**
 * `unknown`: never met. `known`: an offer was accepted, in either direction. `paired`: two people compared a code, or one pasted
 * the other's peer ID. `blocked`: its connections are closed after the handshake.
 */
export type Trust = 'unknown' | 'known' | 'paired' | 'blocked';

/** What is accepted unasked from a paired peer: kinds of items, and how many bytes an offer may have. */
export type AutoAccept = { readonly kinds: readonly OfferedItem['kind'][]; readonly maxBytes: number };

/** One window of a peer that answered. `focusedAt` is on this machine's monotonic clock, in milliseconds. */
export type PeerWindow = {
  readonly window: string;
  readonly peerId: PeerId;
  readonly address: Address;
  readonly name: string;
  readonly focusedAt: number;
  readonly sealKey?: SealKeyJwk | undefined;
};

/** Who somebody is: the key, and the name that it is known by. */
export type NamedPeer = {
  readonly id: PeerId;
  /**
   * What the person calls the peer, or the name under which it was accepted first, or what it calls itself; not yet fit for the
   * screen.
   */
  readonly name: string;
  /** What it calls itself now, where it was met under another name. */
  readonly callsItself?: string | undefined;
};

export type Peer = NamedPeer & {
  readonly trust: Trust;
  /** Those that answered, the one focused last in front. */
  readonly windows: readonly PeerWindow[];
  /** Milliseconds since 1970, 0 for never. */
  readonly lastUsed: number;
};

/** What is remembered of a peer between sessions. */
export type BookEntry = {
  readonly id: PeerId;
  /** What it called itself when the person accepted it first, or before that the last time. */
  readonly name: string;
  readonly trust: Trust;
  /** Those that worked, the last one in front. */
  readonly addresses: readonly Address[];
  readonly lastUsed: number;
  /** What this person calls the peer, instead of how it calls itself. */
  readonly nickname?: string | undefined;
  /** Milliseconds since 1970. */
  readonly firstSeen?: number | undefined;
  readonly lastSeen?: number | undefined;
  /** What is accepted from this peer unasked, once it is paired. */
  readonly autoAccept?: AutoAccept | undefined;
  /** Whether it may list this person's shared folder, and get files from it. */
  readonly grants?: { readonly list: boolean; readonly get: boolean } | undefined;
  /** The key that items for this peer are sealed with, as first seen. */
  readonly sealKey?: SealKeyJwk | undefined;
};

/**
 * Under which name a peer is shown that calls itself `name`: the one that the person gave it or accepted it under, whatever it
 * says now. `entry` is what the book has of it.
 */
export function calledBy(entry: BookEntry | undefined, { id, name }: { readonly id: PeerId; readonly name: string }): NamedPeer {
  const isMet = entry !== undefined && entry.trust !== 'unknown' && entry.name !== '';
  const shown = entry?.nickname ?? (isMet ? entry.name : name);
  const changed = isMet && name !== entry.name && name !== shown && shownName(name) !== '';
  return changed ? { id, name: shown, callsItself: name } : { id, name: shown };
}

/**
 * Merges the windows that answered with what is remembered: one peer per key, the most recently used first, then by name.
 * Peers of whom no window answered are kept when they are in the book: an address that worked may work again.
 */
export function mergePeers(windows: readonly PeerWindow[], book: readonly BookEntry[]): readonly Peer[] {
  const remembered = new Map(book.map((entry) => [entry.id, entry]));
  const ids = new Set<PeerId>([...windows.map((window) => window.peerId), ...remembered.keys()]);
  return [...ids]
    .map((id): Peer => {
      const own = windows.filter((window) => window.peerId === id).sort((a, b) => b.focusedAt - a.focusedAt);
      const entry = remembered.get(id);
      return {
        ...calledBy(entry, { id, name: own[0]?.name ?? entry?.name ?? '' }),
        trust: entry?.trust ?? 'unknown',
        windows: own,
        lastUsed: entry?.lastUsed ?? 0,
      };
    })
    .sort((a, b) => b.lastUsed - a.lastUsed || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

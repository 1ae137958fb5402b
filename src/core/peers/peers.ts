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

/** How far a peer is trusted. `own`: another window of this very person, which is never in the book. */
export type Standing = Trust | 'own';

/** The kinds of items that can be accepted unasked. A folder never is: it can hold anything. */
export const autoAcceptKinds = ['file', 'snippet', 'dictionary', 'sealed'] as const satisfies readonly OfferedItem['kind'][];

/** What is accepted unasked from a paired peer: kinds of items, and how many bytes an offer may have. */
export type AutoAccept = { readonly kinds: readonly OfferedItem['kind'][]; readonly maxBytes: number };

/** One window of a peer that answered. `focusedAt` is on this machine's monotonic clock, in milliseconds. */
export type PeerWindow = {
  readonly window: string;
  readonly peerId: PeerId;
  readonly address: Address;
  readonly name: string;
  readonly focusedAt: number;
  /** What is open in it, which windows of one person tell each other alone; not yet fit for the screen. */
  readonly workspace?: string | undefined;
  readonly sealKey?: SealKeyJwk | undefined;
  /** What it says that it can do; none where it was not asked. */
  readonly capabilities?: readonly string[];
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

/**
 * Somebody else with all windows, or one other window of this person's own: `trust` is `own` then, and `windows` has that one.
 */
export type Peer = NamedPeer & {
  readonly trust: Standing;
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
  /** Where what is saved of this peer lands, in place of the folder for received files: an absolute path. */
  readonly receiveFolder?: string | undefined;
  /** Whether it may list this person's shared folder, and get files from it. */
  readonly grants?: { readonly list: boolean; readonly get: boolean } | undefined;
  /** The key that items for this peer are sealed with, as first seen. */
  readonly sealKey?: SealKeyJwk | undefined;
};

/** What tells peers of a list apart: the key, and the window where it is this person's own. */
export function peerKey(peer: Pick<Peer, 'id' | 'trust' | 'windows'>): string {
  return peer.trust === 'own' ? `${peer.id}/${peer.windows[0]?.window ?? ''}` : peer.id;
}

/** Whether a window of this person's own is on this computer, and not on another one under the same identity. */
export function isHere(peer: Pick<Peer, 'windows'>): boolean {
  return peer.windows.some(({ address: { host } }) => /^127\.|^(?:::ffff:127\.|::1$)|^localhost$/i.test(host));
}

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
 * Merges the windows that answered with what is remembered. This person's own windows come first, each by itself, those on this
 * computer in front. Others are one peer per key, the most recently used first, then by name; those of whom no window answered
 * are kept when they are in the book: an address that worked may work again.
 */
export function mergePeers(windows: readonly PeerWindow[], book: readonly BookEntry[], own?: PeerId): readonly Peer[] {
  const ownWindows = windows.filter((window) => window.peerId === own);
  const others = windows.filter((window) => window.peerId !== own);
  return [...ownWindows.map(ownPeer).sort(compareOwn), ...otherPeers(others, book)];
}

function ownPeer(window: PeerWindow): Peer {
  return { id: window.peerId, name: window.name, trust: 'own', windows: [window], lastUsed: 0 };
}

/** By place and name, and not by focus: a list must not change its order while it is looked at. */
function compareOwn(a: Peer, b: Peer): number {
  const workspaceOf = ({ windows: [window] }: Peer): string => window?.workspace ?? '';
  return (
    Number(isHere(b)) - Number(isHere(a)) ||
    a.name.localeCompare(b.name) ||
    workspaceOf(a).localeCompare(workspaceOf(b)) ||
    peerKey(a).localeCompare(peerKey(b))
  );
}

function otherPeers(windows: readonly PeerWindow[], book: readonly BookEntry[]): readonly Peer[] {
  const remembered = new Map(book.map((entry) => [entry.id, entry]));
  const ids = new Set<PeerId>([...windows.map((window) => window.peerId), ...remembered.keys()]);
  return [...ids]
    .map((id): Peer => {
      const theirs = windows.filter((window) => window.peerId === id).sort((a, b) => b.focusedAt - a.focusedAt);
      const entry = remembered.get(id);
      return {
        ...calledBy(entry, { id, name: theirs[0]?.name ?? entry?.name ?? '' }),
        trust: entry?.trust ?? 'unknown',
        windows: theirs,
        lastUsed: entry?.lastUsed ?? 0,
      };
    })
    .sort((a, b) => b.lastUsed - a.lastUsed || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

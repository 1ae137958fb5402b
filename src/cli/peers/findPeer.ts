// The peer that a person means: by its name, the name that they gave it, its fingerprint, its whole ID, an invite or an address.

import { FerryError, isFerryError, toFerryError } from '../../core/base/errors.ts';
import { pause } from '../../core/base/pause.ts';
import { type Address, formatAddress, parseAddress } from '../../core/peers/address.ts';
import { parseInvite } from '../../core/peers/invite.ts';
import { fingerprintOf, type PeerId } from '../../core/peers/peerId.ts';
import type { BookEntry, Peer } from '../../core/peers/peers.ts';
import { plain } from '../../core/text/safeText.ts';
import { exitCodeOf, exitCodes } from '../exitCodes.ts';
import type { OwnPeer } from '../own/ownPeer.ts';
import { Refusal } from '../refusal.ts';
import { candidateLines, errorWords, peerWords, wholePeerWords } from '../terminal/words.ts';

export type FindOptions = {
  readonly signal: AbortSignal;
  /** How long it is looked for. */
  readonly timeoutMs: number;
};

/** How long a peer is looked for where nothing is said. */
export const findSeconds = 10;

/**
 * How long others of the same name may take to show up, after the first: who has said where it is does not say so again within a
 * second (RFC 6762 section 6), and takes a moment to be greeted.
 */
const othersMs = 1_500;

/** Finds a peer. Refuses where there is none or none answers, where several are meant, and where it is blocked. */
export async function findPeer(own: OwnPeer, wanted: string, options: FindOptions): Promise<Peer> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  const peer = await found(own, wanted.trim(), { ...options, signal }).catch((cause: unknown) => {
    if (options.signal.aborted) throw new FerryError('ERR_CANCELLED', 'cancelled while looking for a peer');
    throw cause;
  });
  if (own.book.trustOf(peer.id) === 'blocked') {
    throw new Refusal(exitCodes.notTrusted, `${wholePeerWords(peer, 'blocked')} is blocked by you.`);
  }
  return peer;
}

async function found(own: OwnPeer, wanted: string, { signal }: FindOptions): Promise<Peer> {
  const address = attempt(() => parseAddress(wanted));
  if (address !== undefined) return at(own, address, undefined, signal);
  const invite = attempt(() => parseInvite(wanted));
  if (invite !== undefined) {
    for (const place of invite.addresses) {
      const peer = await at(own, place, invite.id, signal).catch(() => undefined);
      if (peer !== undefined) return peer;
    }
    return byId(own, invite.id, signal);
  }
  const known = own.book.entries().filter((entry) => isMet(entry) && isCalled(entry, wanted));
  const [only, ...others] = known;
  if (others.length > 0)
    throw several(
      wanted,
      known.map((entry) => ({ ...entry, windows: [] })),
    );
  return only === undefined ? byName(own, wanted, signal) : byId(own, only.id, signal);
}

async function at({ session, own }: OwnPeer, address: Address, expect: PeerId | undefined, signal: AbortSignal): Promise<Peer> {
  const window = await session.directory.greet(address, { expect, signal }).catch((cause: unknown) => {
    throw unanswered(cause, formatAddress(address));
  });
  const peer = session.directory.peers.find(({ windows }) => windows.some((one) => one.window === window.window));
  if (peer === undefined)
    throw new FerryError('ERR_PEER_UNREACHABLE', 'the peer has gone', { detail: { own: window.peerId === own } });
  return peer;
}

async function byId({ session, book }: OwnPeer, id: PeerId, signal: AbortSignal): Promise<Peer> {
  const isIt = (peer: Peer): boolean => peer.id === id;
  await session.directory.windowsOf(id);
  const there = session.directory.peers.find((peer) => isIt(peer) && peer.windows.length > 0);
  if (there !== undefined) return there;
  return session.directory.appears(isIt, signal).catch((cause: unknown) => {
    const entry = book.find(id);
    throw entry !== undefined && isMet(entry) ? unanswered(cause, peerWords(entry)) : nobody(fingerprintOf(id));
  });
}

async function byName({ session }: OwnPeer, wanted: string, signal: AbortSignal): Promise<Peer> {
  const { directory } = session;
  const isIt = (peer: Peer): boolean => isCalled(peer, wanted);
  const first = await directory.appears(isIt, signal).catch(() => {
    throw nobody(wanted);
  });
  // Somebody else may have the name as well, and then it is not for us to choose.
  await pause(othersMs, signal);
  await directory.greetNew();
  const all = directory.peers.filter((peer) => peer.windows.length > 0 && isIt(peer));
  if (new Set(all.map(({ id }) => id)).size > 1) throw several(wanted, all);
  return all.find(({ id }) => id === first.id) ?? first;
}

function isMet({ trust, nickname }: BookEntry): boolean {
  return trust !== 'unknown' || nickname !== undefined;
}

type Called = { readonly id: PeerId; readonly name: string; readonly nickname?: string | undefined };

/** Whether somebody goes by this name, or has this fingerprint. */
function isCalled({ id, name, nickname }: Called, wanted: string): boolean {
  const names = [peerWords({ id, name }), ...(nickname === undefined ? [name] : [nickname])];
  const isName = names.some((one) => one.toLowerCase() === wanted.toLowerCase());
  return isName || fingerprintOf(id).replace('-', '') === wanted.toUpperCase().replaceAll(/[\s-]/g, '');
}

function unanswered(cause: unknown, name: string): Refusal {
  const error = toFerryError(cause);
  return new Refusal(exitCodeOf(error.code), errorWords(error, name));
}

function nobody(wanted: string): Refusal {
  return new Refusal(
    exitCodes.noPeer,
    `Nobody called ${plain(wanted)} was found. Run "ferry peers" to see who is there, or name the peer by its address.`,
  );
}

function several(wanted: string, peers: readonly Pick<Peer, 'id' | 'name' | 'trust' | 'windows' | 'lastUsed'>[]): Refusal {
  return new Refusal(
    exitCodes.noPeer,
    `Several peers are called ${plain(wanted)}. Name the one that you mean by its fingerprint:`,
    candidateLines(peers),
  );
}

/** What is read, or undefined where it is nothing of the kind. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isFerryError(error)) return undefined;
    throw error;
  }
}

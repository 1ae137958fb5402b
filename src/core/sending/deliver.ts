// Delivers items to one peer, from what is known of it to what is remembered afterwards: its addresses, the key that items are
// sealed for, the transfer itself, and the peer in the book.

import { FerryError, toFerryError } from '../base/errors.ts';
import { background, type Log } from '../base/log.ts';
import { keptName, met, type PeerBook, withAddress } from '../peers/book.ts';
import type { Directory } from '../peers/directory.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { BookEntry, Peer } from '../peers/peers.ts';
import type { Session } from '../presence.ts';
import type { Recipient } from '../sealing/jwe/compactJwe.ts';
import { capabilitiesFor } from '../wire/capabilities.ts';
import type { ItemSource, OutgoingItem } from '../wire/item.ts';
import { type DeliveryMemory, type ItemFailure, newMemory, type Ready } from './memory.ts';
import { isOfSource } from './moveItems.ts';
import { dialWindow } from './reach.ts';
import { patientReconnect } from './reconnect.ts';
import { type TransferOutcome, type TransferState, transfer } from './transfer.ts';

/** How items are sealed: not at all, for the peer's own key, or for a passphrase, of which Ferry may have generated the words. */
export type Sealing =
  | { readonly kind: 'none' }
  | { readonly kind: 'key' }
  | { readonly kind: 'passphrase'; readonly passphrase: string; readonly generated: boolean };

export type Delivery = {
  readonly peer: Peer;
  readonly items: readonly ItemSource[];
  readonly sealing: Sealing;
  /** What this side calls itself. */
  readonly senderName: string;
};

export type DeliverOptions = {
  readonly session: Pick<Session, 'directory' | 'dial'>;
  readonly book: PeerBook;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onState: (state: TransferState) => void;
  /** That of an earlier attempt, for this one to go on where it stopped. */
  readonly memory?: DeliveryMemory;
  /** As TransferOptions.pauses. */
  readonly pauses?: () => boolean;
};

/** Delivers items. Never fails: every end is an outcome, and `onState` has seen it last where a transfer began. */
export async function deliver(delivery: Delivery, options: DeliverOptions): Promise<TransferOutcome> {
  const { peer, items, sealing, senderName } = delivery;
  const { session, book, log, signal, onState, pauses, memory = newMemory() } = options;
  try {
    // Another window of this person's own is meant by itself, whereas of somebody else's the one focused last counts.
    const window = peer.trust === 'own' ? peer.windows[0]?.window : undefined;
    const { directory } = session;
    memory.ready ??= await ready(
      await asTheyTakeThem(items, peer.id, directory),
      sealing.kind === 'key' ? await keyRecipient({ peer: peer.id, session, book }) : sealing,
      signal,
    );
    const { outgoing, failed, needs } = memory.ready;
    let isAgain = false;
    const moved = await transfer(
      {
        ...{ peerId: peer.id, senderName, items: outgoing.map(({ item }) => item) },
        ...{ offerId: memory.offerId, moved: memory.moved, needs },
        addresses: async () => {
          // Whoever is back may be back at another address.
          if (isAgain) await directory.findAgain(peer.id);
          isAgain = true;
          return directory.addressesOf(peer.id, window);
        },
      },
      {
        ...(pauses === undefined ? {} : { pauses }),
        reconnect: patientReconnect(signal),
        ...{ signal, onState, dial: window === undefined ? session.dial : dialWindow(session.dial, window) },
        onReached: (address) => {
          // Under the name that it is listed with, also where nothing comes of it.
          const named = (entry: BookEntry): BookEntry => ({ ...entry, name: entry.name || keptName(toldName(peer)) });
          const remembered = book.change(peer.id, (entry) => withAddress(named(entry), address));
          background(remembered, log, 'remembering an address');
        },
      },
    );
    const outcome = withLeftOut(
      moved,
      outgoing.map(({ n }) => n),
      failed,
    );
    if (outcome.phase === 'delivered' || outcome.phase === 'partly') await remember(book, peer, log);
    return outcome;
  } catch (cause) {
    const error = toFerryError(cause);
    return error.code === 'ERR_CANCELLED' ? { phase: 'cancelled', by: 'me' } : { phase: 'failed', error };
  }
}

/**
 * Items as the peer knows them: what a window of an earlier version has no kind for goes as the file that it is as well. Fails
 * with ERR_PEER_UNREACHABLE where that cannot be known now.
 */
async function asTheyTakeThem(
  items: readonly ItemSource[],
  peer: PeerId,
  directory: Pick<Directory, 'windowsOf'>,
): Promise<readonly ItemSource[]> {
  if (items.every(({ offered }) => offered.kind !== 'snippet')) return items;
  const windows = await directory.windowsOf(peer);
  if (windows.length === 0) {
    throw new FerryError('ERR_PEER_UNREACHABLE', 'no window of the peer answers', { detail: { reason: 'refused' } });
  }
  if (windows.every(({ capabilities }) => capabilities?.includes('snippets') === true)) return items;
  return items.map((item) => (item.offered.kind === 'snippet' ? { ...item, offered: { ...item.offered, kind: 'file' } } : item));
}

/**
 * The items as they leave. One of several whose source cannot be read is left out. Fails as sealing does, or as the only source.
 */
async function ready(
  items: readonly ItemSource[],
  recipient: Recipient | { readonly kind: 'none' },
  signal: AbortSignal,
): Promise<Ready> {
  if (recipient.kind === 'none')
    return { outgoing: items.map((item, n) => ({ n, item: { ...item, resumes: true } })), failed: [], needs: [] };
  const outgoing: { n: number; item: OutgoingItem }[] = [];
  const failed: ItemFailure[] = [];
  for (const [n, source] of items.entries()) {
    try {
      for (const item of await sealAll([source], recipient, signal)) outgoing.push({ n, item });
    } catch (cause) {
      const error = toFerryError(cause);
      if (signal.aborted || !isOfSource(error)) throw error;
      failed.push({ n, error });
    }
  }
  const [first] = failed;
  if (outgoing.length === 0 && first !== undefined) throw first.error;
  // What a passphrase seals is a file to whoever gets it.
  const needs = recipient.kind === 'key' ? capabilitiesFor(items.map(({ offered }) => offered)) : [];
  return { outgoing, failed, needs };
}

/** The outcome in the numbers of all items, `numbers` those of the ones that were offered, with those that were left out. */
function withLeftOut(outcome: TransferOutcome, numbers: readonly number[], leftOut: readonly ItemFailure[]): TransferOutcome {
  if (leftOut.length === 0) return outcome;
  const numberOf = (n: number): number => numbers[n] ?? n;
  const all = (failed: readonly ItemFailure[]): readonly ItemFailure[] =>
    [...leftOut, ...failed.map(({ n, error }) => ({ n: numberOf(n), error }))].sort((a, b) => a.n - b.n);
  switch (outcome.phase) {
    case 'delivered':
      return { phase: 'partly', bytes: outcome.bytes, arrived: numbers, failed: all([]) };
    case 'partly':
      return { ...outcome, arrived: outcome.arrived.map(numberOf), failed: all(outcome.failed) };
    case 'failed':
      return { ...outcome, failed: all(outcome.failed ?? numbers.map((_, n) => ({ n, error: outcome.error }))) };
    case 'cancelled':
      return outcome.arrived === undefined ? outcome : { ...outcome, arrived: outcome.arrived.map(numberOf) };
    case 'declined':
    case 'expired':
      return outcome;
  }
}

/** What a peer calls itself, whatever this person calls it. */
export function toldName(peer: Peer): string {
  return peer.windows[0]?.name ?? peer.callsItself ?? peer.name;
}

/** Items as they leave: their sizes are known, small ones are sealed when they are read. Fails as sealing does. */
export async function sealAll(
  items: readonly ItemSource[],
  recipient: Recipient,
  signal: AbortSignal,
): Promise<readonly OutgoingItem[]> {
  const { sealAllOutgoing } = await import('../sealing/items.ts');
  return sealAllOutgoing(items, recipient, signal);
}

export type SealKeyOptions = {
  readonly peer: PeerId;
  readonly session: { readonly directory: Pick<Directory, 'windowsOf'> };
  readonly book: PeerBook;
};

/**
 * Whom to seal for when it is a peer's own key: what one of its windows tells, which must be the one that was seen first. Fails
 * with ERR_KEY_MISSING, ERR_KEY_CHANGED or ERR_PEER_UNREACHABLE.
 */
export async function keyRecipient({ peer, session, book }: SealKeyOptions): Promise<Recipient> {
  const [window] = await session.directory.windowsOf(peer);
  const pinned = book.find(peer)?.sealKey;
  if (window === undefined && pinned === undefined) {
    throw new FerryError('ERR_PEER_UNREACHABLE', 'no window of the peer answers', { detail: { reason: 'refused' } });
  }
  const told = window === undefined ? pinned : window.sealKey;
  if (told === undefined) throw new FerryError('ERR_KEY_MISSING', 'the peer has no seal key', { detail: { recipient: true } });
  if (pinned !== undefined && (pinned.x !== told.x || pinned.y !== told.y)) {
    throw new FerryError('ERR_KEY_CHANGED', 'the seal key of the peer is another one than before');
  }
  if (pinned === undefined) await book.change(peer, (entry) => ({ ...entry, sealKey: told }));
  return { kind: 'key', key: told };
}

/** What was delivered is delivered, also where it cannot be written down. */
async function remember(book: PeerBook, peer: Peer, log: Log): Promise<void> {
  await book
    .change(peer.id, (entry) => met(entry, toldName(peer)))
    .catch((cause: unknown) => log.warn('a peer is not remembered', { code: toFerryError(cause).code }));
}

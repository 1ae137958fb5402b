// The entries of the inbox: what an offer was, how far it has come, and what is there of it.

import { FerryError } from '../base/errors.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { NamedPeer } from '../peers/peers.ts';
import type { Offer, OfferedItem, PlainItem } from '../wire/item.ts';
import type { ChosenPlace, Landing } from './store.ts';

/** What is done with an item once it is accepted. */
export type ReceiveAction = 'print' | 'save' | 'printAndSave' | 'open';

export type AcceptOptions = {
  /** Whether sealed items stay as they come. */
  readonly keepSealed?: boolean;
  /** Whether nobody was asked. Sealed items stay as they come then, since nobody knew what is in them. */
  readonly unasked?: boolean;
  /** Where what is saved lands, in place of the folder for received files. */
  readonly place?: ChosenPlace | undefined;
};

/** What is done with the items of an accepted offer, and where those that are saved land where that was chosen. */
export type Acceptance = { readonly action: ReceiveAction; readonly place?: ChosenPlace };

export type ReceivedItem = {
  readonly n: number;
  /** What the file is: out of its seal, or the seal itself where it stays on. */
  readonly item: PlainItem;
  /** Whose key opens it, where the file is still sealed. */
  readonly sealedFor?: 'key' | 'passphrase';
  /** Whether it travelled sealed. */
  readonly wasSealed: boolean;
  readonly path: string;
  /** How many entries of a folder had gone at its sender since they were offered. */
  readonly missing?: number;
  /** As in Landed. */
  readonly sha256: Uint8Array | undefined;
};

/** Why the `n`th item of an offer did not arrive. */
export type FailedItem = { readonly n: number; readonly error: FerryError };

export type EntryState =
  | { readonly phase: 'waiting' }
  | ({ readonly phase: 'receiving'; readonly received: number; readonly total: number } & Acceptance)
  /** Accepted, and nothing comes: the sender is away, and what is here stays until it is back. */
  | ({ readonly phase: 'paused'; readonly received: number; readonly total: number } & Acceptance)
  /** `failed`: the items of several that did not arrive, where there are such. */
  | {
      readonly phase: 'received';
      readonly action: ReceiveAction;
      readonly landing: Landing;
      readonly failed?: readonly FailedItem[];
    }
  | { readonly phase: 'declined' }
  | { readonly phase: 'expired' }
  | { readonly phase: 'cancelled'; readonly by: 'me' | 'peer' }
  | { readonly phase: 'failed'; readonly error: FerryError };

/**
 * Where this side asked for an item by itself: the names that lead to it, that of the share first, and the tag of what it was
 * then.
 */
export type AskedItem = { readonly path: readonly string[]; readonly etag: string };

export type InboxEntry = {
  readonly id: string;
  readonly offerId: string;
  readonly peer: NamedPeer;
  readonly items: readonly OfferedItem[];
  readonly arrivedAt: Date;
  /** Whether the peer was never met when it made the offer. */
  readonly fromStranger: boolean;
  /** Whether it was accepted without a question. */
  readonly unasked: boolean;
  readonly state: EntryState;
  /** Where the items are asked for, one by one, where nobody offered them. */
  readonly asked?: readonly AskedItem[];
  /** Items that are complete, in the order in which they came. The same list grows until the entry is over. */
  readonly received: readonly ReceivedItem[];
};

/** What an entry is found by. */
export function entryId(peer: PeerId, offerId: string): string {
  return `${peer}/${offerId}`;
}

/** The entry of an offer that has just come; `received` is the list that will grow with it. */
export function waitingEntry(
  peer: NamedPeer,
  offer: Offer,
  received: readonly ReceivedItem[],
  fromStranger: boolean,
): InboxEntry {
  return {
    ...{ id: entryId(peer.id, offer.id), offerId: offer.id, peer, items: offer.items, received, fromStranger },
    ...{ arrivedAt: new Date(), unasked: false, state: { phase: 'waiting' } },
  };
}

/** Whether nothing more can come of an offer. */
export function isOver({ phase }: EntryState): boolean {
  return phase !== 'waiting' && phase !== 'receiving' && phase !== 'paused';
}

/** Whether an offer was accepted and items of it are still to come. */
export function isAccepted(state: EntryState): state is Extract<EntryState, { readonly phase: 'receiving' | 'paused' }> {
  return state.phase === 'receiving' || state.phase === 'paused';
}

/** Whether its sender has a reason to make an offer again: it waits, it was accepted, or its last answer may have been lost. */
export function isRepeatable({ state, fromStranger, asked }: InboxEntry): boolean {
  if (asked !== undefined) return false;
  // One of a stranger that waits goes with its connection.
  if (state.phase === 'waiting') return !fromStranger;
  return !isOver(state) || state.phase === 'received';
}

/** Where the items of an accepted offer land. */
export function landingOf({ action, place }: Acceptance): Landing {
  return action === 'save' || action === 'printAndSave' ? (place ?? 'folder') : 'storage';
}

/** The folder that the person chose for an accepted offer; undefined where they chose none. */
export function chosenFolder(state: EntryState): string | undefined {
  const landing = isAccepted(state) ? state.place : state.phase === 'received' ? state.landing : undefined;
  return typeof landing === 'object' ? landing.folder : undefined;
}

/** What the peer is told of an end. */
export function errorOf(state: EntryState): FerryError {
  switch (state.phase) {
    case 'failed':
      return state.error;
    case 'received':
      return state.failed?.[0]?.error ?? new FerryError('ERR_CANCELLED', 'the transfer is over');
    case 'expired':
      return new FerryError('ERR_OFFER_EXPIRED', 'nobody answered the offer in time');
    case 'cancelled':
      return new FerryError('ERR_CANCELLED', 'the transfer was cancelled');
    case 'waiting':
    case 'receiving':
    case 'paused':
    case 'declined':
      return new FerryError('ERR_OFFER_DECLINED', 'the offer was declined');
  }
}

/**
 * How an entry ends of which no more items come: received, as far as something is there, or failed. `failed` has the items that
 * failed by themselves, `error` is why the others are missing.
 */
export function endOfReceiving(
  { items, received, state }: InboxEntry,
  failed: ReadonlyMap<number, FerryError>,
  error?: FerryError,
): EntryState {
  if (!isAccepted(state)) return state;
  const there = new Set(received.map(({ n }) => n));
  const missing = items.flatMap((_, n) => {
    const reason = failed.get(n) ?? error;
    return there.has(n) || reason === undefined ? [] : [{ n, error: reason }];
  });
  const [first] = missing;
  if (first !== undefined && there.size === 0) return { phase: 'failed', error: first.error };
  return {
    phase: 'received',
    action: state.action,
    landing: landingOf(state),
    ...(missing.length > 0 ? { failed: missing } : {}),
  };
}

// Consent: what is accepted without a question, and what accepting leaves in the book.

import { toFerryError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { met, type PeerBook } from '../peers/book.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { AutoAccept, Standing } from '../peers/peers.ts';
import { isAutoAccepted } from '../peers/trust.ts';
import type { EntryState, InboxEntry, ReceiveAction } from '../receiving/entry.ts';
import type { Inbox } from '../receiving/inbox.ts';
import type { ChosenPlace, Landing } from '../receiving/store.ts';
import type { OfferedItem, PlainItem } from '../wire/item.ts';
import { mayRun } from './contents.ts';

/** What the settings say about an offer that waits. */
export type ConsentRules = {
  readonly book: PeerBook;
  /** What is accepted unasked from this peer where its entry in the book says nothing. */
  readonly autoAccept: AutoAccept | undefined;
  /** Whether that goes for what may run something as well: the person said so, of a folder that no editor opens. */
  readonly withRunnable?: boolean;
};

/**
 * Whether an offer is accepted without a question. What may run something is not, unless the rules say so: whether an editor has
 * the folder open, now or later, in this window or through a link, cannot be known.
 */
export function decide(entry: InboxEntry, rules: ConsentRules): 'accept' | 'ask' {
  return isAllowed(entry, entry.items, rules) ? 'accept' : 'ask';
}

/**
 * Whether what came out of the seal of an item that was accepted without a question may take the place of the seal. Before that
 * nothing but `sealed` could be known of it; it has to be allowed as what it is.
 */
export function mayLeaveSeal(entry: InboxEntry, item: PlainItem, rules: ConsentRules): boolean {
  return !entry.unasked || isAllowed(entry, [item], rules);
}

function isAllowed(
  { peer }: InboxEntry,
  items: readonly OfferedItem[],
  { book, autoAccept, withRunnable }: ConsentRules,
): boolean {
  const rule = book.find(peer.id)?.autoAccept ?? autoAccept;
  return isAutoAccepted(book.trustOf(peer.id), items, rule) && (withRunnable === true || !items.some(mayRun));
}

/**
 * What is done with an item that nobody was asked about: nothing opens by itself, but for what this person sent from another
 * window.
 */
export function unaskedAction(setting: ReceiveAction | 'ask', trust: Standing): ReceiveAction {
  return setting === 'ask' || (setting === 'open' && trust !== 'own') ? 'save' : setting;
}

/** The person accepts an offer, and has met the peer with that. As Inbox.accept. */
export async function acceptOffer(
  { inbox, book, log }: { readonly inbox: Inbox; readonly book: PeerBook; readonly log: Log },
  id: string,
  action: ReceiveAction,
  { keepSealed, place }: { readonly keepSealed: boolean; readonly place?: ChosenPlace | undefined },
): Promise<boolean> {
  const entry = inbox.find(id);
  if (entry?.state.phase !== 'waiting') return false;
  // Before the peer is told, so that its next offer is not a stranger's.
  await book
    .change(entry.peer.id, (peer) => met(peer, entry.peer.callsItself ?? entry.peer.name))
    .catch((cause: unknown) => log.warn('a peer is not remembered', { code: toFerryError(cause).code }));
  return inbox.accept(id, action, { keepSealed, place: place ?? placeOfPeer(book, entry.peer.id) });
}

/** The folder that the person gave to what comes from a peer; undefined where it lands with all the rest. */
export function placeOfPeer(book: PeerBook, peer: PeerId): ChosenPlace | undefined {
  const folder = book.find(peer)?.receiveFolder;
  return folder === undefined ? undefined : { folder };
}

/**
 * Where what comes out of its seal later lands: beside the seal, but never what may run something in a folder that was chosen for
 * the seal, before anybody knew of it.
 */
export function unsealedLanding({ landing }: Extract<EntryState, { phase: 'received' }>, item: PlainItem): Landing {
  if (typeof landing !== 'object') return landing;
  return item.kind === 'folder' || mayRun(item) ? 'folder' : { folder: landing.folder };
}

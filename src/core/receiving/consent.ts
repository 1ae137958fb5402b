// Consent: what is accepted without a question, and what accepting leaves in the book.

import { toFerryError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { met, type PeerBook } from '../peers/book.ts';
import type { AutoAccept, Standing } from '../peers/peers.ts';
import { isAutoAccepted } from '../peers/trust.ts';
import { isDangerousName } from '../text/dangerousName.ts';
import { safeFileName } from '../text/safeName.ts';
import type { InboxEntry, ReceiveAction } from './entry.ts';
import type { Inbox } from './inbox.ts';

/** What the settings say about an offer that waits. */
export type ConsentRules = {
  readonly book: PeerBook;
  /** What is accepted unasked from this peer where its entry in the book says nothing. */
  readonly autoAccept: AutoAccept | undefined;
  /** Whether the folder for received files is open in an editor, which may run what lands there. */
  readonly folderIsOpen: boolean;
};

/** Whether an offer is accepted without a question. */
export function decide(entry: InboxEntry, { book, autoAccept, folderIsOpen }: ConsentRules): 'accept' | 'ask' {
  const rule = book.find(entry.peer.id)?.autoAccept ?? autoAccept;
  if (!isAutoAccepted(book.trustOf(entry.peer.id), entry.items, rule)) return 'ask';
  const mayRun = entry.items.some((item) => item.kind === 'sealed' || isDangerousName(safeFileName(item.name)));
  return folderIsOpen && mayRun ? 'ask' : 'accept';
}

/** What is done with an item that nobody was asked about: nothing opens by itself, but for what this person sent from another window. */
export function unaskedAction(setting: ReceiveAction | 'ask', trust: Standing): ReceiveAction {
  return setting === 'ask' || (setting === 'open' && trust !== 'own') ? 'save' : setting;
}

/** The person accepts an offer, and has met the peer with that. As Inbox.accept. */
export async function acceptOffer(
  { inbox, book, log }: { readonly inbox: Inbox; readonly book: PeerBook; readonly log: Log },
  id: string,
  action: ReceiveAction,
  options: { readonly keepSealed: boolean },
): Promise<boolean> {
  const entry = inbox.find(id);
  if (entry?.state.phase !== 'waiting') return false;
  // Before the peer is told, so that its next offer is not a stranger's.
  await book
    .change(entry.peer.id, (peer) => met(peer, entry.peer.name))
    .catch((cause: unknown) => log.warn('a peer is not remembered', { code: toFerryError(cause).code }));
  return inbox.accept(id, action, options);
}

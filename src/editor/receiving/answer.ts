// What happens on this side when a peer offers something: the doorbell rings, the person answers, and what was received is acted
// on.

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import { acceptOffer, decide, unaskedAction } from '../../core/consent/consent.ts';
import type { InboxEntry, ReceiveAction } from '../../core/receiving/entry.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { entryWords, peerWords } from '../asking/words.ts';
import type { Ui } from '../host/ui.ts';
import type { ReceivedContext } from './received.ts';

const { l10n } = vscode;

// What is done with items is loaded with the first of them.
const received = () => import('./received.ts');

export type AnswerContext = ReceivedContext & Pick<App, 'log'>;

/** Follows the inbox: rings for what arrives, acts on what is complete. */
export function followInbox(context: AnswerContext): Disposable {
  const { inbox, doorbell, documents, log } = context;
  return inbox.onDidChange(({ before, entry }) => {
    if (entry === undefined) {
      documents.forget(before.id);
      background(removeStored(context, before), log, 'removing what was not saved');
      return;
    }
    const { phase } = entry.state;
    const last = before?.state.phase;
    if (last === phase) return;
    if (phase === 'waiting') background(answerOrRing(context, entry), log, 'ringing');
    // What another window received was acted on there.
    if (phase === 'received' && last !== undefined)
      background(
        received().then(({ actOn }) => actOn(context, entry)),
        log,
        'acting on what was received',
      );
    if (phase === 'failed' && (last === 'receiving' || last === 'paused'))
      background(
        received().then(({ tellFailure }) => tellFailure(context, entry)),
        log,
        'telling a failure',
      );
    if ((phase === 'receiving' || phase === 'paused') && last === 'waiting') doorbell.answered(entry.peer.id, 'accepted');
    if (phase === 'declined') doorbell.answered(entry.peer.id, 'declined');
  });
}

/** An item that was only printed or opened goes with its entry; a saved one is the person's. */
async function removeStored({ files }: AnswerContext, { state, received }: InboxEntry): Promise<void> {
  if (state.phase !== 'received' || state.landing !== 'storage') return;
  for (const item of received) await files.removeStored(item.path);
}

/** Accepts what the person allowed in advance, without a question; anything else may ring. */
async function answerOrRing(context: AnswerContext, entry: InboxEntry): Promise<void> {
  const { book, inbox, doorbell, settings } = context;
  if (decide(entry, { book, autoAccept: settings.autoAccept(entry.peer.id) }) === 'accept') {
    const action = unaskedAction(settings.receiveAction(), book.trustOf(entry.peer.id));
    if (await inbox.accept(entry.id, action, { keepSealed: settings.keepSealed(), unasked: true })) return;
  }
  if (!doorbell.rings(entry.peer.id, book.trustOf(entry.peer.id))) return;
  const { ring } = await import('./ring.ts');
  await ring(context, entry.peer.id);
}

/** The person accepts. Says so where it is too late, or where there is no place for the item. */
export async function acceptEntry(context: AnswerContext, id: string): Promise<void> {
  const { ui, inbox, settings } = context;
  const entry = inbox.find(id);
  if (entry?.state.phase !== 'waiting') {
    await tellOver(context, id);
    return;
  }
  const setting = settings.receiveAction();
  const action = setting === 'ask' ? await askAction(ui, entry) : setting;
  if (action === undefined) return;
  try {
    if (!(await acceptOffer(context, id, action, { keepSealed: settings.keepSealed() }))) await tellOver(context, id);
  } catch (cause) {
    await ui.error(errorWords(toFerryError(cause), peerWords(entry.peer)));
  }
}

/** The person declines. */
export async function declineEntry(context: AnswerContext, id: string): Promise<void> {
  if (!context.inbox.decline(id)) await tellOver(context, id);
}

async function tellOver({ ui, inbox }: AnswerContext, id: string): Promise<void> {
  await ui.info(overWords(inbox.find(id)));
}

/** Why it is too late to answer. A request that a stranger has taken back leaves nothing behind. */
function overWords(entry: InboxEntry | undefined): string {
  const phase = entry?.state.phase;
  if (entry === undefined || phase === 'failed') return l10n.t('This request is over. Nothing was received.');
  if (phase === 'cancelled') return l10n.t('{0} has taken this request back. Nothing was received.', peerWords(entry.peer));
  if (phase === 'expired')
    return l10n.t('This request was not answered in time. Ask {0} to send it again.', peerWords(entry.peer));
  return l10n.t('This request was answered already.');
}

async function askAction(ui: Ui, entry: InboxEntry): Promise<ReceiveAction | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly action: ReceiveAction })[] = [
    { action: 'save', label: l10n.t('Save'), detail: l10n.t('To the folder for received files') },
    { action: 'print', label: l10n.t('Print'), detail: l10n.t('To the output channel') },
    { action: 'printAndSave', label: l10n.t('Print and save') },
    { action: 'open', label: l10n.t('Open'), detail: l10n.t('As a read-only document') },
  ];
  const picked = await ui.pick(items, { title: l10n.t('Accept {0} and…', entryWords(entry)), ignoreFocusOut: true });
  return picked?.action;
}

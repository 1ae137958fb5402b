// What happens on this side when a peer offers something: the doorbell rings, the person answers, and what was received is acted
// on.

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/event.ts';
import { background } from '../../core/base/log.ts';
import { acceptOffer, decide, placeOfPeer, unaskedAction } from '../../core/consent/consent.ts';
import type { Standing } from '../../core/peers/peers.ts';
import { type InboxEntry, landingOf, type ReceiveAction } from '../../core/receiving/entry.ts';
import type { ChosenPlace } from '../../core/receiving/store.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { totalSize } from '../../core/wire/item.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import {
  contentWords,
  entryWords,
  isSealed,
  keyWords,
  namesakeWords,
  peerWords,
  renamedWords,
  trustWords,
} from '../asking/words.ts';
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
    const place = placeOfPeer(book, entry.peer.id);
    if (await inbox.accept(entry.id, action, { keepSealed: settings.keepSealed(), unasked: true, place })) return;
  }
  if (doorbell.rings(entry.peer.id, book.trustOf(entry.peer.id))) await ring(context, entry);
}

async function ring(context: AnswerContext, entry: InboxEntry): Promise<void> {
  const [accept, decline] = [l10n.t('Accept'), l10n.t('Decline')];
  const { book, ui } = context;
  const { namesakeOf } = await import('../../core/peers/namesake.ts');
  const { callsItself = entry.peer.name } = entry.peer;
  const trust = book.trustOf(entry.peer.id);
  const claimant = { id: entry.peer.id, name: callsItself, addresses: [] };
  const namesake = trust === 'own' ? undefined : namesakeOf(claimant, book.entries());
  const renamed = renamedWords(entry.peer);
  const text = [
    ...(namesake === undefined ? [] : [namesakeWords(entry.peer, trust, namesake)]),
    questionWords(entry, trust),
    ...(renamed === undefined ? [] : [renamed]),
    l10n.t('Fingerprint: {0}.', keyWords(entry.peer)),
  ].join(' ');
  const more = l10n.t('More…');
  const chosen = await (namesake === undefined ? ui.info(text, accept, decline, more) : ui.warn(text, accept, decline, more));
  if (chosen === more) await vscode.commands.executeCommand('ferry.inbox.acceptTo', { entry });
  if (chosen === accept) await acceptEntry(context, entry.id);
  if (chosen === decline) await declineEntry(context, entry.id);
}

function questionWords(entry: InboxEntry, trust: Standing): string {
  const [who, size] = [peerWords(entry.peer), sizeText(totalSize(entry.items))];
  if (!isSealed(entry)) return l10n.t('{0} ({1}) wants to send {2} ({3}).', who, trustWords(trust), contentWords(entry), size);
  return l10n.t('{0} ({1}) wants to send {2} ({3}, encrypted).', who, trustWords(trust), sealedWords(entry), size);
}

/** Where some of several items are not sealed, their names are known. */
function sealedWords(entry: InboxEntry): string {
  if (entry.items.length === 1) return l10n.t('an item');
  const isAllSealed = entry.items.every((item) => item.kind === 'sealed');
  return isAllSealed ? l10n.t('{0} items', entry.items.length) : contentWords(entry);
}

/**
 * The person accepts, and may have said where it lands: it is saved then. Says so where it is too late, or where there is no
 * place for the item.
 */
export async function acceptEntry(context: AnswerContext, id: string, place?: ChosenPlace): Promise<void> {
  const { ui, inbox, settings } = context;
  const entry = inbox.find(id);
  if (entry?.state.phase !== 'waiting') {
    await tellOver(ui);
    return;
  }
  const setting = place === undefined ? settings.receiveAction() : 'save';
  const action = setting === 'ask' ? await askAction(ui, entry) : setting;
  if (action !== undefined) await accept(context, entry, action, place);
}

/** The person accepts several offers at once. */
export async function acceptWaiting(context: AnswerContext, entries: readonly InboxEntry[]): Promise<void> {
  const [first] = entries;
  const setting = context.settings.receiveAction();
  const action = setting === 'ask' && first !== undefined ? await askAction(context.ui, first) : setting;
  if (action === undefined || action === 'ask') return;
  for (const entry of entries) await accept(context, entry, action);
}

async function accept(context: AnswerContext, entry: InboxEntry, action: ReceiveAction, place?: ChosenPlace): Promise<void> {
  const { ui, book, settings } = context;
  const ofPeer = place === undefined ? placeOfPeer(book, entry.peer.id) : undefined;
  if (ofPeer !== undefined && landingOf({ action }) === 'folder') {
    const { mayLandIn } = await import('../asking/savePlace.ts');
    if (!(await mayLandIn(ui, entry, ofPeer))) return;
  }
  try {
    if (!(await acceptOffer(context, entry.id, action, { keepSealed: settings.keepSealed(), place }))) await tellOver(ui);
  } catch (cause) {
    await ui.error(errorWords(toFerryError(cause), peerWords(entry.peer)));
  }
}

/** The person declines. */
export async function declineEntry({ ui, inbox }: AnswerContext, id: string): Promise<void> {
  if (!inbox.decline(id)) await tellOver(ui);
}

async function tellOver(ui: Ui): Promise<void> {
  await ui.info(l10n.t('This request is over. Nothing was received.'));
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

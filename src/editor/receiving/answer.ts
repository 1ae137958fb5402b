// The person's answers to requests: what is accepted and how, what is declined, and what is said where it is too late.

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import { acceptOffer, placeOfPeer } from '../../core/consent/consent.ts';
import { type InboxEntry, landingOf, type ReceiveAction } from '../../core/receiving/entry.ts';
import type { ChosenPlace } from '../../core/receiving/store.ts';
import type { App } from '../app.ts';
import { pickAbout, tellOver } from '../asking/askAbout.ts';
import { errorWords } from '../asking/errorWords.ts';
import { entryWords, peerWords } from '../asking/words.ts';
import { unusable } from '../host/fileSystems.ts';
import type { ReceivedContext } from './received.ts';

const { l10n } = vscode;

export type AnswerContext = ReceivedContext & Pick<App, 'log' | 'receiveFolder'>;

/**
 * The person accepts, and may have said where it lands: it is saved then. Says so where it is too late, or where there is no
 * place for the item.
 */
export async function acceptEntry(context: AnswerContext, id: string, place?: ChosenPlace): Promise<void> {
  const { inbox, settings } = context;
  const entry = inbox.find(id);
  if (entry?.state.phase !== 'waiting') {
    await tellOver(context, id);
    return;
  }
  const setting = place === undefined ? settings.receiveAction() : 'save';
  const action = setting === 'ask' ? await askAction(context, entry) : setting;
  if (action !== undefined) await accept(context, entry, action, place);
}

/** The person accepts several offers at once. */
export async function acceptWaiting(context: AnswerContext, entries: readonly InboxEntry[]): Promise<void> {
  const [first] = entries;
  const setting = context.settings.receiveAction();
  const action = setting === 'ask' && first !== undefined ? await askAction(context, first) : setting;
  if (action === undefined || action === 'ask') return;
  for (const entry of entries) await accept(context, entry, action);
}

async function accept(context: AnswerContext, entry: InboxEntry, action: ReceiveAction, place?: ChosenPlace): Promise<void> {
  const { ui, book, settings } = context;
  // What the person just chose, they were asked about; a folder that was set before may lie in what an editor has open by now.
  const set = place === undefined ? (placeOfPeer(book, entry.peer.id) ?? { folder: context.receiveFolder() }) : undefined;
  if (set !== undefined && landingOf({ action }) === 'folder') {
    const { mayLandIn } = await import('../asking/savePlace.ts');
    if (!(await mayLandIn(ui, entry, set))) return;
  }
  try {
    if (!(await acceptOffer(context, entry.id, action, { keepSealed: settings.keepSealed(), place })))
      await tellOver(context, entry.id);
  } catch (cause) {
    const error = toFerryError(cause);
    // Whoever has just chosen a place is not helped by a sentence about the settings.
    const isOfPlace = place !== undefined && error.code === 'ERR_FOLDER_UNUSABLE' && error.detail['reason'] === undefined;
    await ui.error(errorWords(isOfPlace ? unusable(error) : error, peerWords(entry.peer)));
  }
}

/** The person declines. */
export async function declineEntry(context: AnswerContext, id: string): Promise<void> {
  if (!context.inbox.decline(id)) await tellOver(context, id);
}

async function askAction(context: AnswerContext, entry: InboxEntry): Promise<ReceiveAction | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly action: ReceiveAction })[] = [
    { action: 'save', label: l10n.t('Save'), detail: l10n.t('To the folder for received files') },
    { action: 'print', label: l10n.t('Print'), detail: l10n.t('To the output channel') },
    { action: 'printAndSave', label: l10n.t('Print and save') },
    { action: 'open', label: l10n.t('Open'), detail: l10n.t('As a read-only document') },
  ];
  const picked = await pickAbout(context, entry.id, items, {
    title: l10n.t('Accept {0} and…', entryWords(entry)),
    ignoreFocusOut: true,
  });
  return picked?.action;
}

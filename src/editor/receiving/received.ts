// What is done with an item that was received: printed, opened, shown where it lies, saved elsewhere; and what is said of it.

import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import { limits } from '../../core/base/limits.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { askPlace } from '../asking/savePlace.ts';
import { entryWords, itemWords, missingWords, peerWords } from '../asking/words.ts';
import { dictionaryTree, openDictionary } from './dictionaries.ts';
import { printEntry } from './printer.ts';
import { openText, type ReceivedText, receivedText } from './receivedText.ts';
import { openSealedFile, type SealedContext, unsealArrived } from './sealedFiles.ts';

const { l10n } = vscode;

export type ReceivedContext = SealedContext & Pick<App, 'book' | 'settings' | 'output'>;

/** Does with what was received as the settings said when it was accepted. */
export async function actOn(context: ReceivedContext, arrived: InboxEntry): Promise<void> {
  if (arrived.state.phase !== 'received') return;
  const { action } = arrived.state;
  await unsealAll(context, arrived);
  const entry = context.inbox.find(arrived.id) ?? arrived;
  if (action === 'print' || action === 'printAndSave') {
    await printEntry(context.output, entry, context.files, (item) => dictionaryTree(context, item));
  }
  const open = entry.received.filter((item) => item.sealedFor === undefined);
  if (action === 'open') {
    for (const item of open) await openReceived(context, entry, item, { onlyText: true });
  }
  if (action === 'save' || action === 'printAndSave') await tellSaved(context, entry);
  else await tellMissing(context, entry);
}

/** Items that came for a passphrase are unsealed once somebody gives it; the others are already, or are to stay sealed. */
async function unsealAll(context: ReceivedContext, entry: InboxEntry): Promise<void> {
  if (context.settings.keepSealed()) return;
  for (const item of entry.received) {
    if (item.sealedFor === 'passphrase') await unsealArrived(context, entry, item);
  }
}

/** Says which items of several did not arrive; false where none is missing. */
async function tellMissing({ ui }: ReceivedContext, entry: InboxEntry): Promise<boolean> {
  const { items, received, peer, state } = entry;
  const failed = state.phase === 'received' ? state.failed : undefined;
  if (failed === undefined) return false;
  const reasons = missingWords(failed, entry);
  await ui.warn(l10n.t('{0} of {1} files from {2} arrived. {3}', received.length, items.length, peerWords(peer), reasons));
  return true;
}

/** With the first item of a peer, pairing is offered. */
async function tellSaved(context: ReceivedContext, entry: InboxEntry): Promise<void> {
  const [first] = entry.received;
  if (first === undefined || (await tellMissing(context, entry))) return;
  const open = l10n.t('Open');
  const reveal = l10n.t('Reveal');
  const pair = l10n.t('Pair…');
  const single = entry.received.length === 1;
  const saved = single ? itemWords(basename(first.path)) : entryWords(entry);
  const chosen = await context.ui.info(
    l10n.t('Saved {0} from {1}.', saved, peerWords(entry.peer)),
    ...(single ? [open, reveal] : [reveal]),
    ...(entry.fromStranger ? [pair] : []),
  );
  if (chosen === pair) {
    await vscode.commands.executeCommand('ferry.pair', {
      ...entry.peer,
      trust: context.book.trustOf(entry.peer.id),
      windows: [],
      lastUsed: 0,
    } satisfies Peer);
  }
  if (chosen === open) await openReceived(context, entry, first);
  if (chosen === reveal) await revealReceived(context, first);
}

/** Says why something was not received. */
export async function tellFailure({ ui }: ReceivedContext, entry: InboxEntry): Promise<void> {
  if (entry.state.phase !== 'failed') return;
  const peer = peerWords(entry.peer);
  await ui.warn(l10n.t('{0} from {1} was not received. {2}', entryWords(entry), peer, errorWords(entry.state.error, peer)));
}

/** Opens a received item: a saved one as its file, another as a read-only document. With `onlyText`, nothing but text. */
export async function openReceived(
  context: ReceivedContext,
  entry: InboxEntry,
  received: ReceivedItem,
  options: { readonly onlyText?: boolean } = {},
): Promise<void> {
  if (received.sealedFor !== undefined) {
    await openSealed(context, entry, received);
    return;
  }
  if (received.item.kind === 'dictionary') {
    await openDictionary(context, entry, received);
    return;
  }
  const saved = entry.state.phase === 'received' && entry.state.landing === 'folder';
  const uri = saved ? vscode.Uri.file(received.path) : documentOf(context, entry, received);
  const text = await textOf(context, received);
  if (options.onlyText === true && text === undefined) {
    await context.ui.info(l10n.t('{0} is not text, so it was not opened. It is in the Inbox.', itemWords(received.item.name)));
    return;
  }
  await openText(uri, text ?? {});
}

/** One that was to be unsealed on arrival gets another chance; one that was to stay sealed is only shown. */
async function openSealed(context: ReceivedContext, entry: InboxEntry, received: ReceivedItem): Promise<void> {
  if (context.settings.keepSealed() || received.sealedFor === 'key') {
    await openSealedFile(context, vscode.Uri.file(received.path));
    return;
  }
  if ((await unsealArrived(context, entry, received)) === undefined) return;
  const unsealed = context.inbox.find(entry.id)?.received.find((item) => item.n === received.n);
  if (unsealed !== undefined) await openReceived(context, entry, unsealed);
}

function documentOf({ documents, files }: ReceivedContext, entry: InboxEntry, received: ReceivedItem): vscode.Uri {
  const name = safeFileName(received.item.name);
  const content = { size: received.item.size, read: () => files.read(received.path) };
  return documents.show(name, content, { entry: entry.id, key: `${entry.offerId}-${received.n}` });
}

async function textOf({ files }: ReceivedContext, { item, path }: ReceivedItem): Promise<ReceivedText | undefined> {
  return item.size <= limits.openBytes ? receivedText(await files.read(path), item.context) : undefined;
}

/** Shows a saved file in the system's file manager, or names its folder where there is none, as in a browser. */
export async function revealReceived({ ui }: Pick<App, 'ui'>, received: ReceivedItem): Promise<void> {
  const available = await vscode.commands.getCommands(true);
  if (available.includes('revealFileInOS'))
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(received.path));
  else await ui.info(l10n.t('It is in {0}.', dirname(received.path)));
}

/** Asks where to put an item that was not saved, and copies it there. */
export async function saveReceivedAs({ ui }: Pick<App, 'ui'>, received: ReceivedItem): Promise<void> {
  const name = safeFileName(received.item.name);
  const target = await askPlace(ui, name, l10n.t('Save {0} as', itemWords(name)));
  // The dialog has asked about a file of that name.
  if (target !== undefined) await vscode.workspace.fs.copy(vscode.Uri.file(received.path), target, { overwrite: true });
}

// What is done with an item that was received: printed, opened, shown where it lies, saved elsewhere; and what is said of it.

import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { mayLeaveSeal } from '../../core/consent/consent.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { askFolderPlace, askPlace } from '../asking/savePlace.ts';
import { countWords, entryWords, goneWords, itemWords, missingWords, peerWords } from '../asking/words.ts';
import { written } from '../host/fileSystems.ts';
import { printEntry } from './printer.ts';
import { openText, type ReceivedText, receivedText } from './receivedText.ts';
import type { SealedContext } from './sealedFiles.ts';

const { l10n } = vscode;

const dictionaries = () => import('./dictionaries.ts');
const snippets = () => import('./snippets.ts');
const sealedFiles = () => import('./sealedFiles.ts');

export type ReceivedContext = SealedContext & Pick<App, 'book' | 'settings' | 'output' | 'doorbell' | 'log'>;

/**
 * Does with what was received as the settings said when it was accepted. No passphrase is asked for: nobody has opened anything
 * yet.
 */
export async function actOn(context: ReceivedContext, arrived: InboxEntry): Promise<void> {
  if (arrived.state.phase !== 'received') return;
  const { action } = arrived.state;
  if (arrived.unasked) await unsealAllowed(context, arrived);
  const entry = context.inbox.find(arrived.id) ?? arrived;
  if (action === 'print' || action === 'printAndSave') {
    await printEntry(context.output, entry, context.files, async (item) => (await dictionaries()).dictionaryTree(context, item));
  }
  const open = entry.received.filter((item) => item.sealedFor === undefined);
  if (action === 'open') {
    for (const item of open) await openReceived(context, entry, item, { onlyText: true });
  }
  if (!mayTell(context, entry)) return;
  if (action === 'save' || action === 'printAndSave') await tellSaved(context, entry);
  else if (!(await tellMissing(context, entry))) await tellSealed(context, entry);
}

/** What nobody was asked about rings as rarely as a question would. */
function mayTell({ doorbell, book }: ReceivedContext, { unasked, peer }: InboxEntry): boolean {
  return !unasked || doorbell.tells(peer.id, book.trustOf(peer.id));
}

/** Takes the seal off what was accepted unasked, where what is inside may be accepted so; anything else stays sealed. */
async function unsealAllowed(context: ReceivedContext, entry: InboxEntry): Promise<void> {
  const { settings, book, log } = context;
  if (settings.keepSealed()) return;
  const { unsealArrived } = await sealedFiles();
  const rules = { book, autoAccept: settings.autoAccept(entry.peer.id) };
  for (const item of entry.received) {
    if (item.sealedFor !== 'key') continue;
    const unsealing = unsealArrived(context, entry, item, (inner) => mayLeaveSeal(entry, inner, rules));
    await unsealing.catch((error: unknown) => log.warn('an item stays sealed', { code: toFerryError(error).code }));
  }
}

/** An item that needs a passphrase is named, since nothing else was done with it. */
async function tellSealed(context: ReceivedContext, entry: InboxEntry): Promise<void> {
  const sealed = entry.received.find((item) => item.sealedFor !== undefined);
  if (sealed === undefined) return;
  const open = l10n.t('Open');
  const text = l10n.t('{0} from {1} is still encrypted. It is in the Inbox.', entryWords(entry), peerWords(entry.peer));
  if ((await context.ui.info(text, open)) === open) await openReceived(context, entry, sealed);
}

/** Says which items of several did not arrive; false where none is missing. */
async function tellMissing({ ui }: ReceivedContext, entry: InboxEntry): Promise<boolean> {
  const { items, received, peer, state } = entry;
  const failed = state.phase === 'received' ? state.failed : undefined;
  if (failed === undefined) return false;
  const reasons = missingWords(failed, entry);
  await ui.warn(l10n.t('{0} of {1} from {2} arrived. {3}', received.length, countWords(items), peerWords(peer), reasons));
  return true;
}

/** With the first item of a peer, pairing is offered. */
async function tellSaved(context: ReceivedContext, entry: InboxEntry): Promise<void> {
  const [first] = entry.received;
  if (first === undefined || (await tellMissing(context, entry))) return;
  if (first.item.kind === 'snippet' && entry.received.length === 1) {
    await (await snippets()).tellSnippet(context, entry, first);
    return;
  }
  const open = l10n.t('Open');
  const reveal = l10n.t('Reveal');
  const pair = l10n.t('Pair…');
  const compare = l10n.t('Compare');
  const single = entry.received.length === 1;
  const canCompare = single && first.sealedFor === undefined && (await hasCounterpart(first));
  // A folder is opened by showing where it lies.
  const canOpen = single && first.item.kind !== 'folder';
  const saved = single ? itemWords(basename(first.path)) : entryWords(entry);
  const gone = goneWords(entry);
  const chosen = await context.ui.info(
    [l10n.t('Saved {0} from {1}.', saved, peerWords(entry.peer)), ...(gone === undefined ? [] : [gone])].join(' '),
    ...(canOpen ? [open, reveal] : [reveal]),
    ...(canCompare ? [compare] : []),
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
  if (chosen === compare) await vscode.commands.executeCommand('ferry.inbox.compareFile', { entry, item: first });
  if (chosen === open) await openReceived(context, entry, first);
  if (chosen === reveal) await revealReceived(context, first);
}

/** Whether this workspace has a file or a folder that it may be another version of. */
async function hasCounterpart(received: ReceivedItem): Promise<boolean> {
  if (vscode.workspace.workspaceFolders === undefined) return false;
  const { counterpartsOf } = await import('../comparing/counterpart.ts');
  return (await counterpartsOf(received)).length > 0;
}

/** Says why something was not received. */
export async function tellFailure(context: ReceivedContext, entry: InboxEntry): Promise<void> {
  if (entry.state.phase !== 'failed' || !mayTell(context, entry)) return;
  const peer = peerWords(entry.peer);
  await context.ui.warn(
    l10n.t('{0} from {1} was not received. {2}', entryWords(entry), peer, errorWords(entry.state.error, peer)),
  );
}

/** `onlyText`: nothing but text. `stays`: in a tab that the next one does not take the place of. */
export type OpenOptions = { readonly onlyText?: boolean; readonly stays?: boolean };

/** So many items open at once without a question. */
const openedUnasked = 10;

/**
 * Opens a received item as it is now, whenever it was shown: a saved one as its file, another as a read-only document.
 */
export async function openReceived(
  context: ReceivedContext,
  shown: InboxEntry,
  item: ReceivedItem,
  options: OpenOptions = {},
): Promise<void> {
  const entry = context.inbox.find(shown.id);
  const received = entry?.received.find(({ n }) => n === item.n) ?? item;
  if (entry === undefined && !isSaved(shown)) {
    await context.ui.info(l10n.t('{0} is no longer in the Inbox.', itemWords(received.item.name)));
    return;
  }
  await openAsItIs(context, entry ?? shown, received, options);
}

/** Opens all items of an entry, each in a tab of its own. */
export async function openAll(context: ReceivedContext, entry: InboxEntry): Promise<void> {
  const { received } = entry;
  const detail = l10n.t('Each opens in a tab of its own.');
  const answers = { refuse: l10n.t('Do Not Open'), agree: l10n.t('Open All') };
  const many = received.length > openedUnasked;
  if (many && !(await context.ui.confirm(l10n.t('Open {0} items?', received.length), detail, answers))) return;
  for (const item of received) await openReceived(context, entry, item, { stays: true });
}

async function openAsItIs(
  context: ReceivedContext,
  entry: InboxEntry,
  received: ReceivedItem,
  { onlyText = false, stays = false }: OpenOptions,
): Promise<void> {
  if (received.sealedFor !== undefined) {
    await openSealed(context, entry, received);
    return;
  }
  if (received.item.kind === 'folder') {
    if (!onlyText) await revealReceived(context, received);
    return;
  }
  if (received.item.kind === 'dictionary') {
    await (await dictionaries()).openDictionary(context, entry, received);
    return;
  }
  const uri = isSaved(entry) ? vscode.Uri.file(received.path) : documentOf(context, entry, received);
  const text = await textOf(context, received);
  if (onlyText && text === undefined) {
    await context.ui.info(l10n.t('{0} is not text, so it was not opened. It is in the Inbox.', itemWords(received.item.name)));
    return;
  }
  await openText(uri, { ...text, stays });
}

function isSaved({ state }: InboxEntry): boolean {
  return state.phase === 'received' && state.landing !== 'storage';
}

/** One that needs a passphrase takes the place of its seal once that is given; one that is to stay sealed is only shown. */
async function openSealed(context: ReceivedContext, entry: InboxEntry, received: ReceivedItem): Promise<void> {
  const { openSealedFile, unsealArrived } = await sealedFiles();
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
  return documents.show(name, content, { entry: entry.id, from: peerWords(entry.peer), key: `${entry.id}-${received.n}` });
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

/** Asks where to put an item that was not saved, and copies it there. Fails as `written`. */
export async function saveReceivedAs({ ui }: Pick<App, 'ui'>, received: ReceivedItem): Promise<void> {
  const name = safeFileName(received.item.name);
  if (received.item.kind === 'folder' && received.sealedFor === undefined) {
    const place = await askFolderPlace(ui, name);
    if (place !== undefined) await written(vscode.workspace.fs.copy(vscode.Uri.file(received.path), place, { overwrite: false }));
    return;
  }
  const target = await askPlace(ui, name, l10n.t('Save {0} as', itemWords(name)));
  // The dialog has asked about a file of that name.
  if (target !== undefined) await written(vscode.workspace.fs.copy(vscode.Uri.file(received.path), target, { overwrite: true }));
}

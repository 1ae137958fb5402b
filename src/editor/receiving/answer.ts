// What happens on this side when a peer offers something: the doorbell rings, the person answers, and what was received is
// printed, saved or opened as the settings say.

import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import { toFerryError } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/event.ts';
import { background, type Log } from '../../core/base/log.ts';
import { met, type PeerBook } from '../../core/peers/book.ts';
import type { Peer, Trust } from '../../core/peers/peers.ts';
import { isAutoAccepted, namesakeOf } from '../../core/peers/trust.ts';
import type { Doorbell } from '../../core/receiving/doorbell.ts';
import type { InboxEntry, ReceiveAction, ReceivedItem } from '../../core/receiving/entry.ts';
import type { Inbox } from '../../core/receiving/inbox.ts';
import { isDangerousName } from '../../core/text/dangerousName.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { looksLikeText } from '../../core/text/textual.ts';
import { totalSize } from '../../core/wire/item.ts';
import { askPlace } from '../asking/savePlace.ts';
import { errorWords, itemWords, namesakeWords, peerWords, sizeWords, trustWords } from '../asking/words.ts';
import type { Settings } from '../host/settings.ts';
import type { Ui } from '../host/ui.ts';
import { dictionaryTree, openDictionary } from './dictionaries.ts';
import type { ReceivedFiles } from './documents.ts';
import { entryWords, isSealed } from './inboxView.ts';
import { printEntry } from './printer.ts';
import { openSealedFile, type SealedContext, unsealArrived } from './sealedFiles.ts';

const { l10n } = vscode;

/** Reads a received file back, which is small where it is printed or opened; or gives its SHA-256. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

export type ReceivingContext = {
  readonly ui: Ui;
  readonly inbox: Inbox;
  readonly book: PeerBook;
  readonly doorbell: Doorbell;
  readonly settings: Settings;
  readonly files: ReceivedFiles;
  readonly output: vscode.OutputChannel;
  readonly readFile: ReadFile;
  readonly digestOf: ReadFile;
  /** The folder for received files. */
  readonly folder: () => string;
  readonly sealed: SealedContext;
  readonly log: Log;
};

/** Follows the inbox: rings for what arrives, acts on what is complete. */
export function followInbox(context: ReceivingContext): Disposable {
  const phases = new Map<string, string>();
  const fromStrangers = new Set<string>();
  const { doorbell } = context;
  const answerOrRing = async (entry: InboxEntry): Promise<void> => {
    if (await acceptUnasked(context, entry)) return;
    if (doorbell.rings(entry.peer.id, trustIn(context, entry))) await ring(context, entry);
  };
  return context.inbox.onDidChange((entry) => {
    if (context.inbox.find(entry.id) === undefined) {
      phases.delete(entry.id);
      fromStrangers.delete(entry.id);
      background(removeStored(context, entry), context.log, 'removing what was not saved');
      return;
    }
    const before = phases.get(entry.id);
    const { phase } = entry.state;
    if (before === phase) return;
    phases.set(entry.id, phase);
    if (phase === 'waiting') {
      if (trustIn(context, entry) === 'unknown') fromStrangers.add(entry.id);
      background(answerOrRing(entry), context.log, 'ringing');
    }
    if (phase === 'received') {
      background(act(context, entry, fromStrangers.has(entry.id)), context.log, 'acting on what was received');
    }
    if (phase === 'failed' && before === 'receiving') background(tellFailure(context, entry), context.log, 'telling a failure');
    if (before === 'waiting' && phase === 'receiving') doorbell.answered(entry.peer.id, 'accepted');
    if (phase === 'declined') doorbell.answered(entry.peer.id, 'declined');
  });
}

function trustIn({ book }: ReceivingContext, { peer }: InboxEntry): Trust {
  return book.find(peer.id)?.trust ?? 'unknown';
}

/** An item that was only printed or opened goes with its entry; a saved one is the person's. */
async function removeStored({ sealed }: ReceivingContext, { state, received }: InboxEntry): Promise<void> {
  if (state.phase !== 'received' || state.landing !== 'storage') return;
  for (const item of received) await sealed.removeFile(item.path);
}

/** Accepts what the person allowed in advance, without a question; true where it did. Nothing opens by itself for it. */
async function acceptUnasked(context: ReceivingContext, entry: InboxEntry): Promise<boolean> {
  const { book, inbox, settings } = context;
  const known = book.find(entry.peer.id);
  const rule = known?.autoAccept ?? settings.autoAccept(entry.peer.id);
  if (!isAutoAccepted(known?.trust ?? 'unknown', entry.items, rule) || landsInWorkspace(context, entry)) return false;
  const setting = settings.receiveAction();
  const action = setting === 'ask' || setting === 'open' ? 'save' : setting;
  return inbox.accept(entry.id, action, { keepSealed: settings.keepSealed() });
}

/** A name that runs something is never taken unasked where an editor has the folder open. */
function landsInWorkspace({ folder }: ReceivingContext, entry: InboxEntry): boolean {
  const inWorkspace = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder())) !== undefined;
  return inWorkspace && entry.items.some((item) => item.kind === 'sealed' || isDangerousName(safeFileName(item.name)));
}

async function ring(context: ReceivingContext, entry: InboxEntry): Promise<void> {
  const accept = l10n.t('Accept');
  const decline = l10n.t('Decline');
  const trust = trustIn(context, entry);
  const size = sizeWords(totalSize(entry.items));
  const question = isSealed(entry)
    ? l10n.t('{0} ({1}) wants to send {2} ({3}, encrypted).', peerWords(entry.peer), trustWords(trust), sealedWords(entry), size)
    : l10n.t('{0} ({1}) wants to send {2} ({3}).', peerWords(entry.peer), trustWords(trust), entryWords(entry), size);
  const namesake = namesakeOf({ ...entry.peer, addresses: [] }, context.book.entries());
  const chosen =
    namesake === undefined
      ? await context.ui.info(question, accept, decline)
      : await context.ui.warn(`${namesakeWords(entry.peer, namesake)} ${question}`, accept, decline);
  if (chosen === accept) await acceptEntry(context, entry.id);
  if (chosen === decline) await declineEntry(context, entry.id);
}

function sealedWords(entry: InboxEntry): string {
  return entry.items.length === 1 ? l10n.t('an item') : l10n.t('{0} items', entry.items.length);
}

/** The person accepts. Says so where it is too late, or where there is no place for the item. */
export async function acceptEntry(context: ReceivingContext, id: string): Promise<void> {
  const { ui, inbox, book, settings, log } = context;
  const entry = inbox.find(id);
  const isWaiting = (): boolean => inbox.find(id)?.state.phase === 'waiting';
  if (entry === undefined || !isWaiting()) {
    await tellOver(ui);
    return;
  }
  const setting = settings.receiveAction();
  const action = setting === 'ask' ? await askAction(ui, entry) : setting;
  if (action === undefined) return;
  // Before the peer is told, so that its next offer is not a stranger's.
  if (isWaiting()) {
    await book
      .change(entry.peer.id, (peer) => met(peer, entry.peer.name))
      .catch((cause: unknown) => log.warn('a peer is not remembered', { code: toFerryError(cause).code }));
  }
  try {
    if (!(await inbox.accept(id, action, { keepSealed: settings.keepSealed() }))) await tellOver(ui);
  } catch (cause) {
    await ui.error(errorWords(toFerryError(cause), peerWords(entry.peer)));
  }
}

/** The person declines. */
export async function declineEntry({ ui, inbox }: ReceivingContext, id: string): Promise<void> {
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

async function act(context: ReceivingContext, arrived: InboxEntry, isFirst: boolean): Promise<void> {
  if (arrived.state.phase !== 'received') return;
  const { action } = arrived.state;
  await unsealAll(context, arrived);
  const entry = context.inbox.find(arrived.id) ?? arrived;
  if (action === 'print' || action === 'printAndSave') {
    await printEntry(context.output, entry, context, (item) => dictionaryTree(context, item));
  }
  const open = entry.received.filter((item) => item.sealedFor === undefined);
  if (action === 'open') {
    for (const item of open) await openReceived(context, entry, item, { onlyText: true });
  }
  if (action === 'save' || action === 'printAndSave') await tellSaved(context, entry, isFirst);
}

/** Items that came for a passphrase are unsealed once somebody gives it; the others are already, or are to stay sealed. */
async function unsealAll(context: ReceivingContext, entry: InboxEntry): Promise<void> {
  if (context.settings.keepSealed()) return;
  for (const item of entry.received) {
    if (item.sealedFor === 'passphrase') await unsealArrived(context.sealed, entry, item);
  }
}

/** `isFirst`: with the first item of a peer, pairing is offered. */
async function tellSaved(context: ReceivingContext, entry: InboxEntry, isFirst: boolean): Promise<void> {
  const [first] = entry.received;
  if (first === undefined) return;
  const open = l10n.t('Open');
  const reveal = l10n.t('Reveal');
  const pair = l10n.t('Pair…');
  const single = entry.received.length === 1;
  const saved = single ? itemWords(basename(first.path)) : entryWords(entry);
  const chosen = await context.ui.info(
    l10n.t('Saved {0} from {1}.', saved, peerWords(entry.peer)),
    ...(single ? [open, reveal] : [reveal]),
    ...(isFirst ? [pair] : []),
  );
  if (chosen === pair) {
    await vscode.commands.executeCommand('ferry.pair', {
      ...entry.peer,
      trust: trustIn(context, entry),
      windows: [],
      lastUsed: 0,
    } satisfies Peer);
  }
  if (chosen === open) await openReceived(context, entry, first);
  if (chosen === reveal) await revealReceived(context, first);
}

async function tellFailure({ ui }: ReceivingContext, entry: InboxEntry): Promise<void> {
  if (entry.state.phase !== 'failed') return;
  const peer = peerWords(entry.peer);
  await ui.warn(l10n.t('{0} from {1} was not received. {2}', entryWords(entry), peer, errorWords(entry.state.error, peer)));
}

/** Opens a received item: a saved one as its file, another as a read-only document. With `onlyText`, nothing but text. */
export async function openReceived(
  context: ReceivingContext,
  entry: InboxEntry,
  received: ReceivedItem,
  options: { readonly onlyText?: boolean } = {},
): Promise<void> {
  if (received.sealedFor !== undefined) {
    await openSealed(context, entry, received);
    return;
  }
  if (received.item.kind === 'dictionary') {
    await openDictionary(context, received);
    return;
  }
  const saved = entry.state.phase === 'received' && entry.state.landing === 'folder';
  const uri = saved ? vscode.Uri.file(received.path) : documentOf(context, entry, received);
  if (options.onlyText === true && !(await isText(context, received))) {
    await context.ui.info(l10n.t('{0} is not text, so it was not opened. It is in the Inbox.', itemWords(received.item.name)));
    return;
  }
  await vscode.commands.executeCommand('vscode.open', uri);
}

/** One that was to be unsealed on arrival gets another chance; one that was to stay sealed is only shown. */
async function openSealed(context: ReceivingContext, entry: InboxEntry, received: ReceivedItem): Promise<void> {
  if (context.settings.keepSealed() || received.sealedFor === 'key') {
    await openSealedFile(context.sealed, vscode.Uri.file(received.path));
    return;
  }
  if ((await unsealArrived(context.sealed, entry, received)) === undefined) return;
  const unsealed = context.inbox.find(entry.id)?.received.find((item) => item.n === received.n);
  if (unsealed !== undefined) await openReceived(context, entry, unsealed);
}

function documentOf({ files, readFile }: ReceivingContext, entry: InboxEntry, received: ReceivedItem): vscode.Uri {
  return files.show(`${entry.offerId}-${received.n}`, safeFileName(received.item.name), {
    size: received.item.size,
    read: () => readFile(received.path),
  });
}

async function isText({ readFile }: ReceivingContext, received: ReceivedItem): Promise<boolean> {
  const maxOpened = 50 * 1024 * 1024;
  return received.item.size <= maxOpened && looksLikeText(await readFile(received.path));
}

/** Shows a saved file in the system's file manager, or names its folder where there is none, as in a browser. */
export async function revealReceived({ ui }: ReceivingContext, received: ReceivedItem): Promise<void> {
  const available = await vscode.commands.getCommands(true);
  if (available.includes('revealFileInOS'))
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(received.path));
  else await ui.info(l10n.t('It is in {0}.', dirname(received.path)));
}

/** Asks where to put an item that was not saved, and copies it there. */
export async function saveReceivedAs({ ui, readFile }: ReceivingContext, received: ReceivedItem): Promise<void> {
  const name = safeFileName(received.item.name);
  const target = await askPlace(ui, name, l10n.t('Save {0} as', itemWords(name)));
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, await readFile(received.path));
}

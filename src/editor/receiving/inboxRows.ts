// The rows of the Inbox: an offer, its items, what is in a folder; what can be done with a row stands in its context value.

import { basename } from 'node:path';

import * as vscode from 'vscode';

import { encodeHex } from '../../core/base/bytes.ts';
import { contentsOf, mayRun, type OfferedContent } from '../../core/consent/contents.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import { printable } from '../../core/text/safeText.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { type FolderContents, totalSize } from '../../core/wire/item.ts';
import { errorWords } from '../asking/errorWords.ts';
import {
  contentWords,
  entryWords,
  goneWords,
  isSealed,
  itemWords,
  missingWords,
  nameWords,
  offeredWords,
  peerWords,
  progressWords,
  renamedWords,
  rowWords,
} from '../asking/words.ts';
import { type FolderLine, folderLines, lineItem } from './folderLines.ts';

const { l10n } = vscode;

/**
 * A row: an entry, one item of an entry that has several, received or only offered so far, or a line about what is in a folder,
 * with its item.
 */
export type InboxRow = {
  readonly entry: InboxEntry;
  readonly item?: ReceivedItem;
  readonly offered?: OfferedContent;
  readonly within?: FolderLine;
};

/** The items of an entry that has several, and the files of a folder. */
export function rowsIn(row: InboxRow): InboxRow[] {
  const { entry, item, offered, within } = row;
  if (within !== undefined) return [];
  const isItem = item !== undefined || offered !== undefined;
  if (!isItem && entry.items.length > 1) return itemRows(entry);
  return folderLines(folderOf(row)).map((line) => ({ ...row, within: line }));
}

/** What is in the folder that a row is, as far as that was told. */
function folderOf({ entry, item, offered }: InboxRow): FolderContents | undefined {
  if (offered !== undefined) return offered.folder;
  const of = item === undefined ? entry.items[0] : entry.items[item.n];
  return of?.kind === 'folder' ? of.folder : undefined;
}

/** The items of an offer in the order in which they are shown; those that are here can be opened. */
function itemRows(entry: InboxEntry): InboxRow[] {
  const received = new Map(entry.received.map((item) => [item.n, item]));
  return contentsOf(entry.items).map((offered) => {
    const item = received.get(offered.n);
    return item === undefined ? { entry, offered } : { entry, item };
  });
}

/** How a row is shown, and what can be done with it. */
export function treeItemOf(row: InboxRow): vscode.TreeItem {
  const { entry, item, offered, within } = row;
  if (within !== undefined) return lineItem(within, `${entry.id}/${item?.n ?? offered?.n ?? 0}`);
  const shown =
    offered !== undefined ? offeredItem(entry, offered) : item === undefined ? entryItem(entry) : receivedItem(entry, item);
  if (rowsIn(row).length > 0) shown.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
  return shown;
}

function entryItem(entry: InboxEntry): vscode.TreeItem {
  const label = savedWords(entry) ?? entryWords(entry);
  const several = entry.items.length > 1;
  const item = new vscode.TreeItem(rowWords(label));
  const { state } = entry;
  const renamed = renamedWords(entry.peer);
  const gone = goneWords(entry);
  const stateText = stateWords(entry);
  item.id = entry.id;
  const seal = isSealed(entry) ? [l10n.t('encrypted')] : [];
  // What is cut off at the right says least: how it stands and who it comes from come first.
  const size = state.phase === 'receiving' || state.phase === 'paused' ? [] : [sizeText(totalSize(entry.items))];
  item.description = [stateText, peerWords(entry.peer), ...size, ...seal].join(' · ');
  item.iconPath = iconOf(entry);
  item.contextValue = contextOf(entry, several);
  item.tooltip = [
    contentWords(entry),
    l10n.t('From {0}, fingerprint {1}', peerWords(entry.peer), fingerprintOf(entry.peer.id)),
    ...(renamed === undefined ? [] : [renamed]),
    l10n.t('Arrived {0}', entry.arrivedAt.toLocaleString()),
    ...(state.phase === 'failed' ? [errorWords(state.error, peerWords(entry.peer))] : [stateText]),
    ...(state.phase === 'paused' ? [l10n.t('The sender is away or has paused. What has come is kept for a week.')] : []),
    ...(state.phase === 'received' && state.failed !== undefined ? [missingWords(state.failed, entry)] : []),
    ...(gone === undefined ? [] : [gone]),
    ...(several ? [] : entry.received.flatMap((received) => landedLines(entry, received))),
  ].join('\n');
  item.accessibilityInformation = {
    label: [label, stateText, l10n.t('from {0}', peerWords(entry.peer)), ...size, ...seal].join(', '),
  };
  // Enter and a click do the one thing that a row is for.
  if (state.phase === 'waiting')
    item.command = { command: 'ferry.inbox.answer', title: l10n.t('Answer'), arguments: [{ entry }] };
  if (state.phase === 'received' && !several)
    item.command = { command: 'ferry.inbox.open', title: l10n.t('Open'), arguments: [{ entry }] };
  return item;
}

/** The name that a single saved item got: another one may have been there already. */
function savedWords(entry: InboxEntry): string | undefined {
  const [only] = entry.received;
  if (only === undefined || entry.items.length > 1 || !isSaved(entry)) return undefined;
  const name = itemWords(basename(only.path));
  return only.item.kind === 'folder' ? l10n.t('{0} (folder)', name) : name;
}

function isSaved({ state }: InboxEntry): boolean {
  return state.phase === 'received' && state.landing === 'folder';
}

/** Where an item lies, if the person knows that place, and its digest. */
function landedLines(entry: InboxEntry, { path, sha256 }: ReceivedItem): readonly string[] {
  return [
    ...(isSaved(entry) ? [printable(path)] : []),
    ...(sha256 === undefined ? [] : [l10n.t('SHA-256 {0}', encodeHex(sha256))]),
  ];
}

function receivedItem(entry: InboxEntry, received: ReceivedItem): vscode.TreeItem {
  const name = isSaved(entry) ? itemWords(basename(received.path)) : nameWords(received.item);
  const item = new vscode.TreeItem(name);
  item.id = `${entry.id}/${received.n}`;
  item.description = sizeText(received.item.size);
  // A tooltip would be spoken in its place, with every digit of the digest.
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
  item.tooltip = [itemWords(name), ...landedLines(entry, received)].join('\n');
  item.iconPath = received.item.kind === 'folder' ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  item.contextValue = landedContext(entry, received);
  item.command = { command: 'ferry.inbox.open', title: l10n.t('Open'), arguments: [{ entry, item: received }] };
  return item;
}

function offeredItem(entry: InboxEntry, offered: OfferedContent): vscode.TreeItem {
  const item = new vscode.TreeItem(offeredWords(offered));
  item.id = `${entry.id}/${offered.n}`;
  item.description = sizeText(offered.size);
  item.iconPath = offered.mayRun
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('notificationsWarningIcon.foreground'))
    : new vscode.ThemeIcon(offered.name === undefined ? 'lock' : offered.folder === undefined ? 'file' : 'folder');
  return item;
}

function stateWords({ state, received, items }: InboxEntry): string {
  switch (state.phase) {
    case 'waiting':
      return l10n.t('waiting for you');
    case 'receiving':
      return progressWords(state.received, state.total, undefined);
    case 'paused':
      return l10n.t('paused, {0}', progressWords(state.received, state.total, undefined));
    case 'received':
      if (state.failed !== undefined) return l10n.t('{0} of {1} arrived', received.length, items.length);
      return state.landing === 'storage' ? l10n.t('not saved') : l10n.t('saved');
    case 'declined':
      return l10n.t('declined');
    case 'expired':
      return l10n.t('expired');
    case 'cancelled':
      if (received.length > 0) return l10n.t('cancelled, {0} of {1} arrived', received.length, items.length);
      return state.by === 'me' ? l10n.t('cancelled') : l10n.t('cancelled by the sender');
    case 'failed':
      return l10n.t('failed');
  }
}

function iconOf(entry: InboxEntry): vscode.ThemeIcon {
  switch (entry.state.phase) {
    case 'waiting':
      if (entry.items.some(mayRun))
        return new vscode.ThemeIcon('warning', new vscode.ThemeColor('notificationsWarningIcon.foreground'));
      return new vscode.ThemeIcon(
        isSealed(entry) ? 'lock' : 'bell-dot',
        new vscode.ThemeColor('notificationsInfoIcon.foreground'),
      );
    case 'receiving':
      return new vscode.ThemeIcon('loading~spin');
    case 'paused':
      return new vscode.ThemeIcon('debug-pause');
    case 'received':
      if (entry.state.failed !== undefined) {
        return new vscode.ThemeIcon('warning', new vscode.ThemeColor('notificationsWarningIcon.foreground'));
      }
      return new vscode.ThemeIcon(entry.received.some((item) => item.sealedFor !== undefined) ? 'lock' : 'check');
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('notificationsErrorIcon.foreground'));
    case 'declined':
    case 'expired':
    case 'cancelled':
      return new vscode.ThemeIcon('circle-slash');
  }
}

function contextOf(entry: InboxEntry, several: boolean): string {
  switch (entry.state.phase) {
    case 'waiting':
    case 'receiving':
      return entry.state.phase;
    case 'paused':
      return 'receiving';
    case 'received':
      // Several are opened and shown together, and saved elsewhere or inserted one by one.
      return `ended ${several ? landedContext(entry).replace(/ (?:storage.*|dictionary)$/, '') : landedContext(entry)}`;
    case 'declined':
    case 'expired':
    case 'cancelled':
    case 'failed':
      return 'ended';
  }
}

function landedContext(entry: InboxEntry, item = entry.received[0]): string {
  const kind = item === undefined || item.sealedFor !== undefined ? '' : ` ${item.item.kind}`;
  const saved = entry.state.phase === 'received' && entry.state.landing !== 'storage';
  return `openable ${saved ? 'revealable' : 'storage'}${kind}`;
}

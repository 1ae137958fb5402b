// The Inbox view: one row an offer, with what can be done with it in its context value. The badge counts those that wait.

import * as vscode from 'vscode';

import { coalesced } from '../../core/base/coalesce.ts';
import { contentsOf, mayRun, type OfferedContent } from '../../core/consent/contents.ts';
import { fingerprintOf } from '../../core/peers/peerId.ts';
import type { InboxEntry, ReceivedItem } from '../../core/receiving/entry.ts';
import type { Inbox } from '../../core/receiving/inbox.ts';
import { inRows } from '../../core/receiving/rows.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { totalSize } from '../../core/wire/item.ts';
import { errorWords } from '../asking/errorWords.ts';
import {
  contentWords,
  entryWords,
  goneWords,
  isSealed,
  itemWords,
  missingWords,
  offeredWords,
  peerWords,
  progressWords,
  renamedWords,
} from '../asking/words.ts';
import { drawnEveryMs } from '../host/ui.ts';

const { l10n } = vscode;

/** A row: an entry, or one item of an entry that has several, received or only offered so far. */
export type InboxRow = { readonly entry: InboxEntry; readonly item?: ReceivedItem; readonly offered?: OfferedContent };

/** Shows the inbox as a tree; the view is returned for its badge and focus. */
export function showInboxView(inbox: Inbox): vscode.TreeView<InboxRow> & vscode.Disposable {
  const changed = new vscode.EventEmitter<InboxRow | undefined>();
  const rows = new Map<string, InboxRow>();
  const rowOf = (entry: InboxEntry): InboxRow => {
    const known = rows.get(entry.id);
    if (known?.entry === entry) return known;
    const row = { entry };
    rows.set(entry.id, row);
    return row;
  };
  const provider: vscode.TreeDataProvider<InboxRow> = {
    onDidChangeTreeData: changed.event,
    getChildren: (row) => (row === undefined ? inRows(inbox.entries).map(rowOf) : itemRows(row.entry)),
    getTreeItem: treeItemOf,
    getParent: (row) => (row.item === undefined && row.offered === undefined ? undefined : rowOf(row.entry)),
  };
  const draw = coalesced(() => changed.fire(undefined), drawnEveryMs);
  const view = vscode.window.createTreeView('ferry.inbox', { treeDataProvider: provider });
  const subscription = inbox.onDidChange(({ before, entry }) => {
    if (entry === undefined) rows.delete(before.id);
    draw.ask();
    const waiting = inbox.entries.filter((entry) => entry.state.phase === 'waiting').length;
    view.badge = waiting === 0 ? undefined : { value: waiting, tooltip: l10n.t('{0} waiting for your answer', waiting) };
  });
  const dispose = view.dispose.bind(view);
  return Object.assign(view, {
    dispose: () => {
      subscription.dispose();
      draw.dispose();
      changed.dispose();
      dispose();
    },
  });
}

/** The items of an offer in the order in which they are shown; those that are here can be opened. */
function itemRows(entry: InboxEntry): InboxRow[] {
  const received = new Map(entry.received.map((item) => [item.n, item]));
  return contentsOf(entry.items).map((offered) => {
    const item = received.get(offered.n);
    return item === undefined ? { entry, offered } : { entry, item };
  });
}

function treeItemOf({ entry, item, offered }: InboxRow): vscode.TreeItem {
  if (offered !== undefined) return offeredItem(entry, offered);
  return item === undefined ? entryItem(entry) : receivedItem(entry, item);
}

function entryItem(entry: InboxEntry): vscode.TreeItem {
  const label = entryWords(entry);
  const several = entry.items.length > 1;
  const item = new vscode.TreeItem(
    label,
    several ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const { state } = entry;
  const renamed = renamedWords(entry.peer);
  const gone = goneWords(entry);
  const stateText = stateWords(entry);
  item.id = entry.id;
  const seal = isSealed(entry) ? [l10n.t('encrypted')] : [];
  item.description = [peerWords(entry.peer), sizeText(totalSize(entry.items)), ...seal, stateText].join(' · ');
  item.iconPath = iconOf(entry);
  item.contextValue = contextOf(entry, several);
  item.tooltip = [
    contentWords(entry),
    l10n.t('From {0}, fingerprint {1}', peerWords(entry.peer), fingerprintOf(entry.peer.id)),
    ...(renamed === undefined ? [] : [renamed]),
    l10n.t('Arrived {0}', entry.arrivedAt.toLocaleTimeString()),
    ...(state.phase === 'failed' ? [errorWords(state.error, peerWords(entry.peer))] : [stateText]),
    ...(state.phase === 'paused' ? [l10n.t('The sender is away or has paused. What has come is kept for a week.')] : []),
    ...(state.phase === 'received' && state.failed !== undefined ? [missingWords(state.failed, entry)] : []),
    ...(gone === undefined ? [] : [gone]),
  ].join('\n');
  item.accessibilityInformation = {
    label: l10n.t('{0} from {1}, {2}', label, peerWords(entry.peer), [...seal, stateText].join(', ')),
  };
  if (state.phase === 'received' && !several)
    item.command = { command: 'ferry.inbox.open', title: l10n.t('Open'), arguments: [{ entry }] };
  return item;
}

function receivedItem(entry: InboxEntry, received: ReceivedItem): vscode.TreeItem {
  const item = new vscode.TreeItem(itemWords(received.item.name));
  item.id = `${entry.id}/${received.n}`;
  item.description = sizeText(received.item.size);
  item.iconPath = vscode.ThemeIcon.File;
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
    : new vscode.ThemeIcon(offered.name === undefined ? 'lock' : 'file');
  return item;
}

function stateWords({ state, received, items }: InboxEntry): string {
  switch (state.phase) {
    case 'waiting':
      return l10n.t('waiting for you');
    case 'receiving':
      return progressWords(state.received, state.total, undefined);
    case 'paused':
      return l10n.t('paused until the sender is back, {0}', progressWords(state.received, state.total, undefined));
    case 'received':
      if (state.failed !== undefined) return l10n.t('{0} of {1} arrived', received.length, items.length);
      return state.landing === 'folder' ? l10n.t('saved') : l10n.t('received, not saved');
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
      return several ? 'ended' : `ended ${landedContext(entry)}`;
    case 'declined':
    case 'expired':
    case 'cancelled':
    case 'failed':
      return 'ended';
  }
}

function landedContext(entry: InboxEntry, item = entry.received[0]): string {
  const kind = item?.item.kind === 'dictionary' && item.sealedFor === undefined ? ' dictionary' : '';
  const saved = entry.state.phase === 'received' && entry.state.landing === 'folder';
  return `openable ${saved ? 'revealable' : 'storage'}${kind}`;
}

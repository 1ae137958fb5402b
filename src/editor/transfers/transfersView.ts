// The Transfers view: one row a transfer, the newest first, with its items below it where there are several.

import * as vscode from 'vscode';

import { type After, coalesced } from '../../core/base/coalesce.ts';
import type { Outbox } from '../../core/sending/outbox.ts';
import { isDone, type OutgoingEntry } from '../../core/sending/outgoing.ts';
import { type Pace, PaceMeter } from '../../core/sending/pace.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { errorWords } from '../asking/errorWords.ts';
import { itemWords, peerWords } from '../asking/words.ts';
import { itemEnd, sentWords, spokenWords, transferDetails, transferLine } from './transferWords.ts';

const { l10n } = vscode;

/** A row: a transfer by its id, or the `n`th item of one that has several. */
export type TransferRow = { readonly id: string; readonly n?: number };

/** VS Code draws nothing while rows change more than five times a second. */
const drawnEveryMs = 500;

/** The rows of the outbox, and which of them have changed. `after` is for tests that move the clock. */
export function transferRows(
  outbox: Pick<Outbox, 'entries' | 'find' | 'onDidChange'>,
  after?: After,
): vscode.TreeDataProvider<TransferRow> & vscode.Disposable {
  const drawn = new vscode.EventEmitter<TransferRow[] | undefined>();
  const rows = new Map<string, TransferRow>();
  const paces = new Map<string, { readonly meter: PaceMeter; pace?: Pace | undefined }>();
  const changed = new Set<string>();
  let isOther = false;
  const draw = coalesced(
    () => {
      const ids = [...changed];
      changed.clear();
      for (const id of ids) measure(id);
      drawn.fire(isOther ? undefined : ids.flatMap((id) => rows.get(id) ?? []));
      isOther = false;
    },
    drawnEveryMs,
    after,
  );
  const measure = (id: string): void => {
    const state = outbox.find(id)?.state;
    if (state?.phase !== 'moving') {
      paces.delete(id);
      return;
    }
    const known = paces.get(id) ?? { meter: new PaceMeter() };
    known.pace = known.meter.measure(state.sent, state.total, performance.now());
    paces.set(id, known);
  };
  const rowOf = ({ id }: OutgoingEntry): TransferRow => {
    const row = rows.get(id) ?? { id };
    rows.set(id, row);
    return row;
  };
  const following = outbox.onDidChange(({ before, entry }) => {
    changed.add((entry ?? before).id);
    isOther ||= before === undefined || entry === undefined;
    if (entry === undefined) rows.delete(before.id);
    draw.ask();
  });
  return {
    onDidChangeTreeData: drawn.event,
    getChildren: (row) => (row === undefined ? outbox.entries.map(rowOf) : itemRows(outbox.find(row.id))),
    getParent: ({ id, n }) => (n === undefined ? undefined : rows.get(id)),
    getTreeItem: ({ id, n }) => {
      const entry = outbox.find(id);
      if (entry === undefined) return new vscode.TreeItem('');
      return n === undefined ? transferItem(entry, paces.get(id)?.pace) : itemItem(entry, n);
    },
    dispose: () => vscode.Disposable.from(following, draw, drawn).dispose(),
  };
}

function itemRows(entry: OutgoingEntry | undefined): TransferRow[] {
  if (entry === undefined || entry.items.length < 2) return [];
  return entry.items.map((_, n) => ({ id: entry.id, n }));
}

function transferItem(entry: OutgoingEntry, pace: Pace | undefined): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(sentWords(entry.items), entry.items.length > 1 ? Collapsed : None);
  item.id = entry.id;
  item.description = transferLine(entry, pace);
  item.iconPath = iconOf(entry.state);
  item.contextValue = contextOf(entry.state);
  item.tooltip = transferDetails(entry);
  item.accessibilityInformation = { label: spokenWords(entry) };
  return item;
}

function itemItem(entry: OutgoingEntry, n: number): vscode.TreeItem {
  const offered = entry.items[n];
  const item = new vscode.TreeItem(itemWords(offered?.name ?? ''));
  const end = itemEnd(entry, n);
  const size = sizeText(offered?.size ?? 0);
  item.id = `${entry.id}/${n}`;
  if (end === undefined) item.description = size;
  else if (end === 'arrived') item.description = `${l10n.t('arrived')} · ${size}`;
  else item.description = `${l10n.t('did not arrive')} · ${end === 'missing' ? size : errorWords(end, peerWords(entry.peer))}`;
  item.iconPath = new vscode.ThemeIcon(end === undefined ? 'file' : end === 'arrived' ? 'check' : 'close');
  item.accessibilityInformation = { label: `${String(item.label)}, ${item.description}` };
  return item;
}

function iconOf(state: OutgoingEntry['state']): vscode.ThemeIcon {
  switch (state.phase) {
    case 'queued':
    case 'away':
      return new vscode.ThemeIcon('clock');
    case 'reaching':
    case 'waiting':
    case 'moving':
      return new vscode.ThemeIcon('loading~spin');
    case 'interrupted':
      return new vscode.ThemeIcon('debug-disconnect');
    case 'paused':
      return new vscode.ThemeIcon('debug-pause');
    case 'delivered':
      return new vscode.ThemeIcon('check');
    case 'partly':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('notificationsWarningIcon.foreground'));
    case 'declined':
    case 'expired':
    case 'cancelled':
      return new vscode.ThemeIcon('circle-slash');
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('notificationsErrorIcon.foreground'));
  }
}

function contextOf(state: OutgoingEntry['state']): string {
  if (isDone(state)) return 'ended';
  if (state.phase === 'paused') return 'resumable cancellable';
  return state.phase === 'away' ? 'pausable resumable cancellable' : 'pausable cancellable';
}

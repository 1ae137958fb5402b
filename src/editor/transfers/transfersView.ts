// The Transfers view: one row a transfer, the newest first, with its items below it where there are several.

import * as vscode from 'vscode';

import { type After, type Coalesced, coalesced } from '../../core/base/coalesce.ts';
import type { Disposable } from '../../core/base/event.ts';
import type { Outbox } from '../../core/sending/outbox.ts';
import { isDone, type OutgoingEntry } from '../../core/sending/outgoing.ts';
import { type Pace, PaceMeter } from '../../core/sending/pace.ts';
import type { Sharing } from '../../core/sharing/sharing.ts';
import { sizeText } from '../../core/text/sizes.ts';
import { errorWords } from '../asking/errorWords.ts';
import { itemWords, peerWords, rowWords } from '../asking/words.ts';
import { drawnEveryMs } from '../host/ui.ts';
import { gotItem } from './gotRows.ts';
import { itemEnd, sentWords, spokenWords, transferDetails, transferLine } from './transferWords.ts';

const { l10n } = vscode;

/** A row: a transfer by its id, or the `n`th item of one that has several. */
export type TransferRow = { readonly id: string; readonly n?: number };

/** The rows of the outbox, and which of them have changed. */
export class TransferRows implements vscode.TreeDataProvider<TransferRow> {
  readonly #outbox: Pick<Outbox, 'entries' | 'find'>;
  readonly #sharing: Pick<Sharing, 'gets'> | undefined;
  readonly #drawn = new vscode.EventEmitter<TransferRow[] | undefined>();
  readonly #draw: Coalesced;
  readonly #following: Disposable;
  readonly #followingGets: Disposable | undefined;
  readonly #rows = new Map<string, TransferRow>();
  readonly #paces = new Map<string, { readonly meter: PaceMeter; pace?: Pace | undefined }>();
  readonly #changed = new Set<string>();
  /** Whether rows have come or gone. */
  #isOther = false;

  /** `after` is for tests that move the clock. */
  constructor(
    outbox: Pick<Outbox, 'entries' | 'find' | 'onDidChange'>,
    after?: After,
    sharing?: Pick<Sharing, 'gets' | 'onDidChange'>,
  ) {
    this.#outbox = outbox;
    this.#sharing = sharing;
    this.#draw = coalesced(() => this.#tell(), drawnEveryMs, after);
    this.#following = outbox.onDidChange(({ before, entry }) => {
      this.#changed.add((entry ?? before).id);
      this.#isOther ||= before === undefined || entry === undefined;
      if (entry === undefined) this.#rows.delete(before.id);
      this.#draw.ask();
    });
    this.#followingGets = sharing?.onDidChange(() => {
      this.#isOther = true;
      this.#draw.ask();
    });
  }

  get onDidChangeTreeData(): vscode.Event<TransferRow[] | undefined> {
    return this.#drawn.event;
  }

  getChildren(row?: TransferRow): TransferRow[] {
    if (row === undefined) return this.#rowsInAll();
    return row.n === undefined ? itemRows(this.#outbox.find(row.id)) : [];
  }

  getParent({ id, n }: TransferRow): TransferRow | undefined {
    return n === undefined ? undefined : this.#rows.get(id);
  }

  getTreeItem({ id, n }: TransferRow): vscode.TreeItem {
    const entry = this.#outbox.find(id);
    const got = this.#sharing?.gets.find((one) => one.id === id);
    if (got !== undefined) return gotItem(got);
    if (entry === undefined) return new vscode.TreeItem('');
    return n === undefined ? transferItem(entry, this.#paces.get(id)?.pace) : itemItem(entry, n);
  }

  dispose(): void {
    this.#following.dispose();
    this.#followingGets?.dispose();
    this.#draw.dispose();
    this.#drawn.dispose();
  }

  /** What was sent, and what peers got by themselves, the newest first. */
  #rowsInAll(): TransferRow[] {
    const sent = this.#outbox.entries.map((entry) => ({ row: this.#rowOf(entry), at: entry.createdAt }));
    const got = (this.#sharing?.gets ?? []).map(({ id, at }) => ({ row: { id }, at }));
    if (got.length === 0) return sent.map(({ row }) => row);
    return [...sent, ...got].sort((a, b) => b.at.getTime() - a.at.getTime()).map(({ row }) => row);
  }

  #tell(): void {
    const ids = [...this.#changed];
    this.#changed.clear();
    for (const id of ids) this.#measure(id);
    this.#drawn.fire(this.#isOther ? undefined : ids.flatMap((id) => this.#rows.get(id) ?? []));
    this.#isOther = false;
  }

  #measure(id: string): void {
    const state = this.#outbox.find(id)?.state;
    if (state?.phase !== 'moving') {
      this.#paces.delete(id);
      return;
    }
    const known = this.#paces.get(id) ?? { meter: new PaceMeter() };
    known.pace = known.meter.measure(state.sent, state.total, performance.now());
    this.#paces.set(id, known);
  }

  #rowOf({ id }: OutgoingEntry): TransferRow {
    const row = this.#rows.get(id) ?? { id };
    this.#rows.set(id, row);
    return row;
  }
}

function itemRows(entry: OutgoingEntry | undefined): TransferRow[] {
  if (entry === undefined || entry.items.length < 2) return [];
  return entry.items.map((_, n) => ({ id: entry.id, n }));
}

function transferItem(entry: OutgoingEntry, pace: Pace | undefined): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(rowWords(sentWords(entry.items)), entry.items.length > 1 ? Collapsed : None);
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
  const name = itemWords(offered?.name ?? '');
  const item = new vscode.TreeItem(name);
  const end = itemEnd(entry, n);
  const size = sizeText(offered?.size ?? 0);
  item.id = `${entry.id}/${n}`;
  if (end === undefined) item.description = size;
  else if (end === 'arrived') item.description = `${l10n.t('arrived')} · ${size}`;
  else item.description = `${l10n.t('did not arrive')} · ${end === 'missing' ? size : errorWords(end, peerWords(entry.peer))}`;
  item.iconPath = new vscode.ThemeIcon(end === undefined ? 'file' : end === 'arrived' ? 'check' : 'close');
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
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

// The Messages view: a row for each thread, the one with the newest message first, and below it its messages, the newest first.

import * as vscode from 'vscode';

import { type Coalesced, coalesced } from '../../core/base/coalesce.ts';
import type { Disposable } from '../../core/base/event.ts';
import { isIncoming, type Message, messageKey, type Thread } from '../../core/messages/message.ts';
import type { Messages } from '../../core/messages/messages.ts';
import { fingerprintOf, type PeerId } from '../../core/peers/peerId.ts';
import { peerWords, renamedWords } from '../asking/words.ts';
import { drawnEveryMs } from '../host/ui.ts';
import { lineWords, reasonWords, stateWords, timeWords } from './messageWords.ts';

const { l10n } = vscode;

/** A row: a thread by its peer, or one of its messages by its key. */
export type MessageRow = { readonly peer: PeerId; readonly key?: string };

/** The rows of messages. They are drawn anew where threads change, or names do. */
export class MessageRows implements vscode.TreeDataProvider<MessageRow> {
  readonly #messages: Pick<Messages, 'threads' | 'thread'>;
  readonly #drawn = new vscode.EventEmitter<undefined>();
  readonly #draw: Coalesced;
  readonly #following: readonly Disposable[];
  readonly #rows = new Map<PeerId, MessageRow>();

  constructor(messages: Messages, book: { readonly onDidChange: (listener: () => void) => Disposable }) {
    this.#messages = messages;
    this.#draw = coalesced(() => this.#drawn.fire(undefined), drawnEveryMs);
    this.#following = [messages.onDidChange(this.#draw.ask), book.onDidChange(this.#draw.ask)];
  }

  get onDidChangeTreeData(): vscode.Event<undefined> {
    return this.#drawn.event;
  }

  getChildren(row?: MessageRow): MessageRow[] {
    if (row === undefined) return this.#messages.threads.map(({ peer }) => this.rowOf(peer.id));
    if (row.key !== undefined) return [];
    const messages = this.#messages.thread(row.peer)?.messages ?? [];
    return messages.toReversed().map((message) => ({ peer: row.peer, key: messageKey(message) }));
  }

  getParent({ peer, key }: MessageRow): MessageRow | undefined {
    return key === undefined ? undefined : this.rowOf(peer);
  }

  getTreeItem({ peer, key }: MessageRow): vscode.TreeItem {
    const thread = this.#messages.thread(peer);
    if (thread === undefined) return new vscode.TreeItem('');
    if (key === undefined) return threadItem(thread);
    const message = thread.messages.find((one) => messageKey(one) === key);
    return message === undefined ? new vscode.TreeItem('') : messageItem(message, thread);
  }

  /** The row of the thread with a peer: the same as long as it is shown. */
  rowOf(peer: PeerId): MessageRow {
    const row = this.#rows.get(peer) ?? { peer };
    this.#rows.set(peer, row);
    return row;
  }

  dispose(): void {
    for (const following of this.#following) following.dispose();
    this.#draw.dispose();
    this.#drawn.dispose();
  }
}

function threadItem(thread: Thread): vscode.TreeItem {
  const { peer, unread, messages } = thread;
  const last = messages.at(-1);
  const name = peerWords(peer);
  const line = last === undefined ? '' : lineWords(last);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  const count = unread === 0 ? [] : [unread === 1 ? l10n.t('1 new') : l10n.t('{0} new', unread)];
  const renamed = renamedWords(peer);
  item.id = peer.id;
  item.description = [...count, line].join(' · ');
  item.iconPath = new vscode.ThemeIcon(unread === 0 ? 'comment-discussion' : 'comment-unresolved');
  item.contextValue = 'thread';
  item.tooltip = [
    name,
    ...(renamed === undefined ? [] : [renamed]),
    l10n.t('Fingerprint {0}', fingerprintOf(peer.id)),
    ...count,
    line,
  ].join('\n');
  item.accessibilityInformation = { label: [l10n.t('Messages with {0}', name), ...count, line].join(', ') };
  return item;
}

function messageItem(message: Message, thread: Thread): vscode.TreeItem {
  const name = peerWords(thread.peer);
  const isUnread = isIncoming(message) && isAmongUnread(message, thread);
  const [state, line, time] = [stateWords(message, isUnread), lineWords(message), timeWords(message)];
  const reason = reasonWords(message, name);
  const item = new vscode.TreeItem(`${state}: ${line}`);
  item.id = `${thread.peer.id} ${messageKey(message)}`;
  item.description = time;
  item.iconPath = new vscode.ThemeIcon(iconOf(message));
  item.contextValue = 'message';
  item.tooltip = [`${state}: ${lineWords(message, 400)}`, time, ...(reason === undefined ? [] : [reason])].join('\n');
  const way = isIncoming(message) ? l10n.t('from {0}', name) : l10n.t('to {0}', name);
  item.accessibilityInformation = { label: [state, way, line, time].join(', ') };
  return item;
}

/** Those that are unread are the last that came. */
function isAmongUnread(message: Message, { messages, unread }: Thread): boolean {
  return unread > 0 && messages.filter(isIncoming).slice(-unread).includes(message);
}

function iconOf({ state }: Message): string {
  switch (state.phase) {
    case 'received':
      return 'comment';
    case 'waiting':
      return 'clock';
    case 'delivered':
      return 'check';
    case 'refused':
      return 'error';
    case 'expired':
      return 'circle-slash';
  }
}

// All that a window shows of messages by itself: the view with its badge, a block in the output channel, and a notification as a
// doorbell. What stands open in front of the person counts as read.

import * as vscode from 'vscode';

import { background } from '../../core/base/log.ts';
import type { Message } from '../../core/messages/message.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { App } from '../app.ts';
import { keyWords, peerWords, trustWords } from '../asking/words.ts';
import { MessageRows } from './messageRows.ts';
import { arrivedBlock, lineWords } from './messageWords.ts';

const { l10n } = vscode;

type View = vscode.TreeView<{ readonly peer: PeerId }>;

/** Shows messages as long as it is not disposed of. `isFocused`: whether the person looks at this window. */
export function showMessages(app: App, isFocused = () => vscode.window.state.focused): vscode.Disposable {
  const { messages, book, output, log } = app;
  const rows = new MessageRows(messages, book);
  const view: View = vscode.window.createTreeView('ferry.messages', { treeDataProvider: rows });
  const open = new Set<PeerId>();
  const look = (peer: PeerId): void => {
    const unread = messages.thread(peer)?.unread ?? 0;
    if (unread > 0) background(messages.look(peer), log, 'marking messages as read');
  };
  const isSeen = (peer: PeerId): boolean => view.visible && open.has(peer) && isFocused();
  const lookAtOpen = (): void => [...open].filter(isSeen).forEach(look);
  const badge = (): void => {
    const unread = messages.threads.reduce((sum, thread) => sum + thread.unread, 0);
    view.badge = unread === 0 ? undefined : { value: unread, tooltip: l10n.t('{0} unread messages', unread) };
  };
  const arrived = (message: Message): void => {
    const thread = messages.thread(message.peer);
    if (thread === undefined) return;
    output.append(arrivedBlock(message, thread));
    if (isSeen(message.peer)) look(message.peer);
    else if (isFocused()) background(ring(app, view, rows, message), log, 'ringing');
  };
  badge();
  return vscode.Disposable.from(
    rows,
    view,
    messages.onDidChange(badge),
    messages.onDidArrive(arrived),
    view.onDidExpandElement(({ element }) => {
      open.add(element.peer);
      look(element.peer);
    }),
    view.onDidCollapseElement(({ element }) => open.delete(element.peer)),
    view.onDidChangeSelection(({ selection }) => selection.forEach(({ peer }) => look(peer))),
    view.onDidChangeVisibility(lookAtOpen),
    vscode.window.onDidChangeWindowState(lookAtOpen),
  );
}

/** One notification, where the quota of the doorbell has room for it; the message stands in the view all the same. */
async function ring(app: App, view: View, rows: MessageRows, message: Message): Promise<void> {
  const { doorbell, book, ui, messages } = app;
  const trust = book.trustOf(message.peer);
  const thread = messages.thread(message.peer);
  if (thread === undefined || !doorbell.rings(message.peer, trust)) return;
  const [answer, show] = [l10n.t('Reply'), l10n.t('Show')];
  const [name, line] = [peerWords(thread.peer), lineWords(message, 120)];
  // A name is no proof: who is not paired shows by its key.
  const text =
    trust === 'paired'
      ? l10n.t('{0}: {1}', name, line)
      : l10n.t('{0} ({1}, {2}): {3}', name, trustWords(trust), keyWords(thread.peer), line);
  const chosen = await ui.info(text, answer, show);
  if (chosen === undefined) return;
  doorbell.answered(message.peer, 'accepted');
  if (chosen === answer) await (await import('./sendMessage.ts')).reply(app, message.peer);
  if (chosen === show) await view.reveal(rows.rowOf(message.peer), { expand: true, select: true, focus: true });
}

// The item in the status bar for requests that wait: who asks, and how often. Notifications go; this stays until the answer.

import * as vscode from 'vscode';

import { coalesced } from '../../core/base/coalesce.ts';
import type { InboxEntry } from '../../core/receiving/entry.ts';
import type { Inbox } from '../../core/receiving/inbox.ts';
import { entryWords, peerWords } from '../asking/words.ts';
import { drawnEveryMs } from '../host/ui.ts';

const { l10n } = vscode;

/** Shows the item while something waits; a click asks about it. */
export function showWaiting(inbox: Inbox): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('ferry.requests', vscode.StatusBarAlignment.Left, 1);
  item.name = l10n.t('Ferry Requests');
  item.command = 'ferry.inbox.answer';
  const draw = coalesced(() => {
    const waiting = inbox.entries.filter(({ state }) => state.phase === 'waiting');
    const words = waitingWords(waiting);
    item.text = `$(inbox) ${words}`;
    item.tooltip = waiting.map((entry) => l10n.t('{0} from {1}', entryWords(entry), peerWords(entry.peer))).join('\n');
    item.accessibilityInformation = { label: `Ferry: ${words}`, role: 'button' };
    if (waiting.length > 0) item.show();
    else item.hide();
  }, drawnEveryMs);
  draw.ask();
  return vscode.Disposable.from(item, draw, inbox.onDidChange(draw.ask));
}

/** "ada-laptop: 2 requests", or how many there are of how many. */
export function waitingWords(waiting: readonly InboxEntry[]): string {
  const [first] = waiting;
  const peers = new Set(waiting.map(({ peer }) => peer.id));
  const count = waiting.length === 1 ? l10n.t('1 request') : l10n.t('{0} requests', waiting.length);
  return peers.size === 1 && first !== undefined ? l10n.t('{0}: {1}', peerWords(first.peer), count) : count;
}

// What runs now, in both directions: an item in the status bar, and a notification for what takes a while to arrive.

import * as vscode from 'vscode';

import { coalesced } from '../../core/base/coalesce.ts';
import { background } from '../../core/base/log.ts';
import type { InboxEntry } from '../../core/receiving/entry.ts';
import type { OutgoingEntry } from '../../core/sending/outgoing.ts';
import type { App } from '../app.ts';
import { entryWords, peerWords } from '../asking/words.ts';
import { drawnEveryMs } from '../host/ui.ts';
import { followState, reporter } from './progress.ts';
import { percentWords, sentWords, stateWords } from './transferWords.ts';

const { l10n } = vscode;

type Context = Pick<App, 'ui' | 'inbox' | 'outbox' | 'log'>;

/** What arrives sooner is not worth a notification. */
const tellAfterMs = 2_000;

/** Shows how many transfers run, while any does; a click opens them. */
export function showActivity({ inbox, outbox }: Pick<Context, 'inbox' | 'outbox'>): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('ferry.transfers', vscode.StatusBarAlignment.Left, -1);
  item.name = l10n.t('Ferry Transfers');
  item.command = 'ferry.showTransfers';
  const draw = coalesced(() => {
    const lines = activityLines(outbox.entries, inbox.entries);
    const words = lines.length === 1 ? l10n.t('1 transfer') : l10n.t('{0} transfers', lines.length);
    item.text = `$(sync~spin) ${words}`;
    item.tooltip = lines.join('\n');
    item.accessibilityInformation = { label: `Ferry: ${words}`, role: 'button' };
    if (lines.length > 0) item.show();
    else item.hide();
  }, drawnEveryMs);
  draw.ask();
  return vscode.Disposable.from(item, draw, outbox.onDidChange(draw.ask), inbox.onDidChange(draw.ask));
}

/** What runs, a line each. */
export function activityLines(outgoing: readonly OutgoingEntry[], incoming: readonly InboxEntry[]): readonly string[] {
  const out = outgoing.flatMap((entry) => {
    const { state, items, peer } = entry;
    if (!['reaching', 'waiting', 'moving', 'interrupted'].includes(state.phase)) return [];
    const how = state.phase === 'moving' ? percentWords(state.sent, state.total) : stateWords(entry);
    return l10n.t('{0} to {1}: {2}', sentWords(items), peerWords(peer), how);
  });
  const coming = incoming.flatMap((entry) => {
    const { state, peer } = entry;
    if (state.phase !== 'receiving') return [];
    return l10n.t('{0} from {1}: {2}', entryWords(entry), peerWords(peer), percentWords(state.received, state.total));
  });
  return [...out, ...coming];
}

/** Shows what takes longer than a moment to arrive, once, with a button that ends it. */
export function followIncoming(context: Context): vscode.Disposable {
  const { inbox, log } = context;
  const timers = new Map<string, NodeJS.Timeout | undefined>();
  const following = inbox.onDidChange(({ before, entry }) => {
    const { id } = entry ?? before;
    if (entry?.state.phase === 'receiving') {
      if (timers.has(id)) return;
      const show = (): void => {
        timers.set(id, undefined);
        background(showIncoming(context, id), log, 'showing what arrives');
      };
      timers.set(id, setTimeout(show, tellAfterMs));
      return;
    }
    const timer = timers.get(id);
    clearTimeout(timer);
    // What was shown is not shown again when it goes on after a break.
    if (timer !== undefined || entry?.state.phase !== 'paused') timers.delete(id);
  });
  return new vscode.Disposable(() => {
    following.dispose();
    for (const timer of timers.values()) clearTimeout(timer);
  });
}

async function showIncoming({ ui, inbox }: Context, id: string): Promise<void> {
  const entry = inbox.find(id);
  if (entry?.state.phase !== 'receiving') return;
  await ui.progress(l10n.t('Receiving {0} from {1}', entryWords(entry), peerWords(entry.peer)), async (report, cancelled) => {
    cancelled.addEventListener('abort', () => inbox.cancel(id));
    const isLast = ({ phase }: InboxEntry['state']): boolean => phase !== 'receiving';
    await followState(inbox.onDidChange, () => inbox.find(id)?.state, isLast, reporter(report));
  });
}

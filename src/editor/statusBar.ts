// The status-bar item: whether Ferry is online, how many peers are near and how many requests wait. A click opens the actions.

import * as vscode from 'vscode';

import { fingerprintOf, type PeerId } from '../core/peers/peerId.ts';
import type { Presence, PresenceState } from '../core/presence.ts';
import type { Inbox } from '../core/receiving/inbox.ts';
import { errorWords, troubleWords } from './asking/errorWords.ts';
import { visibilityWords } from './asking/words.ts';

const { l10n } = vscode;

/** Shows the item and keeps it true. `own`: this person's peer ID once it is known. */
export function showStatusBar(presence: Presence, inbox: Inbox, own: () => PeerId | undefined): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('ferry.status', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Ferry';
  item.command = 'ferry.showMenu';
  let directory: { dispose(): void } | undefined;
  const show = (): void => {
    const waiting = inbox.entries.filter((entry) => entry.state.phase === 'waiting').length;
    const { text, label } = wordsOf(presence.state, waiting);
    item.text = text;
    item.tooltip = tooltipOf(presence.state, label, own());
    item.accessibilityInformation = { label: `Ferry: ${label}`, role: 'button' };
  };
  const follow = (state: PresenceState): void => {
    directory?.dispose();
    directory = state.phase === 'online' ? state.session.directory.onDidChange(show) : undefined;
    show();
  };
  const subscriptions = [presence.onDidChange(follow), inbox.onDidChange(show), item];
  follow(presence.state);
  item.show();
  return new vscode.Disposable(() => {
    directory?.dispose();
    for (const subscription of subscriptions) subscription.dispose();
  });
}

function wordsOf(state: PresenceState, waiting: number): { readonly text: string; readonly label: string } {
  switch (state.phase) {
    case 'offline':
      return { text: '$(circle-slash) Ferry', label: l10n.t('offline') };
    case 'starting':
      return { text: '$(loading~spin) Ferry', label: l10n.t('going online') };
    case 'failed':
      return { text: '$(warning) Ferry', label: l10n.t('could not go online') };
    case 'online': {
      const { peers, ownWindows } = state.session.directory.near;
      const near = nearWords(peers, ownWindows);
      const count = peers + ownWindows;
      if (waiting === 0) return { text: `$(broadcast) ${count}`, label: near };
      return {
        text: `$(broadcast) ${count} $(bell-dot) ${waiting}`,
        label: l10n.t('{0}, {1} waiting for your answer', near, waiting),
      };
    }
  }
}

function nearWords(peers: number, ownWindows: number): string {
  const others = peers === 1 ? l10n.t('1 peer near') : l10n.t('{0} peers near', peers);
  if (ownWindows === 0) return others;
  const own = ownWindows === 1 ? l10n.t('1 other window of yours') : l10n.t('{0} other windows of yours', ownWindows);
  return peers === 0 ? own : l10n.t('{0}, {1}', others, own);
}

function tooltipOf(state: PresenceState, label: string, own: PeerId | undefined): string {
  const lines = [`Ferry: ${label}`];
  if (state.phase === 'online') {
    const { session, visibility } = state;
    lines.push(l10n.t('Visibility: {0}', visibilityWords(visibility)));
    lines.push(
      session.fellForward
        ? l10n.t('Port {0} (the one in the settings is taken)', session.port)
        : l10n.t('Port {0}', session.port),
    );
    for (const failure of session.trouble()) lines.push(troubleWords(failure));
  }
  if (state.phase === 'failed') lines.push(errorWords(state.error));
  if (own !== undefined) lines.push(l10n.t('Your fingerprint: {0}', fingerprintOf(own)));
  return lines.join('\n');
}

// The status-bar item: whether Ferry is online, and how many are near. A click opens the actions.

import * as vscode from 'vscode';

import { fingerprintOf } from '../core/peers/peerId.ts';
import type { PresenceState, Session } from '../core/presence.ts';
import type { App } from './app.ts';
import { errorWords, troubleWords } from './asking/errorWords.ts';
import { peerWords, placeWords, visibilityWords } from './asking/words.ts';
import { nobodyWords } from './peers/nobody.ts';

const { l10n } = vscode;

type Context = Pick<App, 'presence' | 'settings' | 'own'>;

/** Shows the item and keeps it true. */
export function showStatusBar(context: Context): vscode.Disposable {
  const { presence } = context;
  const item = vscode.window.createStatusBarItem('ferry.status', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Ferry';
  item.command = 'ferry.showMenu';
  let directory: { dispose(): void } | undefined;
  const show = (): void => {
    const { text, label } = wordsOf(presence.state);
    item.text = text;
    item.tooltip = tooltipOf(context, label);
    item.accessibilityInformation = { label: `Ferry: ${label}`, role: 'button' };
  };
  const follow = (state: PresenceState): void => {
    directory?.dispose();
    directory = state.phase === 'online' ? state.session.directory.onDidChange(show) : undefined;
    show();
  };
  const subscriptions = [presence.onDidChange(follow), item];
  follow(presence.state);
  item.show();
  return new vscode.Disposable(() => {
    directory?.dispose();
    for (const subscription of subscriptions) subscription.dispose();
  });
}

function wordsOf(state: PresenceState): { readonly text: string; readonly label: string } {
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
      return { text: `$(broadcast) Ferry: ${peers + ownWindows}`, label: near };
    }
  }
}

function nearWords(peers: number, ownWindows: number): string {
  const others = peers === 1 ? l10n.t('1 peer near') : l10n.t('{0} peers near', peers);
  if (ownWindows === 0) return others;
  const own = ownWindows === 1 ? l10n.t('1 other window of yours') : l10n.t('{0} other windows of yours', ownWindows);
  return peers === 0 ? own : l10n.t('{0}, {1}', others, own);
}

/** Who is counted, by name, as far as they have answered. */
function namesOf({ directory }: Session): readonly string[] {
  return directory.peers
    .filter(({ windows, trust }) => windows.length > 0 && trust !== 'blocked')
    .map((peer) => (peer.trust === 'own' ? l10n.t('{0} ({1})', peerWords(peer), placeWords(peer)) : peerWords(peer)));
}

function tooltipOf({ presence: { state }, settings, own }: Context, label: string): string {
  const lines = [`Ferry: ${label}`];
  if (state.phase === 'online') {
    const { session, visibility } = state;
    lines.push(...namesOf(session));
    const nobody = nobodyWords(state, settings.presence().discovery);
    lines.push(nobody ?? l10n.t('Visibility: {0}', visibilityWords(visibility)));
    lines.push(
      session.fellForward
        ? l10n.t('Port {0} (the one in the settings is taken)', session.port)
        : l10n.t('Port {0}', session.port),
    );
    for (const failure of session.trouble()) lines.push(troubleWords(failure));
  }
  if (state.phase === 'failed') lines.push(errorWords(state.error));
  const id = own();
  if (id !== undefined) lines.push(l10n.t('Your fingerprint: {0}', fingerprintOf(id)));
  return lines.join('\n');
}

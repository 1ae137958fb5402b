// Why nobody may be found: who can see this editor, and whether it looks for others.

import * as vscode from 'vscode';

import type { Disposable } from '../../core/base/event.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { DiscoveryChoice, Presence, PresenceState } from '../../core/presence.ts';

const { l10n } = vscode;

/** Why peers on the network may be missing; undefined where nothing of this side is in their way. */
export function nobodyWords(state: PresenceState, discovery: DiscoveryChoice): string | undefined {
  if (state.phase !== 'online') return undefined;
  if (state.visibility === 'thisMachine') return l10n.t('Only this computer can see you.');
  if (discovery === 'off') return l10n.t('Ferry does not look for peers on the network.');
  return undefined;
}

/** Says so above a list of peers, as long as nobody else answers in it. `peers`: what is in the list. */
export function sayNobody(
  view: Pick<vscode.TreeView<unknown>, 'message'>,
  presence: Presence,
  { peers: listed, discovery }: { readonly peers: () => readonly Peer[]; readonly discovery: () => DiscoveryChoice },
): Disposable {
  let directory: Disposable | undefined;
  const say = (): void => {
    const peers = listed();
    const isAlone = !peers.some(({ trust, windows }) => trust !== 'own' && windows.length > 0);
    const why = (): string | undefined =>
      presence.state.phase === 'offline'
        ? l10n.t('Ferry is offline. Nobody can reach you.')
        : nobodyWords(presence.state, discovery());
    // An empty list says it in its own words, with what leads out.
    const words = isAlone && peers.length > 0 ? why() : undefined;
    if ((view.message ?? '') !== (words ?? '')) view.message = words ?? '';
  };
  const follow = (state: PresenceState): void => {
    directory?.dispose();
    directory = state.phase === 'online' ? state.session.directory.onDidChange(say) : undefined;
    say();
  };
  const following = presence.onDidChange(follow);
  follow(presence.state);
  return {
    dispose: () => {
      following.dispose();
      directory?.dispose();
    },
  };
}

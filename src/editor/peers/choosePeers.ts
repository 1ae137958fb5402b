// Whom something is for: picked from the list, or added or made visible on the way there. Where Ferry is offline, going online is
// offered first.

import * as vscode from 'vscode';

import type { Peer } from '../../core/peers/peers.ts';
import type { Session } from '../../core/presence.ts';
import type { App } from '../app.ts';
import { addPeer } from './addPeer.ts';
import { nobodyWords } from './nobody.ts';
import { type PickOptions, pickPeers } from './peerPick.ts';

const { l10n } = vscode;

export type ChooseContext = Pick<App, 'ui' | 'log' | 'book' | 'settings' | 'presence' | 'session' | 'goOnline' | 'isRemote'>;

/** What being online gives; `why` says what cannot be done offline. Undefined where it stays offline. */
export async function onlineSession(
  { ui, session, goOnline }: Pick<ChooseContext, 'ui' | 'session' | 'goOnline'>,
  why: string,
): Promise<Session | undefined> {
  const now = session();
  if (now !== undefined) return now;
  const online = l10n.t('Go Online');
  if ((await ui.info(why, online)) !== online) return undefined;
  await goOnline();
  return session();
}

/** Lets the person pick peers; none where they left. Fails as adding a peer does. */
export async function choosePeers(context: ChooseContext, title: string, options: PickOptions): Promise<readonly Peer[]> {
  for (;;) {
    const session = context.session();
    if (session === undefined) return [];
    const words = nobodyWords(context.presence.state, context.settings.presence().discovery);
    const notice = words === undefined ? undefined : l10n.t('{0} Change…', words);
    const picked = await pickPeers(session.directory, title, context.log, { ...options, notice });
    if (picked.kind === 'peers') return picked.peers;
    if (picked.kind === 'none') return [];
    if (picked.kind === 'add') {
      const added = await addPeer(context.ui, session.directory, context.book);
      return session.directory.peers.filter(({ windows }) =>
        windows.some(({ peerId, window }) => peerId === added?.peerId && window === added.window),
      );
    }
    const { setVisibility } = await import('../menus.ts');
    if (!(await setVisibility(context))) return [];
  }
}

// Whom something is for: picked from the list, or added or made visible on the way there. Where Ferry is offline, going online is
// offered first.

import * as vscode from 'vscode';

import type { FerryError } from '../../core/base/errors.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { Session } from '../../core/presence.ts';
import type { App } from '../app.ts';
import { errorWords } from '../asking/errorWords.ts';
import { offerHelp } from '../asking/offerHelp.ts';
import { addPeer } from './addPeer.ts';
import { nobodyWords } from './nobody.ts';
import { type PickOptions, pickPeers } from './peerPick.ts';

const { l10n } = vscode;

export type ChooseContext = Pick<App, 'ui' | 'log' | 'book' | 'settings' | 'presence' | 'session' | 'goOnline' | 'isRemote'>;

/** So long nobody minds that nothing is said, in milliseconds. */
const silentMs = 500;

/**
 * What being online gives, once the window is where it is going; undefined where it is offline, or the person does not wait. It
 * takes a moment after the start, and as long as a locked keyring is asked for where there is one.
 */
export async function settledSession({ ui, presence }: Pick<ChooseContext, 'ui' | 'presence'>): Promise<Session | undefined> {
  const session = await presence.settled(AbortSignal.timeout(silentMs));
  if (session !== undefined || presence.state.phase !== 'starting') return session;
  return ui.progress(l10n.t('Ferry is going online'), (_, signal) => presence.settled(signal));
}

/** What being online gives; `why` says what cannot be done offline, unless it has failed. Undefined where it stays offline. */
export async function onlineSession(
  { ui, presence, goOnline }: Pick<ChooseContext, 'ui' | 'presence' | 'goOnline'>,
  why: string,
): Promise<Session | undefined> {
  const now = await settledSession({ ui, presence });
  if (now !== undefined || presence.state.phase === 'starting') return now;
  const online = l10n.t('Go Online');
  const failure = failureOf(presence);
  const chosen = await (failure === undefined ? ui.info(why, online) : ui.error(errorWords(failure), online));
  if (chosen !== online) return undefined;
  await goOnline();
  const another = failureOf(presence);
  if (another !== undefined) await offerHelp(ui, another, errorWords(another));
  return presence.session;
}

function failureOf({ state }: Pick<App['presence'], 'state'>): FerryError | undefined {
  return state.phase === 'failed' ? state.error : undefined;
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

// The peer that a command is for: the one of its row, or one that the person picks.

import * as vscode from 'vscode';

import type { Peer } from '../../core/peers/peers.ts';
import type { App } from '../app.ts';
import { isPeer } from '../handler.ts';
import { type ChooseContext, choosePeers, settledSession } from './choosePeers.ts';
import { pickPeers, rememberedPeers } from './peerPick.ts';

export type PeersContext = ChooseContext & Pick<App, 'own'>;

/**
 * The peer of a row, or one that the person picks, while offline among those that are remembered; undefined where they left.
 * Fails as adding a peer does.
 */
export async function onePeer(
  context: PeersContext,
  given: unknown,
  title: string,
  { blocked = false }: { readonly blocked?: boolean } = {},
): Promise<Peer | undefined> {
  if (isPeer(given)) return given;
  const { book, log, ui } = context;
  if ((await settledSession(context)) !== undefined) return (await choosePeers(context, title, { several: false, blocked }))[0];
  const remembered = rememberedPeers(book);
  if (!remembered.peers.some(({ trust }) => blocked || trust !== 'blocked')) {
    await ui.info(vscode.l10n.t('There are no peers yet that Ferry remembers.'));
    return undefined;
  }
  const picked = await pickPeers(remembered, title, log, { several: false, blocked, add: false });
  return picked.kind === 'peers' ? picked.peers[0] : undefined;
}

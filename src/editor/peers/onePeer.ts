// The peer that a command is for: the one of its row, or one that the person picks.

import { FerryError } from '../../core/base/errors.ts';
import type { Peer } from '../../core/peers/peers.ts';
import type { App } from '../app.ts';
import { pickPeers } from './peerPick.ts';

export type PeersContext = Pick<App, 'ui' | 'book' | 'session' | 'own' | 'log'>;

/** The peer of a row, or one that the person picks; undefined where they left. Fails with ERR_NO_PEERS while offline. */
export async function onePeer({ session, log }: PeersContext, given: unknown, title: string): Promise<Peer | undefined> {
  if (isPeer(given)) return given;
  const online = session();
  if (online === undefined) throw new FerryError('ERR_NO_PEERS', 'offline');
  const picked = await pickPeers(online.directory, title, log, { several: false });
  return picked.kind === 'peers' ? picked.peers[0] : undefined;
}

/** Whether an argument of a command is a row of the Peers view. */
export function isPeer(value: unknown): value is Peer {
  return typeof value === 'object' && value !== null && 'id' in value && 'windows' in value && 'trust' in value;
}

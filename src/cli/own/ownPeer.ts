// The command line as a peer: for as long as a command needs it, online to be found or only to look for others.

import { join } from 'node:path';

import { FerryError } from '../../core/base/errors.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { UnknownPeers } from '../../core/peers/trust.ts';
import type { Identity } from '../../net/connection/identity.ts';
import { testMdnsPort } from '../../net/discovery/testPort.ts';
import { downloadsFolder } from '../../net/disk/downloads.ts';
import { endSharing } from '../../net/disk/sharing/sharers.ts';
import type { Online } from '../../net/online.ts';
import { type RunningPeer, startPeer } from '../../net/peer.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { Refusal } from '../refusal.ts';
import { errorWords } from '../terminal/words.ts';
import { inDataFolder } from './dataFolder.ts';
import { loadIdentity } from './identityFile.ts';

export type OwnPeer = RunningPeer & {
  readonly session: Online;
  readonly own: PeerId;
  readonly identity: Identity;
};

export type OwnPeerOptions = {
  /** Whether others can find it and send to it; or it only looks for them, and nothing of it can be reached from outside. */
  readonly presence: 'listens' | 'looks';
  readonly unknownPeers?: UnknownPeers;
  /** Where received files go; the downloads where nothing is said. */
  readonly into?: string | undefined;
  /** The port to listen on, or any. */
  readonly port?: number | undefined;
};

/** Is a peer as long as `work` runs. Fails as `work`, as loadIdentity, or where it cannot go online. */
export async function withPeer<T>(context: Context, options: OwnPeerOptions, work: (peer: OwnPeer) => Promise<T>): Promise<T> {
  const identity = await loadIdentity(context);
  const running = await inDataFolder(context.data, () => start(context, options, identity));
  try {
    // What was shared by a command that was killed is shared no more.
    if (options.presence === 'listens') await endSharing(sharersIn(context), running.shares);
    return await work({ ...running, identity, own: identity.peerId, session: await online(running, context, options) });
  } finally {
    await running.stop();
  }
}

/** Where commands note what they share. */
export function sharersIn({ data }: Pick<Context, 'data'>): string {
  return join(data, 'sharers');
}

async function start(context: Context, options: OwnPeerOptions, identity: Identity): Promise<RunningPeer> {
  const { screen, log, data, name, isLocal, version } = context;
  const { presence, unknownPeers = 'refuse', into = join(await downloadsFolder(data), 'Ferry') } = options;
  const mdnsPort = testMdnsPort(process.env);
  return startPeer({
    ...{ storage: data, appVersion: version, log, getsByCommand: true },
    identity: () => Promise.resolve(identity),
    folder: () => into,
    displayName: () => name,
    unknownPeers: () => unknownPeers,
    // Whoever sends to this person reaches an editor or a command that waits, and not one that only looks for others.
    focusedMsAgo: () => (presence === 'listens' ? 0 : 3_600_000),
    onBookTrouble: (trouble) => screen.note(errorWords(trouble), { event: 'trouble', code: trouble.code }),
    ...(presence === 'listens' ? {} : { looks: isLocal ? 'loopback' : 'network' }),
    ...(mdnsPort === undefined ? {} : { mdnsPort }),
  });
}

async function online(running: RunningPeer, { isLocal }: Context, options: OwnPeerOptions): Promise<Online> {
  const { presence, port = 0 } = options;
  const visibility = presence === 'listens' && !isLocal ? 'network' : 'thisMachine';
  await running.presence.apply({ visibility, discovery: 'on', port, interfaces: [] });
  const { state } = running.presence;
  if (state.phase === 'failed') throw state.error;
  if (state.phase !== 'online') throw new FerryError('ERR_LISTEN_FAILED', 'not online');
  if (port !== 0 && state.session.fellForward) {
    throw new Refusal(exitCodes.unreachable, `Port ${port} is taken by another program. Choose another one.`);
  }
  return state.session;
}

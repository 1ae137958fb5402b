// `ferry peers`: everybody who answers or is remembered, a line for each.

import { pause } from '../../../core/base/pause.ts';
import { formatAddress } from '../../../core/peers/address.ts';
import type { Directory } from '../../../core/peers/directory.ts';
import { fingerprintOf } from '../../../core/peers/peerId.ts';
import type { Peer } from '../../../core/peers/peers.ts';
import type { Command, Context } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exitCodes.ts';
import { type OwnPeer, withPeer } from '../../own/ownPeer.ts';
import { numberOf } from '../../parseWords.ts';
import { peerFact, peerWords, trustWords } from '../../terminal/words.ts';

/** Answers to a question over mDNS come within half a second; then there is the greeting. */
const lookSeconds = 2;

export const peers: Command = async (context, given) => {
  const seconds = numberOf(given, 'timeout', [1, 3600]) ?? lookSeconds;
  return withPeer(context, { presence: 'looks' }, (own) => listPeers(context, own, seconds));
};

/** Looks for so many seconds, and lists who is there. */
export async function listPeers(
  { screen, signal }: Context,
  { session, book }: OwnPeer,
  seconds = lookSeconds,
): Promise<ExitCode> {
  const { directory } = session;
  await lookAround(directory, signal, seconds);
  for (const peer of directory.peers) {
    const addresses = (
      peer.windows.length > 0 ? peer.windows.map(({ address }) => address) : (book.find(peer.id)?.addresses ?? [])
    ).map(formatAddress);
    const isThere = peer.windows.length > 0;
    screen.result(line(peer, addresses, isThere), { event: 'peer', ...peerFact(peer), there: isThere, addresses });
  }
  if (directory.peers.length === 0) screen.note('Nobody is there.');
  return signal.aborted ? exitCodes.cancelled : exitCodes.done;
}

/** Greets whoever answers within so many seconds. */
export async function lookAround(directory: Directory, signal: AbortSignal, seconds = lookSeconds): Promise<void> {
  const following = directory.onDidChange(() => void directory.greetNew());
  try {
    await Promise.all([directory.refresh(), pause(seconds * 1000, signal)]);
  } finally {
    following.dispose();
  }
  await directory.greetNew();
}

function line(peer: Peer, addresses: readonly string[], isThere: boolean): string {
  const where = addresses.slice(0, 3).join(' ') || '-';
  const name = peerWords(peer).padEnd(24);
  return `${name} ${fingerprintOf(peer.id)}  ${trustWords(peer.trust).padEnd(15)} ${(isThere ? 'there' : 'away').padEnd(5)}  ${where}`;
}

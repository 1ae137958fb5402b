// A link to a peer for a piece of work, at whichever of its windows has what is wanted.

import type { FerryError } from '../../base/errors.ts';
import { isInterruption } from '../../base/interruption.ts';
import { formatAddress } from '../../peers/address.ts';
import type { PeerLink } from '../../peers/link.ts';
import type { PeerId } from '../../peers/peerId.ts';
import type { Session } from '../../presence.ts';
import { firstToAnswer } from '../../sending/reach.ts';

/**
 * What `work` gives at the first window of a peer that can be reached and has what is wanted: two machines may share under one
 * identity. Fails as the last one did, or with ERR_PEER_UNREACHABLE.
 */
export async function atPeer<T>(
  { directory, dial }: Pick<Session, 'dial' | 'directory'>,
  peer: PeerId,
  signal: AbortSignal,
  work: (link: PeerLink) => Promise<T>,
): Promise<T> {
  if ((await directory.addressesOf(peer)).length === 0) await directory.refresh();
  const windows = new Set((await directory.windowsOf(peer)).map(({ address }) => formatAddress(address)));
  let left = windows.size;
  return firstToAnswer(
    await directory.addressesOf(peer),
    async (address) => {
      if (windows.has(formatAddress(address))) left -= 1;
      const link = await dial(address, peer, signal);
      try {
        return await work(link);
      } finally {
        link.close();
      }
    },
    (failure) => !signal.aborted && (isAway(failure) || (failure.code === 'ERR_NOT_SHARED' && left > 0)),
  );
}

/** Whether another address may lead further: nobody is at this one, or somebody else. */
export function isAway(error: FerryError): boolean {
  return error.code === 'ERR_PEER_UNREACHABLE' || error.code === 'ERR_PEER_MISMATCH' || isInterruption(error);
}

// Which of several addresses is taken: they are tried in their order, and the first that is there decides.

import { FerryError, toFerryError } from '../base/errors.ts';
import type { Address } from '../peers/address.ts';
import type { Dial, PeerLink } from '../peers/link.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { Session } from '../presence.ts';
import { peerCall } from '../wire/calls.ts';

/**
 * What `attempt` gives for the first address that `mayTryNext` lets count, whatever it is. Fails as the last attempt, or with
 * ERR_PEER_UNREACHABLE (detail `reason`: no-address) where there is no address.
 */
export async function firstToAnswer<T>(
  addresses: readonly Address[],
  attempt: (address: Address) => Promise<T>,
  mayTryNext: (failure: FerryError) => boolean,
): Promise<T> {
  let failure = new FerryError('ERR_PEER_UNREACHABLE', 'no address of this peer is known', { detail: { reason: 'no-address' } });
  for (const address of addresses) {
    try {
      return await attempt(address);
    } catch (cause) {
      failure = toFerryError(cause);
      if (!mayTryNext(failure)) throw failure;
    }
  }
  throw failure;
}

/** A dialler that reaches one window alone. Fails with ERR_PEER_UNREACHABLE where another one has come in its place. */
export function dialWindow(dial: Dial, window: string): Dial {
  return async (address, expect, signal) => {
    const link = await dial(address, expect, signal);
    try {
      const found = await link.call(peerCall, signal);
      if (found.window === window) return link;
    } catch (error) {
      link.close();
      throw error;
    }
    link.close();
    throw new FerryError('ERR_PEER_UNREACHABLE', 'another window answers in its place', { detail: { reason: 'refused' } });
  };
}

/** A link to a window of a peer, whom discovery is asked about where nothing but its ID is known. Fails as Dial. */
export async function reach({ directory, dial }: Session, peer: PeerId, signal: AbortSignal): Promise<PeerLink> {
  if ((await directory.addressesOf(peer)).length === 0) await directory.refresh();
  const addresses = await directory.addressesOf(peer);
  return firstToAnswer(
    addresses,
    (address) => dial(address, peer, signal),
    () => !signal.aborted,
  );
}

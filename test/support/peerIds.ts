// Peer IDs of nobody: as many as a test wants, the same in every run.

import { type PeerId, peerIdFromHash } from '../../src/core/peers/peerId.ts';

/** The peer ID of the `number`-th nobody. */
export function peerIdOfNobody(number: number): PeerId {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, number);
  return peerIdFromHash(hash);
}

// Finds peers by what people and programs call them.

import { shownName } from '../text/safeText.ts';
import { fingerprintOf, type PeerId, parsePeerId } from './peerId.ts';
import { type Peer, peerKey } from './peers.ts';

/**
 * The peers that a text can mean: by key (`peerKey`), whole peer ID in any spelling, or fingerprint; else by the name under
 * which they are shown, whatever its case. Names are no proof of anything, so several may have one.
 */
export function findPeers(peers: readonly Peer[], text: string): readonly Peer[] {
  const typed = text.trim();
  const id = idOf(typed);
  const exact = peers.filter(
    (peer) => peerKey(peer) === typed || peer.id === id || fingerprintOf(peer.id) === typed.toUpperCase(),
  );
  if (exact.length > 0) return exact;
  const name = shownName(typed).toLowerCase();
  return name === '' ? [] : peers.filter((peer) => shownName(peer.name).toLowerCase() === name);
}

function idOf(text: string): PeerId | undefined {
  try {
    return parsePeerId(text);
  } catch {
    return undefined;
  }
}

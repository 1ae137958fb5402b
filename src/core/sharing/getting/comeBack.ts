// Waiting for a peer from whom something is being got: a little where a connection ended, and until it is seen where it went
// away.

import type { PeerId } from '../../peers/peerId.ts';
import { type AppearanceOptions, appearance } from '../../sending/appearance.ts';
import { patientReconnect } from '../../sending/reconnect.ts';

/** `waits`: whether a peer who stays away is waited for. */
type ComeBackOptions = AppearanceOptions & { readonly waits: boolean };

/**
 * Waits until it may be worth another try, after so many in a row that moved nothing; ends early with the signal. False where the
 * peer stays away and is not waited for.
 */
export async function comeBack(peer: PeerId, failures: number, options: ComeBackOptions): Promise<boolean> {
  const { session, signal, waits } = options;
  if (session() !== undefined && (await patientReconnect(signal)(failures))) {
    await session()?.directory.findAgain(peer);
    return true;
  }
  if (waits) await appearance(peer, Math.max(1, failures), options);
  return waits;
}

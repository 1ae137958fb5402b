// Waiting for a peer from whom something is being got: a little where a connection ended, and until it is seen where it went
// away.

import type { PeerId } from '../../peers/peerId.ts';
import { type AppearanceOptions, appearance } from '../../sending/appearance.ts';
import { patientReconnect } from '../../sending/reconnect.ts';

/** Waits until it may be worth another try, after so many in a row that moved nothing; ends early with the signal. */
export async function comeBack(peer: PeerId, failures: number, options: AppearanceOptions): Promise<void> {
  const { session, signal } = options;
  if (session() !== undefined && (await patientReconnect(signal)(failures))) {
    await session()?.directory.findAgain(peer);
    return;
  }
  await appearance(peer, Math.max(1, failures), options);
}

// How long a transfer looks for a peer that went away in the middle of it, and how often.

import { pause } from '../base/pause.ts';

/** The first is at once: most connections that end do so for no reason that lasts. In milliseconds. */
const pausesMs = [0, 250, 500, 1_000, 2_000, 4_000];
/** As often as the last pause, for about a minute: who is back by then has restarted a window or woken a machine. */
const attempts = 20;

/** Waits before the next connection of a transfer, after so many in a row that moved nothing; false where it is enough. */
export function patientReconnect(signal: AbortSignal): (failures: number) => Promise<boolean> {
  return async (failures) => {
    if (failures > attempts || signal.aborted) return false;
    await pause(pausesMs[Math.min(failures, pausesMs.length) - 1] ?? 0, signal);
    return true;
  };
}

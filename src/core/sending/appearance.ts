// Waiting for a peer who is away: until they are seen, or for a while that grows with every try that found nobody.

import type { Event } from '../base/event.ts';
import { pause } from '../base/pause.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { Session } from '../presence.ts';

/** An address that is remembered is tried although nobody was seen, first after 30 s, then ever more rarely. */
const firstMs = 30_000;
const longestMs = 5 * 60_000;
/** What was just tried in vain is not tried again at once. */
const leastMs = 1_000;

export type AppearanceOptions = {
  readonly session: () => Session | undefined;
  readonly onSession: Event<unknown>;
  readonly signal: AbortSignal;
};

/** Waits until it may be worth another try to reach a peer, after so many in a row that failed; ends early with the signal. */
export async function appearance(
  peer: PeerId,
  failures: number,
  { session, onSession, signal }: AppearanceOptions,
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(Math.min(firstMs * 2 ** (failures - 1), longestMs))]);
  await pause(leastMs, signal);
  const online = session();
  if (online === undefined) {
    await nextSession(onSession, until);
    return;
  }
  // Who is remembered to be there and is not goes from the list.
  await online.directory.refresh();
  await online.directory.appears(({ id }) => id === peer, until).catch(() => undefined);
}

function nextSession(onSession: Event<unknown>, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      following.dispose();
      until.removeEventListener('abort', end);
      resolve();
    };
    const following = onSession(end);
    until.addEventListener('abort', end, { once: true });
    if (until.aborted) end();
  });
}

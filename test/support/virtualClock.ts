// A clock that the test moves.

import type { Clock } from '../../src/core/discovery/responder.ts';

export type VirtualClock = Clock & {
  /** Lets time pass, and runs what is due in it. */
  readonly advance: (ms: number) => void;
  /** How many timers run. */
  readonly pending: () => number;
};

/** Starts at 10 000 ms; `random` is the number that every pause is made with. */
export function virtualClock(random = 0): VirtualClock {
  const timers = new Set<{ readonly atMs: number; readonly work: () => void }>();
  let nowMs = 10_000;
  return {
    nowMs: () => nowMs,
    random: () => random,
    after(ms, work) {
      const timer = { atMs: nowMs + ms, work };
      timers.add(timer);
      return { dispose: () => timers.delete(timer) };
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.work();
      }
      nowMs = endMs;
    },
    pending: () => timers.size,
  };
}

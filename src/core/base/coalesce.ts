// Work that is asked for in bursts, done every so often.

import type { Disposable } from './event.ts';

/** Does something after so many milliseconds, unless it is disposed of before. */
export type After = (ms: number, work: () => void) => Disposable;

export type Coalesced = Disposable & {
  /** Asks for the work. */
  readonly ask: () => void;
};

/** Does `work` at once when it is asked for, then every `ms` milliseconds at most, and always after it was asked for last. */
export function coalesced(work: () => void, ms: number, after: After = afterTimeout): Coalesced {
  let pause: Disposable | undefined;
  let isAsked = false;
  const run = (): void => {
    isAsked = false;
    pause = after(ms, () => {
      pause = undefined;
      if (isAsked) run();
    });
    work();
  };
  return {
    ask: () => {
      if (pause === undefined) run();
      else isAsked = true;
    },
    dispose: () => pause?.dispose(),
  };
}

function afterTimeout(ms: number, work: () => void): Disposable {
  const timer = setTimeout(work, ms);
  return { dispose: () => clearTimeout(timer) };
}

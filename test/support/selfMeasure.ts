// What a process under attack says of itself: memory, event loop, processor time, open sockets, and errors that nobody caught.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Since the last `reset`. */
export type SelfReport = {
  /** Resident memory in MB after a garbage collection, and the most there was in between. */
  readonly rssMb: number;
  readonly peakMb: number;
  /** What lives on the heap after that collection. */
  readonly heapMb: number;
  readonly loopP99Ms: number;
  readonly cpuMs: number;
  /** TCP sockets that are open, those that listen not counted. */
  readonly sockets: number;
  /** Errors that nobody caught, from the beginning on; each has its stack. */
  readonly uncaught: readonly string[];
};

export type SelfMeasure = {
  readonly reset: () => void;
  readonly report: () => SelfReport;
  /** Counts an error as one that nobody caught. */
  readonly note: (error: unknown) => void;
  readonly end: () => void;
};

const sampleEveryMs = 50;
const errorsKept = 20;

/** Begins to measure this process. */
export function measureSelf(): SelfMeasure {
  const uncaught: string[] = [];
  const note = (error: unknown): void => {
    if (uncaught.length < errorsKept) uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  // Not chained: VS Code's own `process.on` gives nothing back.
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const rss = (): number => process.memoryUsage.rss() / 1e6;

  let delay = monitorEventLoopDelay({ resolution: 1 });
  let cpu = process.cpuUsage();
  let peakMb = 0;
  const sample = setInterval(() => {
    peakMb = Math.max(peakMb, rss());
  }, sampleEveryMs);
  return {
    note,
    reset: () => {
      collect();
      peakMb = rss();
      cpu = process.cpuUsage();
      delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
    },
    report: () => {
      delay.disable();
      if ('polluted' in {}) note('the prototype of all objects has a new member');
      const { user, system } = process.cpuUsage(cpu);
      const loopP99Ms = delay.percentile(99) / 1e6;
      collect();
      const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
      const rssMb = rss();
      const heapMb = process.memoryUsage().heapUsed / 1e6;
      return { rssMb, heapMb, peakMb: Math.max(peakMb, rssMb), loopP99Ms, cpuMs: (user + system) / 1000, sockets, uncaught };
    },
    end: () => {
      clearInterval(sample);
      process.off('uncaughtException', note);
      process.off('unhandledRejection', note);
    },
  };
}

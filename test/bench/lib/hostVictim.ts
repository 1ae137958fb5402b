// A real VS Code that a benchmark attacks, and what its extension host measures of itself.

import { once } from 'node:events';
import type { Socket } from 'node:net';

import type { HostReady, HostReport } from '../hostVictim.ts';
import { messagesFrom, withBenchHost } from './benchHost.ts';

const readyMs = 60_000;

/** A VS Code with Ferry in it. */
export type HostVictim = HostReady & {
  reset(): Promise<void>;
  report(): Promise<HostReport>;
};

/** Gives `work` a VS Code whose Ferry takes files of the `honest` peer unasked, and ends it afterwards. `root`: a short path. */
export function withHostVictim<T>(root: string, honest: string, work: (victim: HostVictim) => Promise<T>): Promise<T> {
  return withBenchHost({ root, honest, script: 'hostVictim.ts' }, async ({ control, open }) => {
    const printed: string[] = [];
    const connected = once(control, 'connection', { signal: AbortSignal.timeout(readyMs) });
    await open((line) => printed.push(line));
    const [socket] = (await connected.catch((cause: unknown) => {
      throw new Error(`the extension host said nothing; VS Code printed:\n${printed.slice(-20).join('\n')}`, { cause });
    })) as [Socket];
    const next = messagesFrom(socket);
    const ask = (what: 'reset' | 'report'): Promise<unknown> => {
      socket.write(`${JSON.stringify(what)}\n`);
      return next();
    };
    const ready = (await next()) as HostReady;
    const result = await work({
      ...ready,
      reset: async () => {
        await ask('reset');
      },
      report: async () => (await ask('report')) as HostReport,
    });
    socket.end('"end"\n');
    return result;
  });
}

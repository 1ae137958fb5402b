// A real VS Code whose extension host a benchmark kills, and brings back by loading the page again: VS Code itself gives up after
// three crashes within five minutes.

import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

import { usualLimitMs } from '../../host/lib/workbench.ts';
import type { HostInbox } from '../hostInbox.ts';
import { messagesFrom, withBenchHost } from './benchHost.ts';

/** The extension host that runs now, whichever that is. */
export type HostProcess = {
  /** What it said of itself when it came, once it has. */
  now(): Promise<HostInbox>;
  /** `kill -9`, and waits until there is another. */
  kill(): Promise<void>;
  /** What its Inbox holds once nothing is on its way. */
  settled(): Promise<HostInbox>;
  /** Removes an entry; it is off the disk then. */
  remove(id: string): Promise<void>;
};

/** Gives `work` a VS Code whose Ferry takes files of the `honest` peer unasked, and ends it afterwards. `root`: a short path. */
export function withKilledHost<T>(root: string, honest: string, work: (host: HostProcess) => Promise<T>): Promise<T> {
  return withBenchHost({ root, honest, script: 'hostInbox.ts' }, async ({ control, open }) => {
    let connection = nextHost(control);
    const page = await open();
    const ask = async (line: string): Promise<HostInbox> => {
      const { socket, next } = await connection;
      socket.write(`${line}\n`);
      return next();
    };
    await connection;
    return work({
      now: async () => (await connection).first,
      kill: async () => {
        const { first } = await connection;
        connection = nextHost(control);
        process.kill(first.pid, 'SIGKILL');
        await page.reload({ timeout: usualLimitMs });
        await connection;
      },
      settled: () => ask('settle'),
      remove: async (id) => {
        await ask(id);
      },
    });
  });
}

type Connection = { readonly socket: Socket; readonly first: HostInbox; readonly next: () => Promise<HostInbox> };

async function nextHost(control: Server): Promise<Connection> {
  const [socket] = (await once(control, 'connection', { signal: AbortSignal.timeout(2 * usualLimitMs) })) as [Socket];
  // A killed process ends its connection so.
  socket.on('error', () => socket.destroy());
  const messages = messagesFrom(socket);
  const next = async (): Promise<HostInbox> => (await messages()) as HostInbox;
  return { socket, first: await next(), next };
}

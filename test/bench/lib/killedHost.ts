// A real VS Code whose extension host a benchmark kills, and brings back by loading the page again: VS Code itself gives up after
// three crashes within five minutes.

import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { startEditor } from '../../host/lib/editor.ts';
import { ensureTools } from '../../host/lib/tools.ts';
import { launchBrowser, openWorkbench, usualLimitMs } from '../../host/lib/workbench.ts';
import type { HostInbox } from '../hostInbox.ts';
import { bundleForHost, environment, repository } from './hostVictim.ts';

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
export async function withKilledHost<T>(root: string, honest: string, work: (host: HostProcess) => Promise<T>): Promise<T> {
  const bundle = await bundleForHost(root, resolve(import.meta.dirname, '..', 'hostInbox.ts'));
  const folder = join(root, 'work');
  await mkdir(folder);
  const control = createServer().listen(0, '127.0.0.1');
  await once(control, 'listening');
  const tools = await ensureTools((line) => console.log(line));
  const env = await environment((control.address() as AddressInfo).port, honest);
  const editor = await startEditor({ tools, name: 'killed', root, env });
  const browser = await launchBrowser(tools);
  try {
    let connection = nextHost(control);
    const { page } = await openWorkbench(browser, editor, {
      ...{ folder, extensionDevelopmentPath: repository, extensionTestsPath: bundle },
    });
    const ask = async (line: string): Promise<HostInbox> => {
      const { socket, next } = await connection;
      socket.write(`${line}\n`);
      return next();
    };
    await connection;
    return await work({
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
  } finally {
    await browser.close().catch(() => undefined);
    await editor.stop();
    control.close();
  }
}

type Connection = { readonly socket: Socket; readonly first: HostInbox; readonly next: () => Promise<HostInbox> };

async function nextHost(control: ReturnType<typeof createServer>): Promise<Connection> {
  const [socket] = (await once(control, 'connection', { signal: AbortSignal.timeout(2 * usualLimitMs) })) as [Socket];
  // A killed process ends its connection so.
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const next = async (): Promise<HostInbox> => {
    const { done, value } = await lines.next();
    if (done === true) throw new Error('the extension host ended before it answered');
    return JSON.parse(value) as HostInbox;
  };
  return { socket, first: await next(), next };
}

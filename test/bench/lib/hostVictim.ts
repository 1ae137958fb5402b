// Starts a real VS Code with Ferry in it for a benchmark, and talks to what runs in its extension host.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { build } from 'esbuild';

import { startEditor } from '../../host/lib/editor.ts';
import { ensureTools } from '../../host/lib/tools.ts';
import { launchBrowser, openWorkbench } from '../../host/lib/workbench.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';
import type { HostReady, HostReport } from '../hostVictim.ts';

/** Of this project: the extension under development. */
export const repository = resolve(import.meta.dirname, '../../..');
const readyMs = 60_000;

/** A VS Code with Ferry in it. */
export type HostVictim = HostReady & {
  reset(): Promise<void>;
  report(): Promise<HostReport>;
};

/** Gives `work` a VS Code whose Ferry takes files of the `honest` peer unasked, and ends it afterwards. `root`: a short path. */
export async function withHostVictim<T>(root: string, honest: string, work: (victim: HostVictim) => Promise<T>): Promise<T> {
  const bundle = await bundleForHost(root, resolve(import.meta.dirname, '..', 'hostVictim.ts'));
  const folder = join(root, 'work');
  await mkdir(folder);
  const control = createServer().listen(0, '127.0.0.1');
  await once(control, 'listening');
  const tools = await ensureTools((line) => console.log(line));
  const env = await environment((control.address() as AddressInfo).port, honest);
  const editor = await startEditor({ tools, name: 'victim', root, env });
  const browser = await launchBrowser(tools);
  try {
    const printed: string[] = [];
    const connected = once(control, 'connection', { signal: AbortSignal.timeout(readyMs) });
    await openWorkbench(browser, editor, {
      ...{ folder, extensionDevelopmentPath: repository, extensionTestsPath: bundle },
      onLog: (line) => printed.push(line),
    });
    const [socket] = (await connected.catch((cause: unknown) => {
      throw new Error(`the extension host said nothing; VS Code printed:\n${printed.slice(-20).join('\n')}`, { cause });
    })) as [Socket];
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => {
      const { done, value } = await lines.next();
      if (done === true) throw new Error('the extension host ended before it answered');
      return JSON.parse(value) as unknown;
    };
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
  } finally {
    await browser.close().catch(() => undefined);
    await editor.stop();
    control.close();
  }
}

/** What the extension host is told: where the benchmark listens, and whom it takes files from. */
export async function environment(controlPort: number, honest: string): Promise<Record<string, string>> {
  return {
    FERRY_BENCH_CONTROL: String(controlPort),
    FERRY_BENCH_HONEST: honest,
    FERRY_TEST_MDNS_PORT: String(await ownMdnsPort()),
  };
}

/** Builds the extension, and bundles a module that VS Code loads beside it into `root`; gives its path. */
export async function bundleForHost(root: string, script: string): Promise<string> {
  const bundle = join(root, 'module.js');
  await promisify(execFile)(process.execPath, ['esbuild.mjs'], { cwd: repository });
  await build({
    entryPoints: [script],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    mainFields: ['module', 'main'],
    external: ['vscode', 'original-fs', 'mocha'],
    logLevel: 'warning',
  });
  return bundle;
}

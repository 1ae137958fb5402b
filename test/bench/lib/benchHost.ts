// A real VS Code with Ferry in it for a benchmark, and the TCP connection over which a module in its extension host reports.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { build } from 'esbuild';

import { startEditor } from '../../host/lib/editor.ts';
import type { Page } from '../../host/lib/playwright.ts';
import { ensureTools } from '../../host/lib/tools.ts';
import { launchBrowser, openWorkbench } from '../../host/lib/workbench.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';

/** Of this project: the extension under development. */
const repository = resolve(import.meta.dirname, '../../..');

/** `root`: a short path. `script`: a file of test/bench, loaded beside Ferry. `honest`: whose files are taken unasked. */
export type BenchHostOptions = { readonly root: string; readonly script: string; readonly honest: string };

/** Where the extension host connects to, and the window that starts it. `onLog` gets what VS Code prints. */
export type BenchHost = { readonly control: Server; readonly open: (onLog?: (line: string) => void) => Promise<Page> };

/** Gives `work` a VS Code whose window is not yet open, and ends it afterwards. */
export async function withBenchHost<T>(options: BenchHostOptions, work: (host: BenchHost) => Promise<T>): Promise<T> {
  const { root, script, honest } = options;
  const bundle = await bundleForHost(root, resolve(import.meta.dirname, '..', script));
  const folder = join(root, 'work');
  await mkdir(folder);
  const control = createServer().listen(0, '127.0.0.1');
  await once(control, 'listening');
  const tools = await ensureTools((line) => console.log(line));
  const env = {
    FERRY_BENCH_CONTROL: String((control.address() as AddressInfo).port),
    FERRY_BENCH_HONEST: honest,
    FERRY_TEST_MDNS_PORT: String(await ownMdnsPort()),
  };
  const editor = await startEditor({ tools, name: 'bench', root, env });
  const browser = await launchBrowser(tools);
  const window = { folder, extensionDevelopmentPath: repository, extensionTestsPath: bundle };
  try {
    return await work({
      control,
      open: async (onLog) => (await openWorkbench(browser, editor, onLog === undefined ? window : { ...window, onLog })).page,
    });
  } finally {
    await browser.close().catch(() => undefined);
    await editor.stop();
    control.close();
  }
}

/** Reads what the extension host says, one line of JSON for each message. Fails where it ends instead. */
export function messagesFrom(socket: Socket): () => Promise<unknown> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await lines.next();
    if (done === true) throw new Error('the extension host ended before it answered');
    return JSON.parse(value) as unknown;
  };
}

/** Builds the extension, and bundles a module that VS Code loads beside it into `root`; gives its path. */
async function bundleForHost(root: string, script: string): Promise<string> {
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

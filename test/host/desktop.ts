// Runs the compiled host suite in the desktop VS Code: `node test/host/desktop.ts`. FERRY_VSCODE_PATH names an installed one;
// without it, `@vscode/test-electron` downloads the current release. Needs a display. Prints and exits as run.ts does.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { downloadAndUnzipVSCode } from '@vscode/test-electron';

import { ownMdnsPort } from '../support/mdnsPort.ts';
import { failureLines } from '../support/summary.ts';
import { quietSettings } from './lib/editor.ts';
import { parseLine, parseReport, type SuiteReport } from './lib/report.ts';

const repository = resolve(import.meta.dirname, '..', '..');
const hostBundle = join(repository, 'out', 'test', 'host', 'index.js');
const suiteLimitMs = 8 * 60_000;

process.exitCode = await main();

async function main(): Promise<number> {
  if (!existsSync(hostBundle)) {
    console.error(`The host suite cannot run: ${hostBundle} is missing. Build first: npm run build`);
    return 1;
  }
  const root = await mkdtemp(join(tmpdir(), 'ferry-desktop-'));
  try {
    const executable = process.env['FERRY_VSCODE_PATH'] ?? (await downloadAndUnzipVSCode('stable'));
    const report = await runSuite(executable, root);
    for (const { title, error } of report.failures) console.log(failureLines(title, error).join('\n'));
    if (report.skipped > 0) console.log(`${String(report.skipped)} skipped`);
    console.log(`${String(report.passed)} passed, ${String(report.failed)} failed`);
    return report.failed === 0 && report.passed > 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runSuite(executable: string, root: string): Promise<SuiteReport> {
  const folder = join(root, 'work');
  const userData = join(root, 'data');
  await mkdir(folder);
  await writeFile(join(folder, 'hello.txt'), 'hello\n');
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify(quietSettings));
  const args = [
    folder,
    `--extensionDevelopmentPath=${repository}`,
    `--extensionDevelopmentPath=${join(repository, 'test', 'host', 'companion')}`,
    `--extensionTestsPath=${hostBundle}`,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${join(root, 'extensions')}`,
    ...['--no-sandbox', '--disable-gpu-sandbox', '--disable-updates', '--disable-workspace-trust', '--disable-telemetry'],
    ...['--skip-welcome', '--skip-release-notes', '--password-store=basic'],
  ];
  // A terminal inside VS Code has this set; the editor would then start as plain Node.
  // Its home is its own, so that nothing is received into the person's folders.
  const home = process.platform === 'win32' ? {} : { HOME: join(root, 'home') };
  await mkdir(join(root, 'home', 'Downloads'), { recursive: true });
  const env: NodeJS.ProcessEnv = { ...process.env, ...home, FERRY_TEST_MDNS_PORT: String(await ownMdnsPort()) };
  delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(executable, args, { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: suiteLimitMs });
  const ended = new Promise<number | null>((resolveCode, reject) => {
    child.once('error', reject);
    child.once('close', resolveCode);
  });
  ended.catch(() => undefined);
  let report: SuiteReport | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const text = parseLine(line);
    if (text !== undefined) console.log(text);
    report = parseReport(line) ?? report;
  }
  const code = await ended;
  if (report !== undefined && (code === 0 || report.failed > 0 || report.passed === 0)) return report;
  throw new Error(`The host suite gave no result: VS Code ended with code ${String(code)}`);
}

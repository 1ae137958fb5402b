// Runs the compiled host suite inside a real VS Code, one window after the other: `node test/host/run.ts`. Prints the version
// first and `N passed, N failed` last; exit code 1 where a test failed, none ran, or the suite gave no report.

import { existsSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { ownMdnsPort } from '../support/mdnsPort.ts';
import { failureLines } from '../support/summary.ts';
import { type Editor, startEditor } from './lib/editor.ts';
import type { Browser } from './lib/playwright.ts';
import { tail } from './lib/programs.ts';
import { parseLine, parseReport, type SuiteReport } from './lib/report.ts';
import { describeScreen } from './lib/screen.ts';
import { ensureTools, type Tools } from './lib/tools.ts';
import { launchBrowser, openWorkbench, screenshot, type Workbench } from './lib/workbench.ts';
import { type TestWindow, testWindows } from './windows/windows.ts';

const repository = resolve(import.meta.dirname, '..', '..');

/** The bundle of test/host/index.ts that the build makes. */
const hostBundle = join(repository, 'out', 'test', 'host', 'index.js');
const extensionBundle = join(repository, 'dist', 'extension.js');
const failurePicture = join(repository, 'out', 'host', 'failure.png');

const suiteLimitMs = 8 * 60_000;

/** Between the end of an extension host and VS Code's word that the tests are over, which may come in either order. */
const lastWordMs = 10_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = [hostBundle, extensionBundle].find((path) => !existsSync(path));
  if (missing !== undefined) {
    console.error(`The host suite cannot run: ${missing} is missing. Build first: npm run build`);
    return 1;
  }
  const root = await mkdtemp(join(tmpdir(), 'ferry-host-'));
  const removeRoot = (): void => {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', removeRoot);
  // Without these, an interrupt would end this process before its exit listeners have ended the server.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  try {
    const tools = await ensureTools((line) => {
      console.log(line);
    });
    console.log(`VS Code ${tools.vscodeVersion}`);
    const reports: SuiteReport[] = [];
    for (const window of testWindows) reports.push(await runSuite(tools, window, join(root, window.name)));
    return conclude(sumOf(reports));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

function sumOf(reports: readonly SuiteReport[]): SuiteReport {
  const sum = (of: 'passed' | 'failed' | 'skipped'): number => reports.reduce((before, report) => before + report[of], 0);
  const failures = reports.flatMap((report) => report.failures);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), failures };
}

function conclude(report: SuiteReport): number {
  const { passed, failed, skipped, failures } = report;
  for (const { title, error } of failures) console.log(failureLines(title, error).join('\n'));
  if (skipped > 0) console.log(`${String(skipped)} skipped`);
  if (passed + failed === 0) console.error('No host test ran');
  console.log(`${String(passed)} passed, ${String(failed)} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function runSuite(tools: Tools, { name, restricted, open }: TestWindow, root: string): Promise<SuiteReport> {
  const folder = await open(root);
  const end = suiteEnd();
  const editor = await startEditor({
    ...{ tools, name, root, restricted },
    env: { ...passedOn(), FERRY_TEST_MDNS_PORT: String(await ownMdnsPort()) },
    onOutput: end.readServer,
  });
  let browser: Browser | undefined;
  let workbench: Workbench | undefined;
  try {
    browser = await launchBrowser(tools);
    browser.on('disconnected', () => {
      end.fail('the browser ended');
    });
    workbench = await openWorkbench(browser, editor, {
      folder,
      extensionDevelopmentPath: repository,
      companionPath: join(repository, 'test', 'host', 'companion'),
      extensionTestsPath: hostBundle,
      onLog: end.readLine,
      onExit: end.exit,
    });
    workbench.page.on('crash', () => {
      end.fail('the page crashed');
    });
    const report = await end.report;
    if (report.failed > 0) await screenshot(workbench.page, failurePicture);
    return report;
  } catch (error) {
    await explain({ editor, workbench, printed: end.printed });
    throw error;
  } finally {
    end.settle();
    await workbench?.close().catch(() => undefined);
    await browser?.close().catch(() => undefined);
    await editor.stop();
  }
}

async function explain(seen: {
  readonly editor: Editor;
  readonly workbench: Workbench | undefined;
  readonly printed: readonly string[];
}): Promise<void> {
  console.error(`VS Code printed last:\n${tail(seen.printed.join('\n'), 40)}`);
  console.error(`The server's log ends:\n${tail(seen.editor.log(), 40)}`);
  if (seen.workbench === undefined) return;
  console.error(`On screen: ${await describeScreen(seen.workbench.page)}`);
  await screenshot(seen.workbench.page, failurePicture).catch(() => undefined);
}

type SuiteEnd = {
  readonly report: Promise<SuiteReport>;
  /** What VS Code itself has printed. */
  readonly printed: readonly string[];
  readonly readLine: (line: string) => void;
  readonly readServer: (text: string) => void;
  readonly exit: (code: number) => void;
  readonly fail: (why: string) => void;
  readonly settle: () => void;
};

/** Gathers what tells that the suite is over: its report and exit, or a crash, or the limit. */
function suiteEnd(): SuiteEnd {
  const { promise, resolve: succeed, reject } = Promise.withResolvers<SuiteReport>();
  promise.catch(() => undefined);
  const printed: string[] = [];
  const timers: NodeJS.Timeout[] = [];
  let last: SuiteReport | undefined;
  const settle = (): void => {
    for (const timer of timers) clearTimeout(timer);
  };
  const fail = (why: string): void => {
    settle();
    reject(new Error(`The host suite gave no result: ${why}`));
  };
  const failAfter = (ms: number, why: string): void => {
    timers.push(setTimeout(fail, ms, why));
  };
  failAfter(suiteLimitMs, `it did not end within ${String(suiteLimitMs / 60_000)} min`);
  return {
    report: promise,
    printed,
    fail,
    settle,
    readLine: (line) => {
      const text = parseLine(line);
      const report = parseReport(line);
      if (text !== undefined) console.log(text);
      else if (report !== undefined) last = report;
      else printed.push(line);
    },
    readServer: (text) => {
      const ended = /Extension Host Process exited with code: (\S+), signal: (\S+?)\./.exec(text);
      if (ended === null) return;
      failAfter(lastWordMs, `the extension host ended with code ${String(ended[1])}, signal ${String(ended[2])}`);
    },
    exit: (code) => {
      settle();
      if (last === undefined) fail(`it ended with code ${String(code)} and without a report`);
      else if (code !== 0 && last.failed === 0 && last.passed > 0) fail(`it ended with code ${String(code)} but no failed test`);
      else succeed(last);
    },
  };
}

/** What of this process's environment the extension host under test gets to see. */
function passedOn(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && /^(FERRY_.*|NODE_V8_COVERAGE|CI)$/.test(name)) env[name] = value;
  }
  return env;
}

// Runs mocha inside the extension host and prints how it went.

import Mocha from 'mocha';

import { whatIsMissing } from '../../support/skipping.ts';
import { formatLine, formatReport, type SuiteReport } from './report.ts';

/**
 * Runs the suites that `register` defines (it imports the test files; `describe` and `it` are there while it runs) and prints
 * one line per test and the report. Resolves when all passed, rejects otherwise: what VS Code expects of a test module's
 * `run`. FERRY_GREP picks tests by their title.
 */
export async function runMocha(register: () => Promise<unknown>): Promise<void> {
  const report = await runSuites(register);
  console.log(formatReport(report));
  if (report.failed > 0) throw new Error(`${String(report.failed)} host tests failed`);
  if (report.passed === 0) throw new Error('no host test ran');
}

/**
 * Prints a text for the person who runs the tests. VS Code hands all that is printed in its extension host to the runner,
 * which shows only what is marked as the suite's; a plain console.log is seen where the suite ends without a report.
 */
export function say(text: string): void {
  console.log(formatLine(text));
}

async function runSuites(register: () => Promise<unknown>): Promise<SuiteReport> {
  const grep = process.env['FERRY_GREP'];
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 120_000,
    forbidOnly: true,
    ...(grep === undefined || grep === '' ? {} : { grep }),
  });
  mocha.reporter(LineReporter);
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const failures: SuiteReport['failures'][number][] = [];
  let passed = 0;
  let skipped = 0;
  try {
    await register();
  } catch (error) {
    failures.push({ title: 'loading the test files', error: describeError(error) });
  }
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('pass', () => (passed += 1));
    runner.on('pending', () => (skipped += 1));
    runner.on('fail', (test, error) => failures.push({ title: test.fullTitle(), error: describeError(error) }));
  });
  return { passed, failed: failures.length, skipped, failures };
}

class LineReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('suite', (suite) => {
      if (suite.title !== '') say(suite.title);
    });
    runner.on('pass', (test) => {
      say(`  ✔ ${test.title}${test.speed === 'slow' ? ` (${String(test.duration ?? 0)} ms)` : ''}`);
    });
    runner.on('pending', (test) => {
      say(`  - ${test.title} (skipped: ${whatIsMissing(test) ?? 'it does not say what is missing'})`);
    });
    runner.on('fail', (test) => {
      say(`  ✖ ${test.fullTitle()}`);
    });
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.stack?.includes(error.message) === true ? error.stack : `${error.message}\n${error.stack ?? ''}`;
}

// Runs the tests: `node test/run.ts [unit] [net] [host]`, all layers where none is named. The last line is `N passed, N failed`.
// Unit runs in this process, whose natural end shows that no socket or timer was left behind. So does each half of net, `net 1/2`
// and `net 2/2`, in one of its own, side by side: such tests wait for most of their time. Host runs in VS Code.

import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';

import Mocha from 'mocha';

import { failureLines, newSummary } from './support/summary.ts';

type Count = { readonly passed: number; readonly failed: number };
/** What a program printed, and how it ended. */
type Ran = { readonly output: string; readonly code: number };

const layers = ['unit', 'net', 'host'] as const;
const endsWithinMs = 15_000;

/** The halves into which the files of net are dealt. */
const halves = ['1/2', '2/2'] as const;

const half = halves.find((one) => process.argv.includes(one));
const wanted = process.argv.slice(2).filter((word) => word !== half);
const unknown = wanted.filter((layer) => !layers.some((known) => known === layer));
if (unknown.length > 0) throw new Error(`there is no layer ${unknown.join(', ')}; there are ${layers.join(', ')}`);

const summary = newSummary();
let sum: Count = { passed: 0, failed: 0 };
for (const layer of layers) {
  if (wanted.length > 0 && !wanted.includes(layer)) continue;
  console.log(`\n── ${layer}`);
  const count = await runLayer(layer);
  if (count.passed + count.failed === 0) throw new Error(`no test ran in layer ${layer}`);
  sum = { passed: sum.passed + count.passed, failed: sum.failed + count.failed };
}
process.exitCode = sum.failed === 0 ? 0 : 1;
for (const line of summary.lines()) console.log(line);
process.once('exit', () => console.log(`${sum.passed} passed, ${sum.failed} failed`));
setTimeout(() => {
  const open = process.getActiveResourcesInfo().join(', ');
  for (const line of failureLines(
    `the end of ${wanted.join(' ')} ${half ?? ''}`.trimEnd(),
    `still open after the last test: ${open}`,
  ))
    console.log(line);
  sum = { ...sum, failed: sum.failed + 1 };
  process.exit(1);
}, endsWithinMs).unref();

function runLayer(layer: (typeof layers)[number]): Promise<Count> {
  if (layer === 'host') return runHost();
  return layer === 'net' && half === undefined ? runHalves() : runMocha(layer);
}

async function runHalves(): Promise<Count> {
  const [first, second] = halves.map((one) => [process.execPath, 'test/run.ts', 'net', one]);
  // What two print at once cannot be read: the second is shown when the first has ended.
  const held = run(second ?? [], () => undefined);
  const counts = [countOf(await run(first ?? []))];
  const { output, code } = await held;
  process.stdout.write(output);
  counts.push(countOf({ output, code }));
  return { passed: sumOf(counts.map(({ passed }) => passed)), failed: sumOf(counts.map(({ failed }) => failed)) };
}

async function runMocha(layer: 'unit' | 'net'): Promise<Count> {
  const mocha = new Mocha({ timeout: 120_000, forbidOnly: true, reporter: 'spec' });
  for await (const file of glob(`test/${layer}/**/*.test.ts`)) mocha.addFile(resolve(file));
  mocha.files.sort();
  if (half !== undefined) mocha.files = mocha.files.filter((_, n) => n % halves.length === halves.indexOf(half));
  await mocha.loadFilesAsync();
  return new Promise((done) => {
    let passed = 0;
    const runner = mocha.run((failed) => done({ passed, failed }));
    summary.follow(runner);
    runner.on('pass', () => {
      passed += 1;
    });
  });
}

async function runHost(): Promise<Count> {
  const built = await run([process.execPath, 'esbuild.mjs', '--tests']);
  if (built.code !== 0) throw new Error('the bundle cannot be built');
  return countOf(await run([process.execPath, 'test/host/run.ts']));
}

/** What a runner counted, by its last line; what it printed of its tests goes into the summary. */
function countOf({ output, code }: Ran): Count {
  summary.read(output);
  const last = /^(\d+) passed, (\d+) failed$/m.exec(output.trimEnd().split('\n').at(-1) ?? '');
  const [passed, failed] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0)];
  if (code === 0 || failed > 0) return { passed, failed };
  summary.fail('a runner of tests', `ended with code ${code} after ${passed} passed`);
  return { passed, failed: 1 };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function run(
  [command = '', ...args]: readonly string[],
  show = (chunk: Buffer): unknown => process.stdout.write(chunk),
): Promise<Ran> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    show(chunk);
  });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ output, code: code ?? 1 }));
  });
}

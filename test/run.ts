// Runs the tests: `node test/run.ts [unit] [net] [host]`, all layers where none is named. The last line is `N passed, N failed`.
// Unit and net run in this process, whose natural end shows that no socket or timer was left behind; host runs in VS Code.

import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';

import Mocha from 'mocha';

import { newSummary } from './support/summary.ts';

type Count = { readonly passed: number; readonly failed: number };

const layers = ['unit', 'net', 'host'] as const;
const endsWithinMs = 15_000;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((layer) => !layers.some((known) => known === layer));
if (unknown.length > 0) throw new Error(`there is no layer ${unknown.join(', ')}; there are ${layers.join(', ')}`);

const summary = newSummary();
let sum: Count = { passed: 0, failed: 0 };
for (const layer of layers) {
  if (wanted.length > 0 && !wanted.includes(layer)) continue;
  console.log(`\n── ${layer}`);
  const count = layer === 'host' ? await runHost() : await runMocha(layer);
  if (count.passed + count.failed === 0) throw new Error(`no test ran in layer ${layer}`);
  sum = { passed: sum.passed + count.passed, failed: sum.failed + count.failed };
}
process.exitCode = sum.failed === 0 ? 0 : 1;
for (const line of summary.lines()) console.log(line);
process.once('exit', () => console.log(`${sum.passed} passed, ${sum.failed} failed`));
setTimeout(() => {
  console.log(`still open after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
  sum = { ...sum, failed: sum.failed + 1 };
  process.exit(1);
}, endsWithinMs).unref();

async function runMocha(layer: 'unit' | 'net'): Promise<Count> {
  const mocha = new Mocha({ timeout: 120_000, forbidOnly: true, reporter: 'spec' });
  for await (const file of glob(`test/${layer}/**/*.test.ts`)) mocha.addFile(resolve(file));
  mocha.files.sort();
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
  const { output, code } = await run([process.execPath, 'test/host/run.ts']);
  summary.read(output);
  const last = /^(\d+) passed, (\d+) failed$/m.exec(output.trimEnd().split('\n').at(-1) ?? '');
  const [passed, failed] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0)];
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function run([command = '', ...args]: readonly string[]): Promise<{ output: string; code: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ output, code: code ?? 1 }));
  });
}

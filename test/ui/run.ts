// Runs the UI specs, `node test/ui/run.ts [NAME…]`: the packed extension in real workbenches, driven as a person would. All specs
// where none is named; pictures in out/ui; the last line is `N passed, N failed`.

import { glob, rm } from 'node:fs/promises';
import { resolve } from 'node:path';

import Mocha from 'mocha';

import { packExtension } from '../host/lib/pack.ts';
import { ensureTools } from '../host/lib/tools.ts';
import { newSummary } from '../support/summary.ts';
import { pictures } from './lib/scene.ts';

/** A spec opens editors and waits for what a machine with much else to do shows late. */
const limitMs = 10 * 60_000;

const wanted = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

await rm(pictures, { recursive: true, force: true });
const { vscodeVersion } = await ensureTools((line) => console.log(line));
console.log(`VS Code ${vscodeVersion}`);
process.env['FERRY_UI_VSIX'] = await packExtension();

const grep = process.env['FERRY_GREP'];
const mocha = new Mocha({ timeout: limitMs, forbidOnly: true, reporter: 'spec', ...(grep === undefined ? {} : { grep }) });
for await (const file of glob('test/ui/*.test.ts')) {
  if (wanted.length === 0 || wanted.some((name) => file.endsWith(`/${name}.test.ts`))) mocha.addFile(resolve(file));
}
mocha.files.sort();
if (mocha.files.length === 0) throw new Error(`there is no spec ${wanted.join(', ')}`);
await mocha.loadFilesAsync();
const summary = newSummary();
let passed = 0;
const runner = mocha.run((failed) => {
  for (const line of summary.lines()) console.log(line);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
});
summary.follow(runner);
runner.on('pass', () => {
  passed += 1;
});

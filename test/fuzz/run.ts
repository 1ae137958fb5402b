// The fuzzer as a program: `node test/fuzz/run.ts [COUNT] [SEED]`, a million cases and a new seed where nothing else is said.

import { randomInt } from 'node:crypto';

import { removeTempFolders } from '../support/temp.ts';
import { fuzz } from './fuzz.ts';

const [count = 1_000_000, seed = randomInt(2 ** 31)] = process.argv.slice(2).map(Number);
const growthMb = 20;
/** Resident memory is flat only after as many cases. */
const warmCases = 8_000;

console.log(`seed ${seed}, ${count} cases`);
const begun = performance.now();
const seconds = (): number => (performance.now() - begun) / 1000;
const { failures, ...report } = await fuzz({
  count,
  seed,
  leftOpen: 500,
  onProgress: (done) => {
    if (done % 50_000 === 0) console.log(`${done} cases, ${(done / seconds()).toFixed(0)} a second`);
  },
});
console.log(report);
for (const failure of failures) console.error(`FAILED: ${failure}`);
const grown = Math.max(report.heapGrowthMb, count >= 10 * warmCases ? Math.abs(report.rssGrowthMb) : 0);
if (grown > growthMb) console.error(`FAILED: memory is not flat within ${growthMb} MB`);
await removeTempFolders();
const ok = failures.length === 0 && grown <= growthMb && report.cases === count;
console.log(`${ok ? 'ok' : 'FAILED'}: seed ${seed}, ${report.cases} cases in ${seconds().toFixed(0)} s`);
process.exitCode = ok ? 0 : 1;

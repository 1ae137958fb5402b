// The public suites as a program: `node test/corpora/run.ts [FOLDER]`. Without a folder it takes the suites that packages bring
// along. Its exit code is 1 where Ferry is at odds with a suite beyond the limits that are written down, and where nothing could
// be read.

import { join } from 'node:path';

import { readSuite } from './folder.ts';
import { installedSuites } from './installed.ts';
import { judge, report } from './judge.ts';
import { suiteIds } from './trial.ts';

const [folder] = process.argv.slice(2);
let [cases, odds] = [0, 0];

for (const suite of suiteIds) {
  const from = folder === undefined ? installedSuites[suite].from : join(folder, suite);
  const trials = await (folder === undefined ? installedSuites[suite].read() : readSuite(suite, from));
  if (trials === undefined) {
    console.log(`${suite}: not run, for ${from} is not there`);
    continue;
  }
  console.log(`${suite}: ${trials.length} trials from ${from}`);
  const tallies = judge(trials);
  for (const line of report(tallies)) console.log(`  ${line}`);
  cases += trials.length;
  odds += tallies.reduce((sum, tally) => sum + tally.odds.length, 0);
}
console.log(cases === 0 ? 'FAILED: no case was found' : `${odds === 0 ? 'ok' : 'FAILED'}: ${cases} trials, ${odds} unexplained`);
process.exitCode = cases > 0 && odds === 0 ? 0 : 1;

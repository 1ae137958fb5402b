// The fuzzer in short: twenty thousand mutated requests of a fixed seed. `npm run fuzz` makes a million of a new one.

import assert from 'node:assert/strict';

import { fuzz } from '../../fuzz/fuzz.ts';
import { killChildren } from '../../support/childProcess.ts';
import { removeTempFolders } from '../../support/temp.ts';

const cases = 20_000;

describe('A listener that is fuzzed', function () {
  this.timeout(300_000);
  afterEach(async () => {
    await killChildren();
    await removeTempFolders();
  });

  it('S6: answers or closes each of twenty thousand mutated requests, and serves an honest peer meanwhile', async () => {
    const { failures, endings, honestSends, filesKept, ...report } = await fuzz({ count: cases, seed: 20_261_124, leftOpen: 40 });
    assert.deepEqual(failures, []);
    assert.equal(report.cases, cases);
    // The mutants are neither all turned away at the first byte nor all in good form.
    for (const ending of ['200', '204', '400', '404', '409', '422', 'closed']) assert.ok((endings[ending] ?? 0) > 0, ending);
    assert.ok(honestSends > 3 && filesKept > honestSends);
  });
});

// The fuzzer in short: mutated requests of a fixed seed, a thousand, or twenty thousand where FERRY_LONG is 1. `npm run fuzz`
// makes a million of a new one.

import assert from 'node:assert/strict';

import { fuzz } from '../../fuzz/fuzz.ts';
import { killChildren } from '../../support/childProcess.ts';
import { times } from '../../support/longRuns.ts';
import { removeTempFolders } from '../../support/temp.ts';

const cases = 20 * times(1_000);
/** How cases end that are neither turned away at the first byte nor all in good form; some of these ends are rare. */
const ends = { often: ['200', '400', '404', 'closed'], seldom: ['204', '409', '422'] } as const;

describe('A listener that is fuzzed', function () {
  this.timeout(20 * 60_000);
  afterEach(async () => {
    await killChildren();
    await removeTempFolders();
  });

  it('S6: answers or closes each of so many mutated requests, and serves an honest peer meanwhile', async () => {
    const { failures, endings, honestSends, filesKept, ...report } = await fuzz({ count: cases, seed: 20_261_124, leftOpen: 40 });
    assert.deepEqual(failures, []);
    assert.equal(report.cases, cases);
    for (const ending of [...ends.often, ...(cases < 20_000 ? [] : ends.seldom)]) assert.ok((endings[ending] ?? 0) > 0, ending);
    assert.ok(honestSends > 0 && filesKept >= honestSends);
  });
});

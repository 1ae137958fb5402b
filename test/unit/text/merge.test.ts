// Two texts and the one that they come from: merged line by line, with marks where both changed the same, in time.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { mergeTexts } from '../../../src/core/text/merge.ts';
import { processorMs } from '../../support/processorTime.ts';

const labels = { mine: 'mine', theirs: 'Ada' };
const base = 'one\ntwo\nthree\nfour\nfive\n';

describe('A merge', () => {
  it('takes what either side changed', async () => {
    const sides = { base, mine: base.replace('one', 'ONE'), theirs: base.replace('five', 'FIVE') };
    assert.deepEqual(await mergeTexts(sides, labels), { text: 'ONE\ntwo\nthree\nfour\nFIVE\n', conflicts: 0 });
  });

  it('marks what both changed', async () => {
    const sides = { base, mine: base.replace('two', 'mine'), theirs: base.replace('two', 'theirs') };
    const text = 'one\n<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> Ada\nthree\nfour\nfive\n';
    assert.deepEqual(await mergeTexts(sides, labels), { text, conflicts: 1 });
  });

  it('has the line ends of mine, whatever those of the others are', async () => {
    const sides = { base, mine: base.replaceAll('\n', '\r\n'), theirs: base.replace('two', 'TWO') };
    const merged = await mergeTexts(sides, labels);
    assert.deepEqual(merged, { text: base.replace('two', 'TWO').replaceAll('\n', '\r\n'), conflicts: 0 });
  });

  it('of a side that changed nothing is the other side', async () => {
    const text = fc.array(fc.constantFrom('', 'a', 'b', 'c'), { maxLength: 12 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(text, text, async (common, other) => {
        const expected = { text: other, conflicts: 0 };
        assert.deepEqual(await mergeTexts({ base: common, mine: common, theirs: other }, labels), expected);
        assert.deepEqual(await mergeTexts({ base: common, mine: other, theirs: common }, labels), expected);
      }),
    );
  });

  it('is not begun with texts that are made to be slow', async () => {
    const blank = '\n'.repeat(200_000);
    let merged: unknown;
    const ms = await processorMs(async () => {
      merged = await mergeTexts({ base: blank, mine: blank, theirs: `${blank}x` }, labels);
    });
    assert.equal(merged, undefined);
    assert.ok(ms < 2_000, `${ms} ms`);
  });

  it('is done in time with as many equal lines as it takes', async () => {
    const same = Array.from({ length: 490 }, () => 'same').join('\n');
    const ms = await processorMs(async () => {
      assert.equal((await mergeTexts({ base: same, mine: same, theirs: `${same}\nx` }, labels))?.conflicts, 0);
    });
    assert.ok(ms < 5_000, `${ms} ms`);
  });
});

// Work that is asked for in bursts, on a clock that the test moves.

import assert from 'node:assert/strict';

import { coalesced } from '../../../src/core/base/coalesce.ts';
import { virtualClock } from '../../support/virtualClock.ts';

describe('Coalesced work', () => {
  const begin = () => {
    const clock = virtualClock();
    let value = 0;
    const seen: (readonly [number, number])[] = [];
    const work = coalesced(() => seen.push([clock.nowMs() - 10_000, value]), 500, clock.after);
    const change = (): void => {
      value += 1;
      work.ask();
    };
    return { clock, seen, work, change };
  };

  it('is done at once, then twice a second at most, and with what was there last', () => {
    const { clock, seen, change } = begin();
    for (let n = 0; n < 120; n += 1) {
      change();
      clock.advance(10);
    }
    clock.advance(5_000);
    assert.deepEqual(seen, [
      [0, 1],
      [500, 50],
      [1_000, 100],
      [1_500, 120],
    ]);
    assert.equal(clock.pending(), 0);
  });

  it('is done at once again after a rest', () => {
    const { clock, seen, change } = begin();
    change();
    clock.advance(501);
    change();
    assert.deepEqual(seen, [
      [0, 1],
      [501, 2],
    ]);
  });

  it('goes on after a failure', () => {
    const clock = virtualClock();
    let count = 0;
    const work = coalesced(
      () => {
        count += 1;
        if (count === 1) throw new Error('once');
      },
      500,
      clock.after,
    );
    assert.throws(work.ask, /once/);
    work.ask();
    clock.advance(500);
    assert.equal(count, 2);
  });

  it('is not done any more once it is disposed of', () => {
    const { clock, seen, work, change } = begin();
    change();
    change();
    work.dispose();
    clock.advance(1_000);
    assert.deepEqual(seen, [[0, 1]]);
    assert.equal(clock.pending(), 0);
  });
});

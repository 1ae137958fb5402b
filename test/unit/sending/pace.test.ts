// The pace of a transfer and the time that is left.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { PaceMeter } from '../../../src/core/sending/pace.ts';

describe('The pace of a transfer', () => {
  it('is unknown until half a second is known', () => {
    const meter = new PaceMeter();
    assert.equal(meter.measure(0, 1000, 0), undefined);
    assert.equal(meter.measure(100, 1000, 499), undefined);
    assert.deepEqual(meter.measure(100, 1000, 500), { bytesPerSecond: 200, secondsLeft: 4.5 });
  });

  it('is unknown while nothing moves', () => {
    const meter = new PaceMeter();
    for (const now of [0, 1000, 2000]) assert.equal(meter.measure(0, 1000, now), undefined);
  });

  it('forgets what is longer ago than three seconds', () => {
    const meter = new PaceMeter();
    for (let second = 0; second <= 10; second += 1) meter.measure(second * 1000, 1_000_000, second * 1000);
    const before = meter.measure(20_000, 1_000_000, 11_000);
    const after = Array.from({ length: 10 }, (_, step) =>
      meter.measure(20_000 + (step + 1) * 10, 1_000_000, 11_000 + (step + 1) * 1000),
    ).at(-1);
    assert.ok(before !== undefined && before.bytesPerSecond > 3_000);
    assert.ok(after !== undefined && Math.abs(after.bytesPerSecond - 10) < 1e-9, JSON.stringify(after));
  });

  it('leaves no time at the end', () => {
    const meter = new PaceMeter();
    meter.measure(0, 1000, 0);
    assert.equal(meter.measure(1000, 1000, 1000)?.secondsLeft, 0);
    assert.equal(meter.measure(1200, 1000, 2000)?.secondsLeft, 0);
  });

  it('is finite and never negative for any clock that goes forward', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(10_000), fc.nat(1e9)), { maxLength: 50 }), (steps) => {
        const meter = new PaceMeter();
        let [now, sent] = [0, 0];
        for (const [ms, bytes] of steps) {
          now += ms;
          sent += bytes;
          const pace = meter.measure(sent, 1e10, now);
          if (pace === undefined) continue;
          assert.ok(Number.isFinite(pace.bytesPerSecond) && pace.bytesPerSecond > 0);
          assert.ok(Number.isFinite(pace.secondsLeft) && pace.secondsLeft >= 0);
        }
      }),
    );
  });
});

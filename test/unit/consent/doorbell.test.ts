// The doorbell rings for one request of a peer at a time, for three in all, and for three of strangers in ten minutes.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import { Doorbell } from '../../../src/core/consent/doorbell.ts';
import { peerIdOfNobody as peer } from '../../support/peerIds.ts';

describe('The doorbell', () => {
  let nowMs = 0;
  let doorbell = new Doorbell();
  beforeEach(() => {
    nowMs = 1_000;
    doorbell = new Doorbell(() => nowMs);
  });
  /** The seconds of an hour at which a request that comes every second rings. */
  const ringsInAnHour = (rings: (second: number) => boolean): readonly number[] =>
    Array.from({ length: 3_600 }, (_, second) => second).filter((second) => {
      nowMs = 1_000 + second * 1_000;
      return rings(second);
    });

  it('S7: rings less and less for a known peer that nobody answers', () => {
    assert.deepEqual(
      ringsInAnHour(() => doorbell.rings(peer(1), 'known')),
      [0, 10, 30, 70, 150, 310, 630, 1_230, 1_830, 2_430, 3_030],
    );
  });

  it('S7: rings three times in ten minutes for strangers, however many they are', () => {
    assert.deepEqual(
      ringsInAnHour((second) => doorbell.rings(peer(second), 'unknown')).map((second) => second % (limits.muteMs / 1_000)),
      Array.from({ length: 6 }, () => [0, 1, 2]).flat(),
    );
  });

  it('S7: rings no more for strangers that are declined one by one', () => {
    const rang = ringsInAnHour((second) => {
      const rings = doorbell.rings(peer(second), 'unknown');
      if (rings) doorbell.answered(peer(second), 'declined');
      return rings;
    });
    assert.equal(rang.length, 18);
  });

  it('rings for a known peer while strangers have used up their share', () => {
    ringsInAnHour((second) => second < 500 && doorbell.rings(peer(second), 'unknown'));
    nowMs = 1_000 + 550_000;
    assert.equal(doorbell.rings(peer(-1), 'unknown'), false);
    assert.equal(doorbell.rings(peer(-2), 'known'), true);
    assert.equal(doorbell.rings(peer(-3), 'paired'), true);
  });

  it('rings for three peers at once, and for the fourth when the first is off the screen', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((who) => doorbell.rings(peer(who), 'paired')),
      [true, true, true, false],
    );
    nowMs += limits.ringMs - 1;
    assert.equal(doorbell.rings(peer(4), 'paired'), false);
    nowMs += 1;
    assert.equal(doorbell.rings(peer(4), 'paired'), true);
  });

  it('rings for a known peer while three strangers are on the screen, and not the other way round', () => {
    for (const who of [1, 2, 3]) assert.equal(doorbell.rings(peer(who), 'unknown'), true);
    for (const who of [4, 5, 6]) assert.equal(doorbell.rings(peer(who), 'known'), true);
    assert.equal(doorbell.rings(peer(7), 'known'), false);
    nowMs += limits.muteMs;
    for (const who of [14, 15, 16]) assert.equal(doorbell.rings(peer(who), 'known'), true);
    assert.equal(doorbell.rings(peer(17), 'unknown'), false);
  });

  for (const answer of ['accepted', 'declined'] as const) {
    it(`rings at once for the next request of a known peer that was ${answer}`, () => {
      for (let time = 0; time < 5; time += 1) {
        assert.equal(doorbell.rings(peer(1), 'known'), true);
        assert.equal(doorbell.rings(peer(1), 'known'), false);
        doorbell.answered(peer(1), answer);
      }
    });
  }

  it('forgets a stranger that was accepted', () => {
    for (let who = 0; who < 20; who += 1) {
      assert.equal(doorbell.rings(peer(who), 'unknown'), true);
      doorbell.answered(peer(who), 'accepted');
    }
  });

  it('lets nothing that is told unasked keep a question from ringing', () => {
    const doorbell = new Doorbell(() => 0);
    assert.deepEqual([doorbell.tells(peer(1), 'paired'), doorbell.tells(peer(1), 'paired')], [true, false]);
    assert.equal(doorbell.rings(peer(1), 'paired'), true);
    doorbell.forget();
    assert.equal(doorbell.tells(peer(1), 'paired'), true);
  });
});

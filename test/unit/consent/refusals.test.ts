// Three refusals in a row, and a peer's offers are declined unseen for ten minutes.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import { Refusals } from '../../../src/core/consent/refusals.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import { peerIdOfNobody as peer } from '../../support/peerIds.ts';

describe('Refusals', () => {
  let nowMs = 0;
  let refusals = new Refusals(() => nowMs);
  const refuse = (who: PeerId, times: number): void => {
    for (let time = 0; time < times; time += 1) refusals.add(who);
  };
  beforeEach(() => {
    nowMs = 1_000;
    refusals = new Refusals(() => nowMs);
  });

  it('mute a peer at the third, and nobody else', () => {
    refuse(peer(1), 2);
    assert.equal(refusals.muted(peer(1)), false);
    refuse(peer(1), 1);
    assert.equal(refusals.muted(peer(1)), true);
    assert.equal(refusals.muted(peer(2)), false);
  });

  it('mute for ten minutes', () => {
    refuse(peer(1), 3);
    nowMs += limits.muteMs - 1;
    assert.equal(refusals.muted(peer(1)), true);
    nowMs += 1;
    assert.equal(refusals.muted(peer(1)), false);
  });

  it('are counted anew after a mute', () => {
    refuse(peer(1), 3);
    nowMs += limits.muteMs;
    refuse(peer(1), 2);
    assert.equal(refusals.muted(peer(1)), false);
    refuse(peer(1), 1);
    assert.equal(refusals.muted(peer(1)), true);
  });

  it('are forgotten once an offer is accepted', () => {
    refuse(peer(1), 2);
    refusals.forget(peer(1));
    refuse(peer(1), 2);
    assert.equal(refusals.muted(peer(1)), false);
  });

  it('are remembered of a bounded number of peers, the latest ones', () => {
    refuse(peer(0), 3);
    for (let number = 1; number <= limits.offersRemembered; number += 1) refusals.add(peer(number));
    assert.equal(refusals.muted(peer(0)), false);
    refuse(peer(limits.offersRemembered), 2);
    assert.equal(refusals.muted(peer(limits.offersRemembered)), true);
  });
});

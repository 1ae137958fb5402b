// How often peers may ask to pair, what is remembered of it, and which of two pairings goes on when both sides begin one.

import assert from 'node:assert/strict';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { Pairings } from '../../../src/core/pairing/responder.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import { onEntry } from '../../support/entries.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { ada, beginPairing, fakeChannel, grace, mallory } from './helpers.ts';

const failsWith = (code: ErrorCode): { name: string; code: ErrorCode } => ({ name: 'FerryError', code });

describe('Pairings', () => {
  let nowMs = 0;
  let seen: string[] = [];
  let pairings = new Pairings();
  beforeEach(() => {
    [seen, nowMs] = [[], 1_000];
    pairings = new Pairings({ now: () => nowMs });
    onEntry(pairings.onDidChange, ({ state }) => seen.push(state.phase));
  });
  afterEach(() => pairings.cancelAll());

  describe('are bounded:', () => {
    const beginAndEnd = async (peer: PeerId): Promise<void> => {
      const { id } = await beginPairing(pairings, { peer });
      pairings.withdraw(peer, id);
    };
    const isBusy = (peer: PeerId): Promise<void> => assert.rejects(beginPairing(pairings, { peer }), failsWith('ERR_BUSY'));

    it('one of a peer at a time', async () => {
      const { id } = await beginPairing(pairings);
      await isBusy(ada);
      pairings.withdraw(ada, id);
      await beginPairing(pairings);
    });

    it('three of a peer in five minutes, those counted that it gave up before a code was shown', async () => {
      for (let time = 0; time < 3; time += 1) await beginAndEnd(ada);
      await isBusy(ada);
      await beginAndEnd(mallory);
      nowMs += limits.pairingsPerPeerMs - 1;
      await isBusy(ada);
      nowMs += 1;
      await beginAndEnd(ada);
    });

    it('ten of all peers in an hour, however many keys they have', async () => {
      for (let number = 0; number < 10; number += 1) await beginAndEnd(peerIdOfNobody(100 + number));
      await isBusy(peerIdOfNobody(200));
      nowMs += limits.pairingsOfAllMs - 1;
      await isBusy(ada);
      nowMs += 1;
      await beginAndEnd(ada);
    });

    it('ten of all strangers, and ten of all who were met, so that neither uses up the pairings of the other', async () => {
      const met = new Set([ada, mallory]);
      pairings = new Pairings({ now: () => nowMs, isStranger: (peer) => !met.has(peer) });
      for (let number = 0; number < 10; number += 1) await beginAndEnd(peerIdOfNobody(100 + number));
      await isBusy(peerIdOfNobody(200));
      await beginAndEnd(ada);
      for (let number = 300; number < 309; number += 1) {
        met.add(peerIdOfNobody(number));
        await beginAndEnd(peerIdOfNobody(number));
      }
      await isBusy(mallory);
      nowMs += limits.pairingsOfAllMs;
      for (let number = 0; number < 3; number += 1) {
        await beginAndEnd(mallory);
        await beginAndEnd(peerIdOfNobody(400));
      }
    });

    it('a refused one does not count, and shows nothing', async () => {
      for (let time = 0; time < 3; time += 1) await beginAndEnd(ada);
      seen = [];
      for (let time = 0; time < 20; time += 1) await isBusy(ada);
      assert.deepEqual(seen, []);
      await beginAndEnd(mallory);
      assert.equal(pairings.failures(ada), 3);
    });

    it('one that a dead connection asks for does not count', async () => {
      const dead = { ...fakeChannel(), exportedKey: () => assert.fail('no keys') };
      for (let time = 0; time < 20; time += 1)
        await assert.rejects(beginPairing(pairings, { channel: dead }), assert.AssertionError);
      await beginAndEnd(ada);
      assert.equal(pairings.entries.length, 1);
    });

    it('the failures that are remembered, and the entries', async () => {
      for (let number = 0; number < limits.pairingFailuresRemembered + 5; number += 1) {
        await beginAndEnd(peerIdOfNobody(number));
        nowMs += limits.pairingsOfAllMs;
      }
      assert.equal(pairings.failures(), limits.pairingFailuresRemembered);
      assert.equal(pairings.entries.length, 20);
    });
  });

  describe('that this side begins too', () => {
    it('give way to one that runs already', async () => {
      await beginPairing(pairings, { own: ada, peer: grace });
      assert.throws(() => pairings.initiate(grace, () => undefined), failsWith('ERR_PAIRING_CROSSED'));
      pairings.initiate(mallory, () => undefined).settle('none');
    });

    it('go before where this side has the lower ID', async () => {
      const { settle } = pairings.initiate(grace, () => assert.fail('it goes on'));
      await assert.rejects(beginPairing(pairings, { own: ada, peer: grace }), failsWith('ERR_PAIRING_CROSSED'));
      settle('failed');
      assert.equal(pairings.failures(grace), 1);
      await beginPairing(pairings, { own: ada, peer: grace });
    });

    it('are given up where the peer has the lower ID', async () => {
      const reasons: string[] = [];
      pairings.initiate(ada, (reason) => reasons.push(reason));
      await beginPairing(pairings, { own: grace, peer: ada });
      assert.deepEqual(reasons, ['crossed']);
    });

    it('are not given up for one that the limits forbid', async () => {
      for (let time = 0; time < 3; time += 1) pairings.withdraw(ada, (await beginPairing(pairings)).id);
      const { settle } = pairings.initiate(ada, () => assert.fail('it goes on'));
      await assert.rejects(beginPairing(pairings), failsWith('ERR_BUSY'));
      settle('paired');
      assert.equal(pairings.failures(ada), 0);
    });

    it('are one at a time with a peer, and end with the peer that is blocked or the window that goes offline', () => {
      const reasons: string[] = [];
      const first = pairings.initiate(ada, (reason) => reasons.push(`ada ${reason}`));
      pairings.initiate(mallory, (reason) => reasons.push(`mallory ${reason}`));
      assert.throws(() => pairings.initiate(ada, () => undefined), failsWith('ERR_BUSY'));
      pairings.cancelPeer(ada);
      first.settle('none');
      first.settle('failed');
      pairings.cancelAll();
      assert.deepEqual(reasons, ['ada cancelled', 'mallory cancelled']);
      assert.equal(pairings.failures(), 0);
    });
  });
});

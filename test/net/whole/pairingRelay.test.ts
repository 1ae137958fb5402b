// Somebody with two certificates of their own sits between two peers that pair: pairings through sockets, two new TLS
// connections each, the calls handed from one to the other, and no code is shown twice. Beside them the same arithmetic without
// sockets, with the two exporters unlike each other, and all else that a relay could ever make alike, alike.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { limits } from '../../../src/core/base/limits.ts';
import { codeOf } from '../../../src/core/pairing/code.ts';
import type { PairingEntry } from '../../../src/core/pairing/entry.ts';
import { onEntry } from '../../support/entries.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { times } from '../../support/longRuns.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { type Relay, relayIdentities, startRelay } from '../../support/relay.ts';
import { removeTempFolders } from '../../support/temp.ts';

const pairings = times(1_000);

describe('S2: somebody between two peers', function () {
  this.timeout(20 * 60_000);
  let nowMs = 0;
  let ada: HeadlessPeer;
  let grace: HeadlessPeer;
  let identities: Awaited<ReturnType<typeof relayIdentities>>;
  let relay: Relay | undefined;

  before(async () => {
    [ada, grace, identities] = await Promise.all([
      headlessPeer({ name: 'Ada' }),
      // An hour passes before each pairing, or the limits would end this after ten.
      headlessPeer({ name: 'Grace', pairings: { now: () => (nowMs += limits.pairingsOfAllMs) } }),
      relayIdentities(),
    ]);
  });
  afterEach(async () => {
    await relay?.stop();
    relay = undefined;
  });
  after(async () => {
    await Promise.all([ada.stop(), grace.stop()]);
    await removeTempFolders();
  });

  const newest = (): PairingEntry => grace.pairings.entries[0] ?? assert.fail('nobody asked');
  const untilOver = (): Promise<PairingEntry> =>
    new Promise((resolve) => {
      const isOver = (entry: PairingEntry): boolean => !['asked', 'comparing'].includes(entry.state.phase);
      if (isOver(newest())) resolve(newest());
      else onEntry(grace.pairings.onDidChange, (entry) => isOver(entry) && resolve(entry));
    });

  it(`shows two codes in ${pairings} of ${pairings} pairings through two real TLS connections, and nobody is paired`, async () => {
    const pairs: (readonly [string, string])[] = [];
    for (let run = 0; run < pairings; run += 1) {
      // A relay for each, so that no connection is used twice.
      relay = await startRelay(grace.address.port, 'ownCommitment', identities);
      const outcome = await ada.pair(relay.address, {
        onCode: (mine) => {
          const { state, peer } = newest();
          assert.equal(peer.id, identities.back.peerId);
          assert.ok(state.phase === 'comparing', `Grace's side is ${state.phase}`);
          pairs.push([mine, state.code]);
          // Had they been the same, the two people would have been deceived: that is counted below, and none is.
          return Promise.resolve(false);
        },
      });
      assert.deepEqual(outcome, { phase: 'cancelled', by: 'me' });
      assert.deepEqual((await untilOver()).state, { phase: 'cancelled', by: 'peer' });
      await relay.stop();
    }
    assert.equal(pairs.length, pairings);
    const same = pairs.filter(([mine, theirs]) => mine === theirs).length;
    console.log(`      ${pairings - same} of ${pairings} showed two codes`);
    // Two codes are the same by chance once in a million pairings, so this fails by chance once in a thousand runs of a thousand.
    assert.equal(same, 0);
    // Codes of a relay that showed a constant would differ too.
    assert.ok(new Set(pairs.flat()).size > 1.9 * pairings);
    const remembered = Math.min(pairings, limits.pairingFailuresRemembered);
    assert.equal(ada.pairings.failures(identities.front.peerId), remembered);
    assert.equal(grace.pairings.failures(identities.back.peerId), remembered);
  });

  it('does not get as far as a code by handing everything on as it is: the commitment names other keys', async () => {
    relay = await startRelay(grace.address.port, 'verbatim', identities);
    const outcome = await ada.pair(relay.address, { onCode: () => assert.fail('no code is shown') });
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PAIRING_MISMATCH');
    const { state } = newest();
    assert.equal(state.phase === 'failed' && state.error.code, 'ERR_PAIRING_MISMATCH');
  });

  it(`shows two codes in ${pairings} of ${pairings} pairings worked out without sockets, even if it had the same nonces and keys on both sides`, async () => {
    const roles = { initiator: peerIdOfNobody(1), responder: peerIdOfNobody(2) };
    // Numbers instead of chance, so that one coincidence in a thousand runs cannot fail this test.
    const bytes = (text: string): Buffer => createHash('sha256').update(text).digest();
    let same = 0;
    for (let n = 0; n < pairings; n += 1) {
      const nonces = {
        initiatorNonce: bytes(`initiator ${n}`).toString('base64url'),
        responderNonce: bytes(`responder ${n}`).toString('base64url'),
      };
      const [mine, theirs] = await Promise.all([
        codeOf({ ...roles, ...nonces, exportedKey: bytes(`front ${n}`) }),
        codeOf({ ...roles, ...nonces, exportedKey: bytes(`back ${n}`) }),
      ]);
      if (mine === theirs) same += 1;
    }
    assert.equal(same, 0);
  });
});

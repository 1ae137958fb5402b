// Pairing over real TLS: both ends have the same code, each end of a pairing reaches the other side, and nothing gets in from
// beside.

import assert from 'node:assert/strict';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import type { PairingEntry } from '../../../src/core/pairing/entry.ts';
import type { PairOutcome } from '../../../src/core/pairing/initiator.ts';
import { confirmPairingCall, peerCall } from '../../../src/core/wire/calls.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { onEntry } from '../../support/entries.ts';
import { type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { removeTempFolders } from '../../support/temp.ts';

const codeOfOutcome = (outcome: PairOutcome): ErrorCode | undefined =>
  outcome.phase === 'failed' ? outcome.error.code : undefined;

describe('Pairing over TLS', () => {
  let identities: readonly [Identity, Identity];
  const peers: HeadlessPeer[] = [];

  const start = async (options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ ...options });
    peers.push(peer);
    return peer;
  };
  const two = (graces: HeadlessOptions = {}, adas: HeadlessOptions = {}): Promise<[HeadlessPeer, HeadlessPeer]> =>
    Promise.all([
      start({ name: 'Ada', identity: identities[0], ...adas }),
      start({ name: 'Grace', identity: identities[1], ...graces }),
    ]);
  /** Resolves with the newest entry once it fits. */
  const entry = (peer: HeadlessPeer, fits: (entry: PairingEntry) => boolean): Promise<PairingEntry> =>
    new Promise((resolve) => {
      const found = peer.pairings.entries.find(fits);
      if (found !== undefined) resolve(found);
      else onEntry(peer.pairings.onDidChange, (changed) => fits(changed) && resolve(changed));
    });
  const inPhase = (peer: HeadlessPeer, phase: PairingEntry['state']['phase']): Promise<PairingEntry> =>
    entry(peer, ({ state }) => state.phase === phase);

  before(async () => {
    identities = await Promise.all([createIdentity(), createIdentity()]);
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
    await removeTempFolders();
  });

  it('shows the same six digits on both sides, and pairs both', async () => {
    const [ada, grace] = await two({ pairing: 'confirm' });
    const codes: string[] = [];
    onEntry(grace.pairings.onDidChange, ({ state }) => {
      if (state.phase === 'comparing') codes.push(state.code);
    });
    const onCode = (code: string): Promise<boolean> => {
      codes.push(code);
      return Promise.resolve(true);
    };
    assert.deepEqual(await ada.pair(grace, { onCode }), { phase: 'paired' });
    assert.equal(new Set(codes).size, 1);
    assert.match(codes[0] ?? '', /^\d{6}$/);
    const [entry] = grace.pairings.entries;
    assert.deepEqual([entry?.state.phase, entry?.peer], ['paired', { id: ada.identity.peerId, name: 'Ada' }]);
  });

  it('can be done again on the connection that is kept, with another code', async () => {
    const [ada, grace] = await two({ pairing: 'confirm' });
    const codes = new Set<string>();
    for (let time = 0; time < 3; time += 1) {
      const onCode = (code: string): Promise<boolean> => Promise.resolve(codes.add(code).size === time + 1);
      assert.deepEqual(await ada.pair(grace, { onCode }), { phase: 'paired' });
    }
    assert.equal(codeOfOutcome(await ada.pair(grace)), 'ERR_BUSY');
  });

  it('says that it can, and takes the name that the person gave the peer', async () => {
    const [ada, grace] = await two({ pairing: 'confirm' });
    await grace.book.change(ada.identity.peerId, (known) => ({ ...known, nickname: 'Countess' }));
    const link = await ada.online.dial(grace.address, undefined, new AbortController().signal);
    assert.deepEqual((await link.call(peerCall, new AbortController().signal)).capabilities, [
      'offers',
      'pairing',
      'resume',
      'folders',
      'messages',
      'snippets',
      'shared',
    ]);
    link.close();
    await ada.pair(grace);
    assert.equal(grace.pairings.entries[0]?.peer.name, 'Countess');
  });

  describe('ends on both sides', () => {
    it('when the other person declines', async () => {
      const [ada, grace] = await two({ pairing: 'decline' });
      assert.deepEqual(await ada.pair(grace), { phase: 'declined' });
      assert.equal((await inPhase(grace, 'declined')).failuresBefore, 0);
      assert.deepEqual([ada.pairings.failures(), grace.pairings.failures()], [1, 1]);
    });

    it('when the other person declines while the one who asked still compares', async () => {
      const [ada, grace] = await two();
      let over: AbortSignal | undefined;
      const onCode = (_: string, signal: AbortSignal): Promise<boolean> => {
        over = signal;
        grace.pairings.decline(grace.pairings.entries[0]?.id ?? '');
        return new Promise(() => undefined);
      };
      assert.deepEqual(await ada.pair(grace, { onCode }), { phase: 'declined' });
      assert.equal(over?.aborted, true);
      assert.deepEqual([ada.pairings.failures(), grace.pairings.failures()], [1, 1]);
    });

    it('when the person who asked sees another code', async () => {
      const [ada, grace] = await two();
      assert.deepEqual(await ada.pair(grace, { onCode: () => Promise.resolve(false) }), { phase: 'cancelled', by: 'me' });
      assert.deepEqual((await inPhase(grace, 'cancelled')).state, { phase: 'cancelled', by: 'peer' });
    });

    it('when the person who asked gives up while the other compares', async () => {
      const [ada, grace] = await two();
      const stop = new AbortController();
      const outcome = ada.pair(grace, { signal: stop.signal });
      await entry(grace, ({ state }) => state.phase === 'comparing' && state.confirmed === 'peer');
      stop.abort();
      assert.deepEqual(await outcome, { phase: 'cancelled', by: 'me' });
      assert.deepEqual((await inPhase(grace, 'cancelled')).state, { phase: 'cancelled', by: 'peer' });
    });

    it('when nobody says anything', async () => {
      const [ada, grace] = await two({ pairings: { lifeMs: 500 } });
      assert.deepEqual(await ada.pair(grace), { phase: 'expired' });
      await inPhase(grace, 'expired');
    });

    it('when the one that was asked goes offline', async () => {
      const [ada, grace] = await two();
      const outcome = ada.pair(grace);
      await entry(grace, ({ state }) => state.phase === 'comparing' && state.confirmed === 'peer');
      await grace.stop();
      assert.deepEqual(await outcome, { phase: 'cancelled', by: 'peer' });
      assert.deepEqual(grace.pairings.entries[0]?.state, { phase: 'cancelled', by: 'me' });
    });

    it('when the one that was asked goes offline while the other still compares', async () => {
      const [ada, grace] = await two();
      const outcome = ada.pair(grace, { onCode: () => new Promise(() => undefined) });
      await inPhase(grace, 'comparing');
      await grace.stop();
      assert.equal(codeOfOutcome(await outcome), 'ERR_CONNECTION_LOST');
      assert.deepEqual(grace.pairings.entries[0]?.state, { phase: 'cancelled', by: 'me' });
    });

    it('when the one that asked goes offline while its person compares', async () => {
      const [ada, grace] = await two();
      const outcome = ada.pair(grace, { onCode: () => new Promise(() => undefined) });
      await inPhase(grace, 'comparing');
      await ada.stop();
      assert.deepEqual(await outcome, { phase: 'cancelled', by: 'me' });
      assert.deepEqual((await inPhase(grace, 'cancelled')).state, { phase: 'cancelled', by: 'peer' });
    });

    it('when one blocks the other', async () => {
      const [ada, grace] = await two();
      const outcome = ada.pair(grace);
      await entry(grace, ({ state }) => state.phase === 'comparing' && state.confirmed === 'peer');
      await grace.book.change(ada.identity.peerId, (known) => ({ ...known, trust: 'blocked' }));
      assert.ok(['cancelled', 'failed'].includes((await outcome).phase));
      assert.deepEqual((await inPhase(grace, 'cancelled')).state, { phase: 'cancelled', by: 'me' });
    });
  });

  it('is not for peers that were never met, where the person refuses those', async () => {
    const [ada, grace] = await two({ unknownPeers: 'refuse', pairing: 'confirm' });
    assert.equal(codeOfOutcome(await ada.pair(grace)), 'ERR_PEER_REJECTED');
    assert.deepEqual(grace.pairings.entries, []);
    await grace.book.change(ada.identity.peerId, (known) => ({ ...known, trust: 'known' }));
    assert.deepEqual(await ada.pair(grace), { phase: 'paired' });
  });

  it('is for peers that were never met, where they must pair first', async () => {
    const [ada, grace] = await two({ unknownPeers: 'pairFirst', pairing: 'confirm' });
    assert.deepEqual(await ada.pair(grace), { phase: 'paired' });
  });

  it('leaves one pairing of two that both begin at once, 20 times of 20', async () => {
    // An hour passes between two pairings of the same peers.
    let nowMs = 0;
    const pairings = { now: () => (nowMs += limits.pairingsOfAllMs) };
    const [ada, grace] = await two({ pairing: 'confirm', pairings }, { pairing: 'confirm', pairings });
    for (let run = 1; run <= 20; run += 1) {
      const outcomes = await Promise.all([ada.pair(grace), grace.pair(ada)]);
      const shown = outcomes.map((outcome) => codeOfOutcome(outcome) ?? outcome.phase);
      assert.deepEqual(shown.toSorted(), ['ERR_PAIRING_CROSSED', 'paired'], `run ${run}`);
      const asked = shown[0] === 'paired' ? grace : ada;
      assert.equal(asked.pairings.entries[0]?.state.phase, 'paired');
      assert.ok([...ada.pairings.entries, ...grace.pairings.entries].every(({ state }) => state.phase === 'paired'));
    }
  });

  it('a call on a connection that has ended fails at once', async () => {
    const [ada, grace] = await two();
    const { signal } = new AbortController();
    const link = await ada.online.dial(grace.address, undefined, signal);
    const ended = new Promise<void>((resolve) => link.onEnd(resolve));
    await grace.stop();
    await ended;
    await assert.rejects(link.call(confirmPairingCall('A'.repeat(22)), signal), { code: 'ERR_CONNECTION_LOST' });
    await new Promise<void>((resolve) => link.onEnd(resolve));
    assert.throws(() => link.exportedKey(), { code: 'ERR_CONNECTION_LOST' });
  });
});

// Pairings that peers begin: what each call leads to, in which order, how often, and what the peer is told.

import assert from 'node:assert/strict';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import { codeOf, commitmentOf, newNonce } from '../../../src/core/pairing/code.ts';
import type { PairingEntry } from '../../../src/core/pairing/entry.ts';
import { Pairings, type PairingsOptions } from '../../../src/core/pairing/responder.ts';
import { onEntry } from '../../support/entries.ts';
import { ada, beginPairing, exportedOf, fakeChannel, grace, mallory, stateIn } from './helpers.ts';

const failsWith = (code: ErrorCode) => ({ name: 'FerryError', code });

describe('Pairings', () => {
  let pairings = new Pairings();
  let seen: string[];
  let nowMs: number;
  const start = (options: PairingsOptions = {}): Pairings => {
    pairings.cancelAll();
    pairings = new Pairings({ now: () => nowMs, ...options });
    onEntry(pairings.onDidChange, ({ state }) => {
      seen.push(state.phase === 'comparing' ? `comparing, confirmed by ${state.confirmed}` : state.phase);
    });
    return pairings;
  };
  /** Resolves with the first entry that is in `phase`. */
  const entryIn = (phase: PairingEntry['state']['phase']): Promise<PairingEntry> =>
    new Promise((resolve) => onEntry(pairings.onDidChange, (entry) => entry.state.phase === phase && resolve(entry)));

  beforeEach(() => {
    [seen, nowMs] = [[], 1_000];
    start();
  });
  afterEach(() => pairings.cancelAll());

  it('show the code of both nonces, both IDs and the connection once the peer has revealed, and none before', async () => {
    const channel = fakeChannel(exportedOf(7));
    const { id, nonce, responderNonce, reveal } = await beginPairing(pairings, { channel });
    assert.deepEqual(pairings.find(id)?.state, { phase: 'asked' });
    await reveal();
    const keys = { initiatorNonce: nonce, responderNonce, exportedKey: exportedOf(7) };
    const code = await codeOf({ initiator: ada, responder: grace, ...keys });
    const { choices, ...state } = stateIn(pairings.find(id), 'comparing');
    assert.deepEqual(state, { phase: 'comparing', code, confirmed: 'nobody' });
    assert.ok(choices.includes(code));
    assert.deepEqual(pairings.find(id)?.peer, { id: ada, name: 'asking' });
  });

  it('are paired when the peer has confirmed and then the person', async () => {
    const { id, channel, reveal } = await beginPairing(pairings);
    await reveal();
    const told = pairings.confirmation(ada, id, channel);
    assert.equal(stateIn(pairings.find(id), 'comparing').confirmed, 'peer');
    assert.equal(pairings.confirm(id), true);
    await told;
    assert.deepEqual(seen, ['asked', 'comparing, confirmed by nobody', 'comparing, confirmed by peer', 'paired']);
    assert.deepEqual([pairings.confirm(id), pairings.decline(id)], [false, false]);
  });

  it('let the code be picked among three numbers that stay the same, and are confirmed by the right one', async () => {
    const { id, channel, reveal } = await beginPairing(pairings);
    assert.equal(pairings.pick(id, '000000'), false);
    await reveal();
    const { code, choices } = stateIn(pairings.find(id), 'comparing');
    assert.equal(new Set(choices).size, 3);
    for (const choice of choices) assert.match(choice, /^\d{6}$/);
    const told = pairings.confirmation(ada, id, channel);
    assert.deepEqual(stateIn(pairings.find(id), 'comparing').choices, choices);
    assert.equal(pairings.pick(id, code), true);
    await told;
    assert.equal(pairings.find(id)?.state.phase, 'paired');
  });

  it('end as declined, and count as failed, where another number is picked', async () => {
    const { id, channel, reveal } = await beginPairing(pairings);
    await reveal();
    const told = pairings.confirmation(ada, id, channel);
    const refused = assert.rejects(told, { code: 'ERR_PAIRING_DECLINED' });
    const { code, choices } = stateIn(pairings.find(id), 'comparing');
    assert.equal(pairings.pick(id, choices.find((choice) => choice !== code)!), true);
    await refused;
    assert.deepEqual(pairings.find(id)?.state, { phase: 'declined', differed: true });
    assert.deepEqual([pairings.failures(ada), pairings.pick(id, code)], [1, false]);
  });

  it('are paired when the person has confirmed and then the peer', async () => {
    const { id, channel, reveal } = await beginPairing(pairings);
    await reveal();
    assert.equal(pairings.confirm(id), true);
    assert.equal(pairings.confirm(id), false);
    assert.equal(stateIn(pairings.find(id), 'comparing').confirmed, 'me');
    await pairings.confirmation(ada, id, channel);
    assert.deepEqual(seen, ['asked', 'comparing, confirmed by nobody', 'comparing, confirmed by me', 'paired']);
  });

  it('let go of clock and connection when they are over', async () => {
    const { channel, reveal } = await beginPairing(pairings);
    await reveal();
    assert.equal(channel.listeners(), 1);
    pairings.cancelAll();
    assert.equal(channel.listeners(), 0);
  });

  it('refuse a reveal that does not fit the commitment, and are dead and counted then', async () => {
    const { id, channel, reveal } = await beginPairing(pairings);
    await assert.rejects(pairings.reveal(ada, id, newNonce(), channel), failsWith('ERR_PAIRING_MISMATCH'));
    assert.equal(stateIn(pairings.find(id), 'failed').error.code, 'ERR_PAIRING_MISMATCH');
    await assert.rejects(reveal(), failsWith('ERR_PAIRING_MISMATCH'));
    assert.deepEqual([pairings.failures(ada), pairings.failures(mallory), pairings.failures()], [1, 0, 1]);
    assert.deepEqual(seen, ['asked', 'failed']);
  });

  it('refuse a commitment that was made for other IDs', async () => {
    const { nonce } = await beginPairing(pairings);
    const commitment = await commitmentOf(nonce, { initiator: mallory, responder: ada });
    const channel = fakeChannel();
    const { id } = pairings.begin({ own: grace, peer: { id: mallory, name: '' }, commitment, channel });
    await assert.rejects(pairings.reveal(mallory, id, nonce, channel), failsWith('ERR_PAIRING_MISMATCH'));
  });

  describe('take calls only in their order, from their peer, on their connection:', () => {
    it('nothing of another peer', async () => {
      const { id, channel, nonce } = await beginPairing(pairings);
      await assert.rejects(pairings.reveal(mallory, id, nonce, channel), failsWith('ERR_NOT_FOUND'));
      await assert.rejects(pairings.confirmation(mallory, id, channel), failsWith('ERR_NOT_FOUND'));
      assert.throws(() => pairings.withdraw(mallory, id), failsWith('ERR_NOT_FOUND'));
      assert.deepEqual(pairings.find(id)?.state, { phase: 'asked' });
    });

    it('no reveal and no confirmation on another connection, though the exported bytes were the same', async () => {
      const { id, nonce, channel, reveal } = await beginPairing(pairings);
      await assert.rejects(pairings.reveal(ada, id, nonce, fakeChannel()), failsWith('ERR_MESSAGE_UNEXPECTED'));
      await reveal();
      await assert.rejects(pairings.confirmation(ada, id, fakeChannel()), failsWith('ERR_MESSAGE_UNEXPECTED'));
      assert.equal(stateIn(pairings.find(id), 'comparing').confirmed, 'nobody');
      assert.ok(pairings.confirm(id));
      await pairings.confirmation(ada, id, channel);
    });

    it('no second reveal, not even while the first is being worked out', async () => {
      const { reveal } = await beginPairing(pairings);
      const first = reveal();
      await assert.rejects(reveal(), failsWith('ERR_MESSAGE_UNEXPECTED'));
      await first;
      await assert.rejects(reveal(), failsWith('ERR_MESSAGE_UNEXPECTED'));
    });

    it('no confirmation before the reveal, and no second one', async () => {
      const { id, channel, reveal } = await beginPairing(pairings);
      await assert.rejects(pairings.confirmation(ada, id, channel), failsWith('ERR_MESSAGE_UNEXPECTED'));
      assert.equal(pairings.confirm(id), false);
      await reveal();
      const told = pairings.confirmation(ada, id, channel);
      await assert.rejects(pairings.confirmation(ada, id, channel), failsWith('ERR_MESSAGE_UNEXPECTED'));
      pairings.confirm(id);
      await told;
      await assert.rejects(pairings.confirmation(ada, id, channel), failsWith('ERR_MESSAGE_UNEXPECTED'));
    });

    it('nothing of a pairing that nobody began', async () => {
      await assert.rejects(pairings.reveal(ada, 'A'.repeat(22), newNonce(), fakeChannel()), failsWith('ERR_NOT_FOUND'));
    });
  });

  type End = {
    readonly name: string;
    readonly phase: PairingEntry['state']['phase'];
    readonly told: ErrorCode;
    readonly end: (id: string, channel: ReturnType<typeof fakeChannel>) => unknown;
  };
  const ends: readonly End[] = [
    { name: 'the person declines', phase: 'declined', told: 'ERR_PAIRING_DECLINED', end: (id) => pairings.decline(id) },
    { name: 'the peer cancels', phase: 'cancelled', told: 'ERR_CANCELLED', end: (id) => pairings.withdraw(ada, id) },
    { name: 'the connection ends', phase: 'cancelled', told: 'ERR_CANCELLED', end: (_, channel) => channel.end() },
    { name: 'the peer is blocked', phase: 'cancelled', told: 'ERR_CANCELLED', end: () => pairings.cancelPeer(ada) },
    { name: 'the window goes offline', phase: 'cancelled', told: 'ERR_CANCELLED', end: () => pairings.cancelAll() },
    { name: 'time is up', phase: 'expired', told: 'ERR_PAIRING_EXPIRED', end: () => entryIn('expired') },
  ];
  for (const { name, phase, told, end } of ends) {
    it(`end as ${phase} when ${name} while the peer waits, and it is told ${told}`, async () => {
      start(name === 'time is up' ? { lifeMs: 300 } : {});
      const { id, channel, reveal } = await beginPairing(pairings);
      await reveal();
      const waiting = assert.rejects(pairings.confirmation(ada, id, channel), failsWith(told));
      await end(id, channel);
      await waiting;
      assert.equal(pairings.find(id)?.state.phase, phase);
      assert.equal(pairings.failures(ada), 1);
      assert.deepEqual([pairings.confirm(id), pairings.decline(id)], [false, false]);
    });

    it(`end as ${phase} when ${name} before the peer asks on, and it is told ${told} then`, async () => {
      start(name === 'time is up' ? { lifeMs: 20 } : {});
      const { id, channel, reveal } = await beginPairing(pairings);
      await end(id, channel);
      await assert.rejects(reveal(), failsWith(told));
      await assert.rejects(pairings.confirmation(ada, id, channel), failsWith(told));
      assert.deepEqual(seen, ['asked', phase]);
    });
  }

  it('show no code when they end while it is being worked out', async () => {
    const { id, reveal } = await beginPairing(pairings);
    const revealed = assert.rejects(reveal(), failsWith('ERR_PAIRING_DECLINED'));
    pairings.decline(id);
    await revealed;
    assert.deepEqual(seen, ['asked', 'declined']);
  });

  it('count failures of a peer until one goes well, and say with each new one how many there were', async () => {
    const first = await beginPairing(pairings);
    pairings.decline(first.id);
    const other = await beginPairing(pairings, { peer: mallory });
    pairings.decline(other.id);
    const second = await beginPairing(pairings);
    assert.equal(pairings.find(second.id)?.failuresBefore, 1);
    await second.reveal();
    pairings.confirm(second.id);
    await pairings.confirmation(ada, second.id, second.channel);
    assert.deepEqual([pairings.failures(ada), pairings.failures(mallory)], [0, 1]);
  });

  it('have entries, the newest first, that can be removed once they are over', async () => {
    const first = await beginPairing(pairings);
    const second = await beginPairing(pairings, { peer: mallory });
    pairings.remove(first.id);
    assert.deepEqual(
      pairings.entries.map(({ id }) => id),
      [second.id, first.id],
    );
    pairings.decline(first.id);
    pairings.remove(first.id);
    assert.deepEqual(
      pairings.entries.map(({ id }) => id),
      [second.id],
    );
  });
});

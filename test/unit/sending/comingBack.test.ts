// A transfer over fake links that end under it: what it asks when it comes back, and what it sends then.

import assert from 'node:assert/strict';

import type { FerryError } from '../../../src/core/base/errors.ts';
import type { OfferAnswer, OutgoingItem } from '../../../src/core/wire/item.ts';
import { at, drain, FakePeer, failure, item, remote } from '../../support/fakePeer.ts';

describe('A transfer whose connection ends, and which may come back', () => {
  const resumable: OutgoingItem = {
    ...item('a', 3),
    resumes: true,
    open: async function* (_, from = 0) {
      for (let sent = from; sent < 3; sent += 1) yield Uint8Array.of(sent);
    },
  };
  const goOn = (): Promise<boolean> => Promise.resolve(true);
  /** What the peer says to each offer and each body in turn; what follows is accepted and taken. */
  const scripted = (answers: readonly OfferAnswer['items'][], ends: readonly FerryError[]): FakePeer => {
    let [offers, puts] = [0, 0];
    return new FakePeer({
      offer: () => Promise.resolve({ items: answers[offers++] ?? assert.fail('one offer too many') }),
      put: async (request) => {
        const sha256 = await drain(request);
        const error = ends[puts++];
        if (error !== undefined) throw error;
        return sha256;
      },
    });
  };
  const offered = ['reached 1', 'offer of Ada: a'];
  const whole = [{ n: 0, from: 0 }];

  it('asks anew only on a new connection, when the one before it is closed', async () => {
    const peer = scripted([whole, [{ n: 0, from: 2 }]], [failure('ERR_CONNECTION_LOST')]);
    const outcome = await peer.send([resumable], [at(1)], goOn);
    assert.equal(outcome.phase, 'delivered');
    assert.deepEqual(peer.log, [
      ...['dial 1', ...offered, 'put 0', 'close'],
      ...['dial 1', ...offered, 'rest of 0 from 2', 'close'],
    ]);
    assert.deepEqual(peer.states.at(-2), { phase: 'moving', sent: 3, total: 3 });
  });

  it('sends all of what cannot be had from the middle', async () => {
    const peer = scripted([whole, [{ n: 0, from: 2 }]], [failure('ERR_CONNECTION_LOST')]);
    assert.equal((await peer.send([{ ...resumable, resumes: false }], [at(1)], goOn)).phase, 'delivered');
    assert.deepEqual(peer.log.slice(-2), ['put 0', 'close']);
  });

  it('sends nothing of what has arrived', async () => {
    const peer = scripted([whole, [{ n: 0, from: 3, complete: true }]], [failure('ERR_CONNECTION_LOST')]);
    assert.equal((await peer.send([resumable], [at(1)], goOn)).phase, 'delivered');
    assert.deepEqual(peer.log.slice(-4), ['dial 1', ...offered, 'close']);
  });

  for (const code of ['ERR_TIMEOUT', 'ERR_OFFSET_MISMATCH'] as const) {
    it(`goes on where a body is answered with ${code}`, async () => {
      const peer = scripted([whole, [{ n: 0, from: 1 }]], [remote(code)]);
      assert.equal((await peer.send([resumable], [at(1)], goOn)).phase, 'delivered');
      assert.deepEqual(peer.log.slice(-2), ['rest of 0 from 1', 'close']);
    });
  }

  it('sends an item once more from its beginning whose digest was wrong after a cut, and then no more', async () => {
    const wrong = remote('ERR_DIGEST_MISMATCH');
    const peer = scripted(
      [whole, [{ n: 0, from: 2 }], whole, [{ n: 0, from: 2 }]],
      [failure('ERR_CONNECTION_LOST'), wrong, failure('ERR_CONNECTION_LOST'), wrong],
    );
    const outcome = await peer.send([resumable], [at(1)], goOn);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_DIGEST_MISMATCH');
    const sent = peer.log.filter((line) => /^(?:put|rest)/.test(line));
    assert.deepEqual(sent, ['put 0', 'rest of 0 from 2', 'put 0', 'rest of 0 from 2']);
  });

  it('does not call delivered what the peer had accepted and wants no more: the answer to it was lost', async () => {
    const both = [...whole, { n: 1, from: 0 }];
    const peer = scripted([both, [{ n: 1, from: 0 }]], [failure('ERR_CONNECTION_LOST')]);
    const outcome = await peer.send([resumable, resumable], [at(1)], goOn);
    assert.ok(outcome.phase === 'partly', outcome.phase);
    assert.deepEqual(
      [outcome.arrived, outcome.failed.map(({ n, error }) => [n, error.code, error.remote])],
      [[1], [[0, 'ERR_UNEXPECTED', true]]],
    );
  });

  it('goes to the next window where one says that another has the offer in hand', async () => {
    let offers = 0;
    const peer = new FakePeer({
      offer: () => {
        offers += 1;
        if (offers === 1) return Promise.reject(failure('ERR_CONNECTION_LOST'));
        return offers === 2 ? Promise.reject(remote('ERR_BUSY')) : Promise.resolve({ items: whole });
      },
    });
    assert.equal((await peer.send([resumable], [at(1), at(2)], goOn)).phase, 'delivered');
    assert.deepEqual(
      peer.log.filter((line) => line.startsWith('dial')),
      ['dial 1', 'dial 1', 'dial 2'],
    );
  });

  it('comes back to the window that has its offer before it asks another one', async () => {
    let dials = 0;
    const peer = new FakePeer({
      // The first window is not there at first.
      dial: () => (++dials === 1 ? Promise.reject(failure('ERR_PEER_UNREACHABLE')) : Promise.resolve()),
      offer: () => (dials === 2 ? Promise.reject(failure('ERR_CONNECTION_LOST')) : Promise.resolve({ items: whole })),
    });
    assert.equal((await peer.send([resumable], [at(1), at(2)], goOn)).phase, 'delivered');
    assert.deepEqual(
      peer.log.filter((line) => line.startsWith('dial')),
      ['dial 1', 'dial 2', 'dial 2'],
    );
  });

  it('gives up when it is told to, has lost its connection, and tells the peer nothing', async () => {
    const failures: number[] = [];
    const lost = failure('ERR_CONNECTION_LOST');
    const peer = scripted(
      Array.from({ length: 3 }, () => whole),
      [lost, lost, lost],
    );
    const outcome = await peer.send([{ ...resumable, open: item('a', 3).open }], [at(1)], async (count) => {
      failures.push(count);
      return failures.length < 3;
    });
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
    assert.deepEqual([failures, peer.log.includes('withdraw')], [[1, 1, 1], false]);
  });

  it('says nothing of bytes that leave after it has stopped', async () => {
    const late = Promise.withResolvers<(bytes: number) => void>();
    const peer = new FakePeer({
      put: ({ onSent }) => {
        onSent(1);
        late.resolve(onSent);
        peer.stop.abort();
        return Promise.reject(failure('ERR_CANCELLED'));
      },
    });
    const outcome = await peer.send([item('a', 3)], [at(1)], goOn);
    (await late.promise)(2);
    assert.deepEqual(outcome, { phase: 'cancelled', by: 'me' });
    assert.deepEqual(peer.states.at(-1), outcome);
  });
});

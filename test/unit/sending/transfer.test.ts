// A transfer over fake links: every end that it can have, what its observers see, and whether the peer is told.

import assert from 'node:assert/strict';

import type { ErrorCode, FerryError } from '../../../src/core/base/errors.ts';
import type { TransferOutcome } from '../../../src/core/sending/transfer.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { at, drain, FakePeer, failure, item, remote, type Script } from '../../support/fakePeer.ts';

const phases = (peer: FakePeer): string[] => peer.states.map(({ phase }) => phase);

describe('A transfer', () => {
  it('is delivered: each item is sent in its turn, and every step is seen', async () => {
    const peer = new FakePeer();
    const outcome = await peer.send([item('a', 2), item('b', 0), item('c', 1)]);
    assert.deepEqual(outcome, { phase: 'delivered', bytes: 3, digests: [Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(2)] });
    assert.deepEqual(peer.log, ['dial 1', 'reached 1', 'offer of Ada: a,b,c', 'put 0', 'put 1', 'put 2', 'close']);
    assert.deepEqual(peer.states, [
      { phase: 'reaching' },
      { phase: 'waiting' },
      { phase: 'moving', sent: 0, total: 3 },
      { phase: 'moving', sent: 1, total: 3 },
      { phase: 'moving', sent: 2, total: 3 },
      { phase: 'moving', sent: 3, total: 3 },
      outcome,
    ]);
  });

  it('sends what the peer accepted, in the order of its answer, and counts that alone', async () => {
    const peer = new FakePeer({
      offer: () =>
        Promise.resolve({
          items: [
            { n: 2, from: 0 },
            { n: 0, from: 0 },
          ],
        }),
    });
    const outcome = await peer.send([item('a', 1), item('b', 10), item('c', 2)]);
    assert.deepEqual(peer.log.slice(3), ['put 2', 'put 0', 'close']);
    assert.deepEqual(outcome, { phase: 'delivered', bytes: 3, digests: [Uint8Array.of(2), Uint8Array.of(0)] });
    assert.deepEqual(peer.states.at(-2), { phase: 'moving', sent: 3, total: 3 });
  });

  it('makes its offer a second time where the connection was lost with the first, under the same id', async () => {
    const ids: string[] = [];
    const peer = new FakePeer({
      offer: (offer) => {
        ids.push(offer.id);
        return ids.length === 1
          ? Promise.reject(failure('ERR_CONNECTION_LOST'))
          : Promise.resolve({ items: [{ n: 0, from: 0 }] });
      },
    });
    assert.equal((await peer.send()).phase, 'delivered');
    assert.ok(ids.length === 2 && ids[0] === ids[1]);
    const offered = 'offer of Ada: a';
    assert.deepEqual(peer.log, ['dial 1', 'reached 1', offered, 'close', 'dial 1', 'reached 1', offered, 'put 0', 'close']);
    assert.deepEqual(phases(peer).slice(0, 4), ['reaching', 'waiting', 'waiting', 'moving']);
  });

  for (const [name, dial, second] of [
    ['the peer had seen it', undefined, remote('ERR_OFFER_REPEATED')],
    ['that is lost as well', undefined, failure('ERR_CONNECTION_LOST')],
    ['nobody is there any more', failure('ERR_PEER_UNREACHABLE'), undefined],
  ] as const) {
    it(`has lost its connection where it offers a second time and ${name}`, async () => {
      let [dials, offers] = [0, 0];
      const peer = new FakePeer({
        dial: () => (++dials === 2 && dial !== undefined ? Promise.reject(dial) : Promise.resolve()),
        offer: () => Promise.reject(++offers === 2 && second !== undefined ? second : failure('ERR_CONNECTION_LOST')),
      });
      const outcome = await peer.send();
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
      assert.equal(dials, 2);
    });
  }

  it('has a new offer id each time', async () => {
    const ids = new Set<string>();
    const peer = new FakePeer({
      offer: (offer) => {
        ids.add(offer.id);
        return Promise.reject(remote('ERR_OFFER_DECLINED'));
      },
    });
    for (let time = 0; time < 10; time += 1) await peer.send();
    assert.equal(ids.size, 10);
  });

  const answers: readonly (readonly [ErrorCode, TransferOutcome['phase']])[] = [
    ['ERR_OFFER_DECLINED', 'declined'],
    ['ERR_OFFER_EXPIRED', 'expired'],
    ['ERR_CANCELLED', 'cancelled'],
    ['ERR_BUSY', 'failed'],
    ['ERR_NO_SPACE', 'failed'],
    ['ERR_FOLDER_UNUSABLE', 'failed'],
    ['ERR_PEER_REJECTED', 'failed'],
    ['ERR_OFFER_REPEATED', 'failed'],
    ['ERR_UNEXPECTED', 'failed'],
  ];
  for (const [code, phase] of answers) {
    for (const step of ['offer', 'put'] as const) {
      it(`is ${phase} when the peer answers the ${step} with ${code}, and the peer is told nothing`, async () => {
        const peer = new FakePeer({ [step]: () => Promise.reject(remote(code)) });
        const outcome = await peer.send();
        assert.equal(outcome.phase, phase);
        if (outcome.phase === 'failed') assert.equal(outcome.error.code, code);
        if (outcome.phase === 'cancelled') assert.equal(outcome.by, 'peer');
        assert.deepEqual(peer.log.slice(-1), ['close']);
        assert.ok(!peer.log.includes('withdraw'));
        assert.equal(peer.states.at(-1), outcome);
      });
    }
  }

  const failures: readonly (readonly [string, ErrorCode, Script])[] = [
    [
      'the connection breaks while the person decides',
      'ERR_CONNECTION_LOST',
      { offer: () => Promise.reject(failure('ERR_CONNECTION_LOST')) },
    ],
    [
      'the connection breaks while bytes move',
      'ERR_CONNECTION_LOST',
      { put: () => Promise.reject(failure('ERR_CONNECTION_LOST')) },
    ],
    ['the peer stops answering', 'ERR_TIMEOUT', { put: () => Promise.reject(failure('ERR_TIMEOUT')) }],
    ['the answer is malformed', 'ERR_MESSAGE_INVALID', { offer: () => Promise.reject(failure('ERR_MESSAGE_INVALID')) }],
    [
      'the answer names what was not offered',
      'ERR_MESSAGE_INVALID',
      { offer: () => Promise.resolve({ items: [{ n: 5, from: 0 }] }) },
    ],
    ['nobody foresaw it', 'ERR_UNEXPECTED', { put: () => Promise.reject(new TypeError('bug')) }],
    [
      'this side cancelled nothing, yet its link says so',
      'ERR_CANCELLED',
      { put: () => Promise.reject(failure('ERR_CANCELLED')) },
    ],
  ];
  for (const [name, code, script] of failures) {
    it(`fails with ${code} when ${name}, and the peer is told`, async () => {
      const peer = new FakePeer(script);
      const outcome = await peer.send();
      assert.equal(outcome.phase === 'failed' && outcome.error.code, code);
      assert.deepEqual(peer.log.slice(-2), ['withdraw', 'close']);
    });
  }

  it('fails as its source does, and the peer is told', async () => {
    const peer = new FakePeer();
    const broken: OutgoingItem = {
      ...item('a'),
      open: async function* () {
        yield Uint8Array.of(1);
        throw failure('ERR_SOURCE_CHANGED');
      },
    };
    const outcome = await peer.send([broken]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_SOURCE_CHANGED');
    assert.deepEqual(peer.log.slice(-3), ['put 0', 'withdraw', 'close']);
  });

  describe('of several items', () => {
    const failing = (codes: Readonly<Record<number, FerryError>>): FakePeer =>
      new FakePeer({
        put: (request) => {
          const error = codes[request.n];
          return error === undefined ? drain(request) : Promise.reject(error);
        },
      });
    const codesOf = (outcome: TransferOutcome): unknown =>
      'failed' in outcome && (outcome.failed ?? []).map(({ n, error }) => [n, error.code]);

    it('goes on after one that fails by itself, on a link of its own, and says what became of each', async () => {
      const peer = failing({ 0: failure('ERR_SOURCE_CHANGED'), 2: remote('ERR_NO_SPACE') });
      const outcome = await peer.send([item('a', 1), item('b', 2), item('c', 4), item('d', 8)]);
      assert.deepEqual(outcome.phase === 'partly' && [outcome.bytes, outcome.arrived], [10, [1, 3]]);
      assert.deepEqual(codesOf(outcome), [
        [0, 'ERR_SOURCE_CHANGED'],
        [2, 'ERR_NO_SPACE'],
      ]);
      const again = ['close', 'dial 1'];
      assert.deepEqual(peer.log.slice(3), ['put 0', ...again, 'put 1', 'put 2', ...again, 'put 3', 'close']);
      assert.deepEqual(peer.states.at(-2), { phase: 'moving', sent: 15, total: 15 });
    });

    it('fails when each fails, and has the reason of each', async () => {
      const peer = failing({ 0: failure('ERR_SOURCE_MISSING'), 1: remote('ERR_UNSEAL_FAILED') });
      const outcome = await peer.send([item('a'), item('b')]);
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_SOURCE_MISSING');
      assert.deepEqual(codesOf(outcome), [
        [0, 'ERR_SOURCE_MISSING'],
        [1, 'ERR_UNSEAL_FAILED'],
      ]);
      assert.ok(!peer.log.includes('withdraw'));
    });

    it('ends with the connection, keeps what arrived, and tells the peer', async () => {
      const peer = failing({ 1: failure('ERR_CONNECTION_LOST') });
      const outcome = await peer.send([item('a'), item('b'), item('c')]);
      assert.deepEqual(outcome.phase === 'partly' && outcome.arrived, [0]);
      assert.deepEqual(codesOf(outcome), [
        [1, 'ERR_CONNECTION_LOST'],
        [2, 'ERR_CONNECTION_LOST'],
      ]);
      assert.deepEqual(peer.log.slice(3), ['put 0', 'put 1', 'withdraw', 'close']);
    });

    it('says what the peer has all the same when it is cancelled', async () => {
      const peer = failing({ 1: remote('ERR_CANCELLED') });
      assert.deepEqual(await peer.send([item('a'), item('b')]), { phase: 'cancelled', by: 'peer', arrived: [0] });
    });
  });

  describe('in reaching a window', () => {
    it('takes the first that answers', async () => {
      const peer = new FakePeer({
        dial: ({ port }) => (port < 3 ? Promise.reject(failure('ERR_PEER_UNREACHABLE')) : Promise.resolve()),
      });
      assert.equal((await peer.send([item('a')], [1, 2, 3, 4].map(at))).phase, 'delivered');
      assert.deepEqual(peer.log.slice(0, 4), ['dial 1', 'dial 2', 'dial 3', 'reached 3']);
    });

    it('fails as the last one does when none answers', async () => {
      const peer = new FakePeer({
        dial: ({ port }) => Promise.reject(failure(port === 1 ? 'ERR_PEER_UNREACHABLE' : 'ERR_PEER_MISMATCH')),
      });
      const outcome = await peer.send([item('a')], [at(1), at(2)]);
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_MISMATCH');
      assert.deepEqual(
        [phases(peer), peer.log],
        [
          ['reaching', 'failed'],
          ['dial 1', 'dial 2'],
        ],
      );
    });

    it('fails where no address is known', async () => {
      const outcome = await new FakePeer().send([item('a')], []);
      assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_UNREACHABLE');
      assert.equal(outcome.phase === 'failed' && outcome.error.detail['reason'], 'no-address');
    });

    it('goes on to the next window when the offer finds nobody, and stays where it was heard', async () => {
      const codes: readonly ErrorCode[] = ['ERR_PEER_UNREACHABLE', 'ERR_CONNECTION_LOST'];
      for (const code of codes) {
        let offers = 0;
        const peer = new FakePeer({
          offer: ({ items }) => {
            offers += 1;
            return offers === 1 || code === 'ERR_CONNECTION_LOST'
              ? Promise.reject(failure(code))
              : Promise.resolve({ items: items.map((_, n) => ({ n, from: 0 })) });
          },
        });
        const outcome = await peer.send([item('a')], [at(1), at(2)]);
        const moved = code === 'ERR_PEER_UNREACHABLE';
        assert.equal(outcome.phase, moved ? 'delivered' : 'failed');
        assert.equal(peer.log.includes('dial 2'), moved);
        assert.equal(peer.log.filter((line) => line === 'close').length, 2);
        assert.equal(peer.log.includes('withdraw'), !moved);
      }
    });

    it('dials nobody more once it is cancelled', async () => {
      const peer = new FakePeer({
        dial: () => {
          peer.stop.abort();
          return Promise.reject(failure('ERR_CANCELLED'));
        },
      });
      assert.deepEqual(await peer.send([item('a')], [at(1), at(2)]), { phase: 'cancelled', by: 'me' });
      assert.deepEqual(peer.log, ['dial 1']);
    });
  });

  for (const step of ['offer', 'put'] as const) {
    it(`is cancelled by this side during the ${step}, whatever the link makes of it, and the peer is told`, async () => {
      for (const error of [failure('ERR_CANCELLED'), failure('ERR_CONNECTION_LOST'), remote('ERR_CANCELLED'), new Error('x')]) {
        const peer: FakePeer = new FakePeer({
          [step]: () => {
            peer.stop.abort();
            return Promise.reject(error);
          },
        });
        assert.deepEqual(await peer.send(), { phase: 'cancelled', by: 'me' });
        assert.deepEqual(peer.log.slice(-2), ['withdraw', 'close']);
      }
    });
  }
});

// What a dialler makes of answers: which of them count for delivered, which end a connection, and that no wait is without an end.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mock } from 'node:test';

import { limits } from '../../../src/core/base/limits.ts';
import { ItemHash } from '../../../src/core/sending/itemHash.ts';
import { type TransferOutcome, type TransferState, transfer } from '../../../src/core/sending/transfer.ts';
import { beginPairingCall, type Call, confirmPairingCall, offerCall, peerCall } from '../../../src/core/wire/calls.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { createDialler, type Dialler } from '../../../src/net/dialling/dialler.ts';
import { inOtherForm, otherKeyForms } from '../../support/certificates.ts';
import {
  acceptText,
  answerText,
  chunksEnd,
  type HandConnection,
  type HandListener,
  headEnd,
  startHandListener,
} from '../../support/handListener.ts';
import { endlessItem, memoryItem } from '../../support/headlessPeer.ts';

/** An item of which the second byte never comes. */
function haltingItem(): OutgoingItem {
  return {
    ...memoryItem('a', Buffer.from('ab')),
    open: async function* () {
      yield Buffer.from('a');
      await new Promise<never>(() => undefined);
    },
  };
}

/** A few real milliseconds, in which what was written arrives; the clock of the code under test stands still. */
const { setTimeout: realTimeout } = globalThis;
const breath = (): Promise<void> => new Promise((done) => void realTimeout(done, 3));

const forever = new AbortController().signal;
const offerEnd = /\r\n\r\n\{.*\}$/;
const problem = (slug: string, status: number): object => ({ type: `urn:ferry:problem:${slug}`, title: '', status });

/** All of an item, as a link sends it. */
const wholeItem = (bytes: AsyncIterable<Uint8Array>, onSent: (count: number) => void = () => undefined) => ({
  ...{ offerId: 'A'.repeat(22), n: 0, from: 0, hash: new ItemHash(createHash('sha256')), bytes, onSent },
});

describe('An answer', () => {
  let own: Identity;
  let peer: Identity;
  let dialler: Dialler;
  let listener: HandListener;
  before(async () => {
    [own, peer] = await Promise.all([createIdentity(), createIdentity()]);
  });
  beforeEach(() => {
    dialler = createDialler(own);
  });
  afterEach(async () => {
    mock.timers.reset();
    dialler.close();
    await listener.close();
  });

  const listen = async (serve: (connection: HandConnection) => Promise<void>): Promise<void> => {
    listener = await startHandListener(peer, serve);
  };
  const states: TransferState[] = [];
  const send = async (items: readonly OutgoingItem[], signal = AbortSignal.timeout(15_000)): Promise<TransferOutcome> => {
    states.length = 0;
    const request = { peerId: peer.peerId, addresses: () => Promise.resolve([listener.address]), senderName: 'hand', items };
    return transfer(request, { dial: dialler.dial, signal, onState: (state) => states.push(state) });
  };
  const codeOf = (outcome: TransferOutcome): string => (outcome.phase === 'failed' ? outcome.error.code : outcome.phase);
  /** Accepts an offer; gives when its items come. */
  const accept = async ({ until, write }: HandConnection, count: number, headers?: readonly string[]): Promise<void> => {
    await until(offerEnd);
    write(acceptText(count, headers));
  };

  describe('to an item', () => {
    it('means delivered only after the last byte and the trailer', async () => {
      await listen(async (connection) => {
        await accept(connection, 1);
        await connection.until(headEnd);
        await connection.until(chunksEnd);
        connection.write(answerText('204 No Content'));
      });
      assert.equal(codeOf(await send([memoryItem('a', Buffer.from('abc'))])), 'delivered');
    });

    for (const [name, item] of [
      ['endless bytes', () => endlessItem('a', 500_000_000)],
      ['one byte of two', () => haltingItem()],
    ] as const) {
      it(`means nothing where it comes early: 204 to ${name}`, async () => {
        await listen(async (connection) => {
          await accept(connection, 1);
          await connection.until(headEnd);
          connection.write(answerText('204 No Content'));
        });
        assert.equal(codeOf(await send([item()])), 'ERR_MESSAGE_UNEXPECTED');
        assert.ok(listener.received < 100_000_000);
      });
    }
    for (const status of ['200 OK', '201 Created', '202 Accepted', '205 Reset Content', '206 Partial Content', '299 Fine']) {
      it(`means nothing where it is ${status}`, async () => {
        await listen(async (connection) => {
          await accept(connection, 1);
          await connection.until(chunksEnd);
          connection.write(answerText(status, {}));
        });
        assert.equal(codeOf(await send([memoryItem('a', Buffer.from('abc'))])), 'ERR_MESSAGE_UNEXPECTED');
      });
    }

    it('is heard while bytes move where it is a problem', async () => {
      await listen(async (connection) => {
        await accept(connection, 1);
        await connection.until(headEnd);
        connection.write(answerText('410 Gone', problem('cancelled', 410), ['Connection: close']));
      });
      assert.deepEqual(await send([endlessItem('a', 500_000_000)]), { phase: 'cancelled', by: 'peer' });
    });

    for (const [name, bytes, size] of [
      ['fewer', 'abc', 4],
      ['more', 'abcde', 4],
      ['no', '', 4],
      ['some where none were', 'a', 0],
    ] as const) {
      it(`is not waited for where the source gives ${name} bytes: no trailer is sent`, async () => {
        let text = '';
        await listen(async (connection) => {
          await accept(connection, 1);
          connection.socket.on('data', (chunk: Buffer) => {
            text += chunk.toString('latin1');
          });
        });
        assert.equal(codeOf(await send([memoryItem('a', Buffer.from(bytes), size)])), 'ERR_SOURCE_CHANGED');
        assert.ok(!/Repr-Digest: sha/.test(text) && !/\r\n0\r\n/.test(text), text);
      });
    }
  });

  const wrong: readonly (readonly [string, Call<unknown>, string, object | undefined])[] = [
    ['a greeting', peerCall, '204 No Content', undefined],
    [
      'an offer',
      offerCall({ id: 'A'.repeat(22), sender: { name: '' }, items: [] }),
      '201 Created',
      { items: [{ n: 0, from: 0 }] },
    ],
    ['a request to pair', beginPairingCall({ name: '', commitment: 'A'.repeat(43) }), '202 Accepted', {}],
    ['a confirmation', confirmPairingCall('A'.repeat(22)), '200 OK', {}],
  ];
  for (const [name, call, status, body] of wrong) {
    it(`to ${name} that is ${status} is an error of the protocol`, async () => {
      await listen(async ({ until, write }) => {
        await until(headEnd);
        write(answerText(status, body));
      });
      const link = await dialler.dial(listener.address, peer.peerId, forever);
      await assert.rejects(link.call(call, forever), { code: 'ERR_MESSAGE_UNEXPECTED', remote: false });
      link.close();
    });
  }

  describe('after which the connection ends', () => {
    const close = ['Connection: close'];
    /** Serves one request a connection; `end` ends it. */
    const oneEach = async (
      connection: HandConnection,
      end: (connection: HandConnection) => void,
      headers: readonly string[],
    ): Promise<void> => {
      const { until, write } = connection;
      const head = await until(headEnd);
      if (head.startsWith('POST')) {
        await until(/\{.*\}$/);
        write(acceptText(2, headers));
      } else {
        await until(chunksEnd);
        write(answerText('204 No Content', undefined, headers));
      }
      end(connection);
    };
    const ends: readonly (readonly [string, (connection: HandConnection) => void, readonly string[]])[] = [
      ['says close, and ends it', ({ socket }) => socket.end(), close],
      ['says close, and leaves it to the other side', () => undefined, close],
      ['says close, and resets it', ({ socket }) => setImmediate(() => socket.destroy()), close],
      ['says nothing of it, and ends it', ({ socket }) => socket.end(), []],
    ];
    for (const [name, end, headers] of ends) {
      it(`is followed by the next request on a new one: the peer ${name}`, async () => {
        await listen((connection) => oneEach(connection, end, headers));
        for (let time = 1; time <= 3; time += 1) {
          const items = [memoryItem('a', Buffer.from('abc')), memoryItem('b', Buffer.from(''))];
          assert.equal(codeOf(await send(items)), 'delivered');
          assert.equal(listener.connections, 3 * time);
        }
      });
    }

    it('is followed by no other where a pairing is bound to it', async () => {
      await listen(async ({ until, write, socket }) => {
        await until(headEnd);
        write(answerText('200 OK', { id: 'A'.repeat(22), nonce: 'A'.repeat(43) }, close));
        socket.end();
      });
      const link = await dialler.dial(listener.address, peer.peerId, forever);
      await link.call(beginPairingCall({ name: '', commitment: 'A'.repeat(43) }), forever);
      await assert.rejects(link.call(confirmPairingCall('A'.repeat(22)), forever), { code: 'ERR_CONNECTION_LOST' });
      assert.equal(listener.connections, 1);
      link.close();
    });

    it('meets nobody else on the new one', async () => {
      await listen((connection) => oneEach(connection, ({ socket }) => socket.end(), close));
      const { address } = listener;
      const link = await dialler.dial(address, undefined, forever);
      await link.call(
        offerCall({ id: 'A'.repeat(22), sender: { name: '' }, items: [{ size: 0 }, { size: 0 }] as never }),
        forever,
      );
      await listener.close();
      const other = await createIdentity();
      listener = await startHandListener(other, (connection) => oneEach(connection, () => undefined, close), address.port);
      await assert.rejects(link.call(peerCall, forever), { code: 'ERR_PEER_MISMATCH' });
      link.close();
    });
  });

  describe('that does not come', () => {
    /** Lets time pass for the timers of this process, a second at a time, until `over` settles; gives the seconds. */
    const secondsUntil = async (over: Promise<unknown>, most: number): Promise<number> => {
      const end = { isThere: false };
      const onEnd = (): void => {
        end.isThere = true;
      };
      over.then(onEnd, onEnd);
      for (let seconds = 1; seconds <= most; seconds += 1) {
        await breath();
        if (end.isThere) return seconds - 1;
        mock.timers.tick(1_000);
      }
      return assert.fail(`nothing ended in ${most} s`);
    };
    const trickle = ({ write, socket }: HandConnection): void => {
      const next = (): void => {
        if (!socket.writable) return;
        write(answerText('102 Processing'));
        realTimeout(next, 1);
      };
      next();
    };

    it('is given up after thirty silent seconds, and after the life of an offer however often the peer says 102', async () => {
      for (const [patient, most, least] of [
        [false, 31, 29],
        [true, 145, 120],
      ] as const) {
        const heard = Promise.withResolvers<undefined>();
        await listen(async (connection) => {
          await connection.until(offerEnd);
          if (patient) trickle(connection);
          heard.resolve(undefined);
        });
        const link = await dialler.dial(listener.address, peer.peerId, forever);
        mock.timers.enable({ apis: ['setTimeout'] });
        const items = [{ kind: 'file', name: 'a', size: 1, mediaType: 'a/b' }] as const;
        const calling = link.call(offerCall({ id: 'A'.repeat(22), sender: { name: '' }, items }), forever);
        calling.catch(() => undefined);
        await heard.promise;
        const seconds = await secondsUntil(calling, 200);
        await assert.rejects(calling, { code: 'ERR_TIMEOUT' });
        assert.ok(seconds >= least && seconds <= most, `${seconds} s`);
        mock.timers.reset();
        link.close();
        await listener.close();
      }
    }).timeout(60_000);

    it('to an item is given up where the peer reads nothing, whatever it says meanwhile', async () => {
      const heard = Promise.withResolvers<undefined>();
      await listen(async (connection) => {
        await connection.until(headEnd);
        connection.socket.pause();
        trickle(connection);
        heard.resolve(undefined);
      });
      const link = await dialler.dial(listener.address, peer.peerId, forever);
      mock.timers.enable({ apis: ['setTimeout'] });
      let sent = 0;
      const bytes = endlessItem('a', 500_000_000).open(forever);
      const onSent = (count: number): void => {
        sent = count;
      };
      const putting = link.put(wholeItem(bytes, onSent), forever);
      putting.catch(() => undefined);
      await heard.promise;
      let before = -1;
      while (sent !== before) {
        before = sent;
        for (let turn = 0; turn < 10; turn += 1) await breath();
      }
      const seconds = await secondsUntil(putting, 200);
      await assert.rejects(putting, { code: 'ERR_TIMEOUT' });
      assert.ok(seconds <= 100, `${seconds} s`);
      link.close();
    }).timeout(60_000);

    for (const [name, isPatient, seconds] of [
      ['to the end of an item is given up after ten minutes, however often the peer says 102', true, limits.itemEndMs / 1000],
      ['to an item ends after thirty silent seconds', false, limits.idleBodyMs / 1000],
    ] as const) {
      it(name, async () => {
        const heard = Promise.withResolvers<undefined>();
        await listen(async (connection) => {
          await connection.until(chunksEnd);
          if (isPatient) trickle(connection);
          heard.resolve(undefined);
        });
        const link = await dialler.dial(listener.address, peer.peerId, forever);
        mock.timers.enable({ apis: ['setTimeout'] });
        const { open } = memoryItem('a', Buffer.from('abc'));
        const putting = link.put(wholeItem(open(forever)), forever);
        putting.catch(() => undefined);
        await heard.promise;
        assert.equal(await secondsUntil(putting, 700), seconds);
        await assert.rejects(putting, { code: 'ERR_TIMEOUT' });
        link.close();
      }).timeout(60_000);
    }
  });

  for (const form of otherKeyForms) {
    it(`is not waited for from a key as ${form}: no byte is sent to it`, async () => {
      listener = await startHandListener(
        { certificatePem: inOtherForm(peer.certificatePem, form), privateKeyPem: peer.privateKeyPem },
        () => Promise.resolve(),
      );
      await assert.rejects(dialler.dial(listener.address, undefined, forever));
      assert.equal(listener.received, 0);
    });
  }
});

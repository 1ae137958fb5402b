// How far a sender is ahead of what its receiver keeps: no further than the answer to the offer allows, and as far as it likes
// where that says nothing.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import { type TransferOutcome, transfer } from '../../../src/core/sending/transfer.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { createDialler, type Dialler } from '../../../src/net/dialling/dialler.ts';
import { answerText, type HandConnection, type HandListener, headEnd, startHandListener } from '../../support/handListener.ts';
import { memoryItem } from '../../support/headlessPeer.ts';

const { aheadLeastBytes: ahead } = limits;
const size = 5 * ahead;
/** Heads, and the lengths of chunks. */
const framing = 4_096;
const offerEnd = /\r\n\r\n\{.*\}$/;

describe('A sender whose receiver says how far ahead it may be', () => {
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
    dialler.close();
    await listener.close();
  });

  const send = async (serve: (connection: HandConnection) => Promise<void>): Promise<TransferOutcome> => {
    listener = await startHandListener(peer, serve);
    const items = [memoryItem('a', Buffer.alloc(size))];
    const request = { peerId: peer.peerId, addresses: () => Promise.resolve([listener.address]), senderName: 'hand', items };
    return transfer(request, { dial: dialler.dial, signal: AbortSignal.timeout(30_000), onState: () => undefined });
  };
  /** Waits until so many bytes have come in all. */
  const reached = async ({ socket }: HandConnection, bytes: number): Promise<void> => {
    while (listener.received < bytes) await new Promise((done) => socket.once('data', done));
  };
  const kept = (bytes: number): string => `HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Offset: ${bytes}\r\n\r\n`;

  for (const from of [0, 3]) {
    it(`is no further, and goes on as more is kept: from byte ${from}`, async () => {
      const outcome = await send(async (connection) => {
        const offer = await connection.until(offerEnd);
        connection.write(answerText('200 OK', { items: [{ n: 0, from, ahead }] }));
        const before = offer.length + (await connection.until(headEnd)).length;
        // What says nothing of bytes that are kept, or takes some back, gives no room.
        for (const said of [answerText('102 Processing'), kept(0), 'HTTP/1.1 104 x\r\nUpload-Offset: 1e9\r\n\r\n']) {
          connection.write(said);
        }
        for (let at = from; at < size - ahead; at += 100_000) {
          await reached(connection, before + at - from + ahead - framing);
          assert.ok(listener.received <= before + at - from + ahead + framing, `${listener.received - before} at ${at}`);
          connection.write(kept(at + 100_000));
        }
        await reached(connection, size);
        await connection.until(/0\r\nRepr-Digest: [^\r]+\r\n\r\n$/);
        connection.write(answerText('204 No Content'));
      });
      assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
    });
  }

  it('ends with the answer, however little was kept', async () => {
    const outcome = await send(async (connection) => {
      await connection.until(offerEnd);
      connection.write(answerText('200 OK', { items: [{ n: 0, from: 0, ahead }] }));
      await reached(connection, ahead);
      connection.write(answerText('507 Insufficient Storage', { type: 'urn:ferry:problem:no-space', title: '', status: 507 }));
    });
    assert.equal(outcome.phase === 'failed' ? outcome.error.code : outcome.phase, 'ERR_NO_SPACE');
  });

  it('refuses an answer that leaves it less than a piece and a small file', async () => {
    const outcome = await send(async (connection) => {
      await connection.until(offerEnd);
      connection.write(answerText('200 OK', { items: [{ n: 0, from: 0, ahead: ahead - 1 }] }));
    });
    assert.equal(outcome.phase === 'failed' ? outcome.error.code : outcome.phase, 'ERR_MESSAGE_INVALID');
  });

  it('sends all at one go where nothing was said', async () => {
    const outcome = await send(async (connection) => {
      await connection.until(offerEnd);
      connection.write(answerText('200 OK', { items: [{ n: 0, from: 0 }] }));
      await reached(connection, size);
      await connection.until(/0\r\nRepr-Digest: [^\r]+\r\n\r\n$/);
      connection.write(answerText('204 No Content'));
    });
    assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
  });
});

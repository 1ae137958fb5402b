// Bodies as they come off a socket: counted, timed, ended early, and cut.

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { FerryError } from '../../../src/core/base/errors.ts';
import { formatDigest } from '../../../src/core/wire/digest.ts';
import { itemBody, readSmallBody } from '../../../src/net/connection/body.ts';
import { ask, rawTcp, requestText } from '../../support/rawTls.ts';

const chunked = requestText('PUT', '/', { 'Transfer-Encoding': 'chunked', Trailer: 'Repr-Digest' });

describe('The body of a request', () => {
  let server: Server;
  let socket: Socket;
  let take: (request: IncomingMessage) => Promise<string>;
  /** What became of each request: a text, or the code of its failure. */
  let outcome = Promise.withResolvers<string>();

  beforeEach(async () => {
    outcome = Promise.withResolvers();
    server = createServer((request: IncomingMessage, response: ServerResponse) => {
      take(request)
        .catch((error: unknown) => (error instanceof FerryError ? error.code : String(error)))
        .then((text) => {
          outcome.resolve(text);
          response.end();
        })
        .catch(outcome.reject);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    socket = await rawTcp((server.address() as AddressInfo).port);
  });
  afterEach(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });

  const whole = async (request: IncomingMessage, idleMs?: number): Promise<string> => {
    const body = itemBody(request, idleMs === undefined ? {} : { idleMs });
    const chunks: Uint8Array[] = [];
    for await (const chunk of body.bytes) chunks.push(Uint8Array.from(chunk));
    return `${Buffer.concat(chunks).toString()}|${Buffer.from((await body.digest()) ?? []).toString('hex')}`;
  };

  it('is given as it comes, with the digest of its trailer', async () => {
    take = whole;
    const digest = new Uint8Array(32).fill(7);
    for (const part of [chunked, '3\r\nabc\r\n', '2\r', '\nde\r\n', '0\r\n', `Repr-Digest: ${formatDigest(digest)}\r\n\r\n`]) {
      await new Promise((done) => socket.write(part, done));
    }
    assert.equal(await outcome.promise, `abcde|${'07'.repeat(32)}`);
  });

  it('has no digest where its trailer has none, and takes one from a header', async () => {
    take = whole;
    await ask(socket, `${chunked}1\r\na\r\n0\r\n\r\n`);
    assert.equal(await outcome.promise, 'a|');
    outcome = Promise.withResolvers();
    await ask(socket, `${requestText('PUT', '/', { 'Content-Length': '1', 'Repr-Digest': formatDigest(new Uint8Array(32)) })}b`);
    assert.equal(await outcome.promise, `b|${'00'.repeat(32)}`);
  });

  it('has the digest of all lines of its field, be they trailers or headers', async () => {
    const [first, last] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)].map(formatDigest);
    const lines = `Repr-Digest: ${first};a="x"\r\nrepr-digest: ${last}, md5=:AA==:\r\n`;
    take = whole;
    await ask(socket, `${chunked}1\r\na\r\n0\r\n${lines}\r\n`);
    assert.equal(await outcome.promise, `a|${'02'.repeat(32)}`);
    outcome = Promise.withResolvers();
    await ask(socket, `${requestText('PUT', '/', { 'Content-Length': '1' }).replace('\r\n\r\n', `\r\n${lines}\r\n`)}b`);
    assert.equal(await outcome.promise, `b|${'02'.repeat(32)}`);
  });

  it('fails when it stands still', async () => {
    take = (request) => whole(request, 20);
    socket.write(`${chunked}1\r\na\r\n`);
    assert.equal(await outcome.promise, 'ERR_TIMEOUT');
  });

  it('fails when it comes a byte at a time, each of them in time', async () => {
    take = (request) => whole(request, 300);
    socket.write(chunked);
    const trickle = setInterval(() => socket.writable && socket.write('1\r\na\r\n'), 20);
    assert.equal(await outcome.promise, 'ERR_TIMEOUT');
    clearInterval(trickle);
  });

  it('may come for longer than it may stand still where it comes fast enough, and waits for whoever takes it', async () => {
    let nowMs = 0;
    const clock = mock.method(performance, 'now', () => nowMs);
    mock.timers.enable({ apis: ['setTimeout'] });
    const pass = (ms: number): void => {
      nowMs += ms;
      mock.timers.tick(ms);
    };
    let [taken, onTaken] = [0, (): void => undefined];
    take = async (request) => {
      for await (const chunk of itemBody(request, { idleMs: 200 }).bytes) {
        if (taken === 0) pass(400);
        taken += chunk.length;
        onTaken();
      }
      return String(taken);
    };
    try {
      socket.write(chunked);
      for (let n = 1; n <= 40; n += 1) {
        const isTaken = new Promise<void>((done) => {
          onTaken = () => {
            if (taken === n * 0x400) done();
          };
        });
        socket.write(`400\r\n${'a'.repeat(0x400)}\r\n`);
        await isTaken;
        // Somebody waits for the next one then.
        await nextTurn();
        pass(100);
      }
      socket.write('0\r\n\r\n');
      assert.equal(await outcome.promise, String(40 * 0x400));
    } finally {
      mock.timers.reset();
      clock.mock.restore();
    }
  });

  for (const [name, end] of [
    ['a farewell', () => socket.end()],
    ['a reset', () => socket.resetAndDestroy()],
  ] as const) {
    it(`fails when the connection ends in it with ${name}`, async () => {
      const begun = Promise.withResolvers<Uint8Array>();
      take = async (request) => {
        const { bytes } = itemBody(request);
        for await (const chunk of bytes) begun.resolve(chunk);
        return 'whole';
      };
      socket.write(`${chunked}1\r\na\r\n`);
      await begun.promise;
      end();
      assert.equal(await outcome.promise, 'ERR_CONNECTION_LOST');
    });
  }

  it('ends as it is told to, before and while it is read, and the connection lives on', async () => {
    const busy = new FerryError('ERR_BUSY', 'enough');
    take = async (request) => {
      const body = itemBody(request);
      body.abort(busy);
      body.abort(new FerryError('ERR_CANCELLED', 'too late'));
      for await (const chunk of body.bytes) assert.fail(`${chunk.length} bytes were read`);
      return 'whole';
    };
    assert.equal((await ask(socket, `${chunked}1\r\na\r\n`)).status, 200);
    assert.equal(await outcome.promise, 'ERR_BUSY');
  });

  it('ends as it is told to while it waits for more', async () => {
    take = async (request) => {
      const body = itemBody(request);
      for await (const { length } of body.bytes)
        setImmediate(() => body.abort(new FerryError('ERR_CANCELLED', `enough after ${length}`)));
      return 'whole';
    };
    assert.equal((await ask(socket, `${chunked}1\r\na\r\n`)).status, 200);
    assert.equal(await outcome.promise, 'ERR_CANCELLED');
  });

  const sizes: readonly (readonly [number, string])[] = [
    [0, '0'],
    [99, '99'],
    [100, '100'],
    [101, 'ERR_BODY_TOO_LARGE'],
    [100_000, 'ERR_BODY_TOO_LARGE'],
  ];
  for (const [size, expected] of sizes) {
    for (const form of ['length', 'chunks'] as const) {
      it(`of ${size} bytes with a limit of 100 gives ${expected}, told by ${form}`, async () => {
        take = async (request) => String((await readSmallBody(request, { maxBytes: 100 })).length);
        const text = 'a'.repeat(size);
        const chunk = size === 0 ? '' : `${size.toString(16)}\r\n${text}\r\n`;
        socket.write(
          form === 'length' ? requestText('PUT', '/', { 'Content-Length': String(size) }) + text : `${chunked}${chunk}0\r\n\r\n`,
        );
        assert.equal(await outcome.promise, expected);
      });
    }
  }
});

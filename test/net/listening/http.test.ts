// The rules of HTTP, held against a listener by hand: which requests it understands, which it refuses and how, and how it ends.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { METHODS } from 'node:http';
import { mock } from 'node:test';
import type { TLSSocket } from 'node:tls';

import { FerryError } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import type { ItemBody } from '../../../src/core/receiving/store.ts';
import { parseJson, parseProblemType } from '../../../src/core/wire/messages.ts';
import { problemMediaType } from '../../../src/core/wire/problems.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { type Listener, startListener } from '../../../src/net/listening/listener.ts';
import { offerRoutes } from '../../../src/net/listening/offerRoutes.ts';
import { pairingRoutes } from '../../../src/net/listening/pairingRoutes.ts';
import { peerRoutes } from '../../../src/net/listening/peerRoutes.ts';
import { ask, handshakeEnds, jsonRequest, type RawAnswer, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';

const id = 'A'.repeat(22);
const itemPath = `/v1/offers/${id}/items/0`;
const offerJson = JSON.stringify({ id, sender: { name: '' }, items: [{ kind: 'file', name: 'a', size: 3, mediaType: 'a/b' }] });
const digest = `sha-256=:${createHash('sha256').update('abc').digest('base64')}:`;

type Handlers = Parameters<typeof offerRoutes>[0];

const readAll = async (body: ItemBody): Promise<void> => {
  for await (const { length } of body.bytes) assert.ok(length > 0);
};

describe('HTTP at a listener', () => {
  let host: Identity;
  let stranger: Identity;
  let listener: Listener;
  let handlers: Partial<Handlers>;
  const sockets: TLSSocket[] = [];
  before(async () => {
    [host, stranger] = await Promise.all([createIdentity(), createIdentity()]);
  });
  beforeEach(async () => {
    handlers = {};
    listener = await startListener({
      ...{ identity: host, reach: 'loopback', port: 0, log: silentLog },
      routes: [
        ...peerRoutes(() => ({
          ...{ protocol: 1, name: 'peer', app: '0', window: id, focusedMsAgo: 0, capabilities: [] },
        })),
        ...offerRoutes({
          mayOffer: (peer) => handlers.mayOffer?.(peer),
          offer: async (...args) => handlers.offer?.(...args) ?? { items: [{ n: 0, from: 0 }] },
          item: async (...args) => handlers.item?.(...args) ?? readAll(args[3]),
          progress: () => Promise.resolve({ offset: 2, size: 3, isComplete: false }),
          withdraw: () => Promise.resolve(),
        }),
        ...pairingRoutes({
          mayBegin: () => {
            throw new FerryError('ERR_BUSY', 'enough');
          },
          begin: () => assert.fail('nobody pairs'),
          reveal: () => Promise.resolve(),
          confirmation: () => Promise.resolve(),
          withdraw: () => undefined,
        }),
      ],
    });
  });
  afterEach(async () => {
    mock.timers.reset();
    for (const socket of sockets.splice(0)) socket.destroy();
    await listener.stop(0);
  });

  const connect = (): TLSSocket => {
    const socket = rawTls(listener.port, stranger);
    sockets.push(socket);
    return socket;
  };
  const assertProblem = (answer: RawAnswer, status: number, slug: string): void => {
    const type = answer.body === '' ? '' : parseProblemType(parseJson(Buffer.from(answer.body)));
    assert.deepEqual(
      [answer.status, answer.headers.get('content-type'), type],
      [status, problemMediaType, `urn:ferry:problem:${slug}`],
    );
    assert.equal((parseJson(Buffer.from(answer.body)) as { status: number }).status, status);
  };
  const head = (line: string, ...fields: readonly string[]): string => [line, ...fields, '', ''].join('\r\n');
  const stillServes = async (): Promise<void> => assert.equal((await ask(connect(), requestText('GET', '/v1/peer'))).status, 200);

  for (const line of [
    'GET /v1/peer HTTP/1.1',
    'GET https://peer/v1/peer HTTP/1.1',
    'GET HTTPS://127.0.0.1:4711/v1/peer HTTP/1.1',
    'GET https://[::1]:4711/v1/peer HTTP/1.1',
  ]) {
    it(`is understood: ${line}`, async () => {
      assert.equal((await ask(connect(), head(line, 'Host: peer'))).status, 200);
    });
  }

  const hosts: readonly (readonly [string, readonly string[], number])[] = [
    ['a name', ['Host: peer'], 200],
    ['a name with a port', ['Host: peer.local:40123'], 200],
    ['an IPv6 address', ['Host: [fe80::1]:40123'], 200],
    ['an empty one', ['Host:'], 200],
    ['none', [], 400],
    ['two', ['Host: peer', 'Host: peer'], 400],
    ['two, written in other letters', ['host: peer', 'HOST: other'], 400],
    [
      'two, the second behind two thousand others',
      ['Host: peer', ...Array.from({ length: 2100 }, () => 'a:'), 'Host: other'],
      400,
    ],
    ['a space', ['Host: a peer'], 400],
    ['a path', ['Host: peer/v1'], 400],
    ['a user', ['Host: ada@peer'], 400],
    ['a list', ['Host: a, b/'], 400],
    ['a port in letters', ['Host: peer:http'], 400],
    ['a bracket alone', ['Host: [::1'], 400],
    ['a zone', ['Host: [fe80::1%eth0]'], 400],
    ['letters beyond ASCII', ['Host: b\u00fccher'], 400],
  ];
  for (const [name, fields, status] of hosts) {
    it(`answers ${status} to a Host that is ${name}`, async () => {
      const answer = await ask(connect(), Buffer.from(head('GET /v1/peer HTTP/1.1', ...fields), 'latin1').toString('latin1'));
      if (status === 200) assert.equal(answer.status, 200);
      else assertProblem(answer, status, 'message-invalid');
    });
  }

  it('takes HTTP/1.0 without a Host, and sends it no 102', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    for (const [version, interim] of [
      ['1.0', false],
      ['1.1', true],
    ] as const) {
      const waiting = Promise.withResolvers<undefined>();
      const decided = Promise.withResolvers<undefined>();
      handlers.offer = async () => {
        waiting.resolve(undefined);
        await decided.promise;
        return { items: [{ n: 0, from: 0 }] };
      };
      const socket = connect();
      const seen: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => seen.push(chunk));
      const fields = [`Content-Length: ${offerJson.length}`, ...(version === '1.1' ? ['Host: peer'] : [])];
      const answered = ask(socket, head(`POST /v1/offers HTTP/${version}`, ...fields) + offerJson);
      await waiting.promise;
      mock.timers.tick(limits.processingMs);
      decided.resolve(undefined);
      assert.equal((await answered).status, 200);
      assert.equal(Buffer.concat(seen).includes('HTTP/1.1 102 '), interim);
    }
    assert.equal((await ask(connect(), head('GET /v1/peer HTTP/1.0'))).status, 200);
  });

  it('sends 102 while a file is given its name, and not while its bytes come', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    const begun = Promise.withResolvers<number>();
    const [read, named] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    handlers.item = async (_peer, _offer, _n, { bytes }) => {
      for await (const { length } of bytes) begun.resolve(length);
      read.resolve(undefined);
      await named.promise;
    };
    const socket = connect();
    const seen: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => seen.push(chunk));
    const answered = ask(socket, `${requestText('PUT', itemPath, { 'Transfer-Encoding': 'chunked' })}1\r\na\r\n`);
    await begun.promise;
    mock.timers.tick(3 * limits.processingMs);
    socket.write(`2\r\nbc\r\n0\r\nRepr-Digest: ${digest}\r\n\r\n`);
    await read.promise;
    for (let time = 0; time < 3; time += 1) mock.timers.tick(limits.processingMs);
    named.resolve(undefined);
    assert.equal((await answered).status, 204);
    assert.equal(Buffer.concat(seen).toString().split('HTTP/1.1 102 ').length - 1, 3);
  });

  const refused: readonly (readonly [string, string, number, string])[] = [
    [
      'chunks that are compressed',
      requestText('PUT', itemPath, { 'Transfer-Encoding': 'gzip, chunked' }),
      400,
      'message-invalid',
    ],
    ['compression alone', requestText('PUT', itemPath, { 'Transfer-Encoding': 'gzip' }), 400, 'message-invalid'],
    ['chunks in chunks', requestText('PUT', itemPath, { 'Transfer-Encoding': 'chunked, chunked' }), 400, 'message-invalid'],
    ['identity', requestText('PUT', itemPath, { 'Transfer-Encoding': 'identity' }), 400, 'message-invalid'],
    [
      'chunks of an offer that are compressed',
      requestText('POST', '/v1/offers', { 'Transfer-Encoding': 'deflate, chunked' }),
      400,
      'message-invalid',
    ],
    ['chunks in HTTP/1.0', head(`PUT ${itemPath} HTTP/1.0`, 'Transfer-Encoding: chunked'), 400, 'message-invalid'],
    [
      'an item that is compressed',
      requestText('PUT', itemPath, { 'Content-Encoding': 'gzip', 'Content-Length': '3' }),
      415,
      'message-invalid',
    ],
    [
      'an offer that is compressed',
      requestText('POST', '/v1/offers', { 'Content-Encoding': 'br', 'Content-Length': '3' }),
      415,
      'message-invalid',
    ],
    [
      'a part of an item',
      requestText('PUT', itemPath, { 'Content-Range': 'bytes 0-2/6', 'Content-Length': '3' }),
      400,
      'message-invalid',
    ],
    ['an expectation', requestText('PUT', itemPath, { Expect: '200-ok', 'Content-Length': '3' }), 417, 'message-invalid'],
    ['two lengths', requestText('POST', '/v1/offers', { 'Content-Length': '1', 'content-length': '2' }), 400, 'message-invalid'],
    [
      'a length and chunks',
      requestText('POST', '/v1/offers', { 'Content-Length': '1', 'Transfer-Encoding': 'chunked' }),
      400,
      'message-invalid',
    ],
    ['a length in letters', requestText('POST', '/v1/offers', { 'Content-Length': 'abc' }), 400, 'message-invalid'],
    ['headers above 16 KiB', requestText('GET', '/v1/peer', { 'X-A': 'a'.repeat(limits.headersBytes) }), 431, 'message-invalid'],
    ['a request line above 16 KiB', requestText('GET', `/v1/${'a'.repeat(limits.headersBytes)}`), 431, 'message-invalid'],
    ['no HTTP', 'hello\r\n\r\n', 400, 'message-invalid'],
    ['a method that nobody knows', requestText('FERRY', '/v1/peer'), 400, 'message-invalid'],
    ['another version of HTTP', head('GET /v1/peer HTTP/3.0', 'Host: peer'), 400, 'message-invalid'],
    ['CONNECT', requestText('CONNECT', '10.0.0.1:22'), 405, 'not-found'],
  ];
  for (const [name, text, status, slug] of refused) {
    it(`answers ${status} ${slug} to ${name}, and reads nothing of it`, async () => {
      handlers.item = () => assert.fail('the item is read');
      handlers.offer = () => assert.fail('the offer is read');
      const answer = await ask(connect(), text);
      assertProblem(answer, status, slug);
      if (status === 405) assert.match(answer.headers.get('allow') ?? '', /^[A-Z]+(, [A-Z]+)*$/);
      await stillServes();
    });
  }

  it('answers 405 to every other method that the parser knows', async () => {
    const socket = connect();
    for (const method of METHODS.filter((name) => !['GET', 'CONNECT', 'HEAD'].includes(name))) {
      const answer = await ask(socket, requestText(method, '/v1/peer'));
      assertProblem(answer, 405, 'not-found');
      assert.equal(answer.headers.get('allow'), 'GET', method);
    }
  });

  it('goes on in HTTP/1.1 where another protocol is asked for', async () => {
    const fields = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'x' };
    const socket = connect();
    assert.equal((await ask(socket, requestText('GET', '/v1/peer', fields))).status, 200);
    assert.equal((await ask(socket, requestText('GET', '/v1/peer'))).status, 200);
  });

  for (const [name, text] of [
    ['garbage', 'hello\r\n\r\n'],
    ['CONNECT', requestText('CONNECT', '10.0.0.1:22')],
  ] as const) {
    it(`closes a connection after ${name}, though the other side goes on`, async () => {
      const socket = connect();
      const closed = untilClosed(socket);
      socket.write(text);
      const flood = setInterval(() => socket.write('a'.repeat(10_000)), 5);
      const answers = (await closed).toString().split('HTTP/1.1 ').length - 1;
      clearInterval(flood);
      assert.equal(answers, 1);
    });

    it(`does not break into an answer that is under way for ${name}`, async () => {
      const waiting = Promise.withResolvers<undefined>();
      handlers.offer = (_peer, _offer, gone) => {
        waiting.resolve(undefined);
        return new Promise((_, fail) => gone.addEventListener('abort', () => fail(new Error('gone'))));
      };
      const socket = connect();
      const closed = untilClosed(socket);
      socket.write(jsonRequest('POST', '/v1/offers', offerJson));
      await waiting.promise;
      socket.write(text);
      assert.equal((await closed).toString(), '');
    });
  }

  describe('asked to say whether a body is wanted', () => {
    const expecting = (path: string, fields: Readonly<Record<string, string>>): string =>
      requestText(path.includes('items') ? 'PUT' : 'POST', path, { Expect: '100-continue', ...fields });
    const firstOf = async (text: string): Promise<string> => {
      const socket = connect();
      return new Promise((done) => {
        socket.once('data', (chunk: Buffer) => done(chunk.toString().slice(9, 12)));
        socket.write(text);
      });
    };

    it('says so where it is', async () => {
      assert.equal(await firstOf(expecting(itemPath, { 'Content-Length': '3' })), '100');
      assert.equal(await firstOf(expecting('/v1/offers', { 'Content-Length': '3' })), '100');
    });

    const notWanted: readonly (readonly [string, string, string, (() => void)?])[] = [
      ['a path that there is not', '404', expecting('/v1/items', { 'Content-Length': '3' })],
      ['a method that there is not', '405', expecting('/v1/peer', { 'Content-Length': '3' })],
      ['a JSON body that is too large', '413', expecting('/v1/offers', { 'Content-Length': '300000' })],
      [
        'a peer that may not offer',
        '403',
        expecting('/v1/offers', { 'Content-Length': '3' }),
        () => {
          handlers.mayOffer = () => {
            throw new FerryError('ERR_PEER_REJECTED', 'no');
          };
        },
      ],
      [
        'an item that is not awaited',
        '409',
        expecting(itemPath, { 'Content-Length': '3' }),
        () => {
          handlers.item = () => Promise.reject(new FerryError('ERR_MESSAGE_UNEXPECTED', 'no'));
        },
      ],
      ['a part of an item', '400', expecting(itemPath, { 'Content-Length': '3', 'Content-Range': 'bytes 0-2/6' })],
      ['a request from a web page', '403', expecting('/v1/offers', { 'Content-Length': '3', Origin: 'null' })],
      ['two hosts', '400', expecting('/v1/offers', { 'Content-Length': '3', host: 'b' })],
    ];
    for (const [name, status, text, prepare] of notWanted) {
      it(`answers ${status} at once to ${name}`, async () => {
        prepare?.();
        assert.equal(await firstOf(text), status);
      });
    }
  });

  it('refuses who may not ask before the body of the request is there', async () => {
    handlers.mayOffer = () => {
      throw new FerryError('ERR_NOT_PAIRED', 'no');
    };
    for (const [path, slug] of [
      ['/v1/offers', 'not-paired'],
      ['/v1/pairings', 'busy'],
    ] as const) {
      const answer = await ask(connect(), requestText('POST', path, { 'Content-Length': '200000' }));
      assert.equal(parseProblemType(parseJson(Buffer.from(answer.body))), `urn:ferry:problem:${slug}`);
    }
  });

  describe('that refuses a request early', () => {
    beforeEach(() => {
      handlers.item = () => Promise.reject(new FerryError('ERR_NOT_FOUND', 'no'));
    });

    it('reads on, so that its answer arrives at a sender that sends everything first', async () => {
      const socket = connect();
      assert.ok(await handshakeEnds(socket));
      const seen = untilClosed(socket);
      const errors: Error[] = [];
      socket.on('error', (error: Error) => errors.push(error));
      const size = 4_000_000;
      socket.write(requestText('PUT', itemPath, { 'Content-Length': String(size) }));
      for (let sent = 0; sent < size; sent += 100_000) {
        await new Promise<void>((done) => void socket.write(Buffer.alloc(100_000), () => done()));
        await new Promise((done) => setTimeout(done, 5));
      }
      assert.match((await seen).toString(), /^HTTP\/1\.1 404 /);
      assert.deepEqual(errors, []);
    });

    it('answers at once, and ends after a second however long the sender goes on', async () => {
      const socket = connect();
      assert.ok(await handshakeEnds(socket));
      const begun = performance.now();
      const closed = untilClosed(socket);
      const answer = ask(socket, requestText('PUT', itemPath, { 'Content-Length': '1000000000' }));
      const flood = setInterval(() => socket.write('a'), 20);
      assert.equal((await answer).headers.get('connection'), 'close');
      await closed;
      clearInterval(flood);
      const tookMs = performance.now() - begun;
      assert.ok(tookMs >= limits.lingerMs - 50, `${tookMs} ms`);
    });

    it('reads no more than it says it does', async () => {
      const socket = connect();
      assert.ok(await handshakeEnds(socket));
      const closed = untilClosed(socket);
      socket.write(requestText('PUT', itemPath, { 'Content-Length': '1000000000' }));
      let accepted = 0;
      const chunk = Buffer.alloc(1_000_000);
      const more = (): void => {
        if (!socket.writable || accepted > 200_000_000) return;
        socket.write(chunk, (error) => {
          if (error !== null && error !== undefined) return;
          accepted += chunk.length;
          more();
        });
      };
      more();
      await closed;
      // What is beyond lies in the buffers of both ends.
      assert.ok(accepted >= limits.lingerBytes && accepted < 60_000_000, `${accepted} bytes`);
    });
  });
});

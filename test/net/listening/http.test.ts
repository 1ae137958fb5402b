// The rules of HTTP, held against a listener by hand: which requests it understands, which it refuses and how, and how it ends.

import assert from 'node:assert/strict';
import { METHODS } from 'node:http';

import { FerryError } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { parseJson, parseProblemType } from '../../../src/core/wire/messages.ts';
import { problemMediaType } from '../../../src/core/wire/problems.ts';
import { itemPath, listenerOfTests, offerJson } from '../../support/httpListener.ts';
import { ask, handshakeEnds, jsonRequest, type RawAnswer, requestText, untilClosed } from '../../support/rawTls.ts';

describe('HTTP at a listener', () => {
  const { handlers, connect } = listenerOfTests();
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
      for (let sent = 0; sent < size; sent += 400_000) {
        await new Promise<void>((done) => void socket.write(Buffer.alloc(400_000), () => done()));
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

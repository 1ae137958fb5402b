// The HTTP of a listener, asked by a stranger who holds a certificate and writes requests by hand.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { limits } from '../../../src/core/base/limits.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import { parsePeerInfo } from '../../../src/core/wire/messages.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { filesOf, type HeadlessOptions, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { assertProblem, offerText, putRequest } from '../../support/rawOffers.ts';
import { ask, jsonRequest, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';
import { removeTempFolders } from '../../support/temp.ts';

describe('A listener', () => {
  let stranger: Identity;
  let host: Identity;
  const peers: HeadlessPeer[] = [];
  const sockets: TLSSocket[] = [];

  const start = async (options: HeadlessOptions = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ identity: host, ...options });
    peers.push(peer);
    return peer;
  };
  const connect = (peer: HeadlessPeer): TLSSocket => {
    const socket = rawTls(peer.online.port, stranger);
    sockets.push(socket);
    return socket;
  };

  before(async () => {
    [stranger, host] = await Promise.all([createIdentity(), createIdentity()]);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
    await removeTempFolders();
  });

  it('says who it is', async () => {
    const peer = await start({ name: 'Ada', focusedMsAgo: () => 12.4 });
    const answer = await ask(connect(peer), requestText('GET', '/v1/peer'));
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/json']);
    const body = JSON.parse(answer.body) as Record<string, unknown>;
    assert.deepEqual(Object.keys(body), ['protocol', 'name', 'app', 'window', 'focusedMsAgo', 'capabilities', 'sealKey']);
    const info = parsePeerInfo(body);
    assert.deepEqual([info.name, info.focusedMsAgo], ['Ada', 12]);
    assert.deepEqual(info.capabilities, ['offers', 'pairing', 'resume', 'folders', 'messages', 'snippets', 'shared']);
    assert.ok(!answer.body.includes('"d"'));
  });

  it('answers 405 to HEAD where there is none, without a body, and goes on', async () => {
    const socket = connect(await start());
    const closed = untilClosed(socket);
    socket.write(requestText('HEAD', '/v1/peer') + requestText('GET', '/v1/peer', { Connection: 'close' }));
    const [, first = '', second = ''] = (await closed).toString().split('HTTP/1.1 ');
    assert.match(first, /^405 [^]*\r\nAllow: GET\r\n/i);
    assert.ok(first.endsWith('\r\n\r\n'), first);
    assert.match(second, /^200 /);
  });

  it('answers what is not there with a problem, request after request on one connection', async () => {
    const socket = connect(await start());
    const id = randomToken();
    const table: readonly (readonly [string, string, string, number?])[] = [
      ['GET', '/', 'not-found'],
      ['GET', '/v1', 'not-found'],
      ['GET', '/v1/', 'not-found'],
      ['GET', '/v1/peer/', 'not-found'],
      ['GET', '/v1/peer?a=b', 'not-found'],
      ['GET', '/v1/../v1/peer', 'not-found'],
      ['GET', 'https://peer/v1/peer/', 'not-found'],
      ['GET', 'https://peer', 'not-found'],
      ['GET', 'https://peer/v2/peer', 'version-unsupported', 505],
      ['OPTIONS', '*', 'not-found'],
      ['GET', `/v1/offers/${id}x`, 'not-found'],
      ['GET', '/v2/peer', 'version-unsupported', 505],
      ['GET', '/v10/anything', 'version-unsupported', 505],
      ['POST', '/v1/peer', 'not-found', 405],
      ['DELETE', '/v1/peer', 'not-found', 405],
      ['PATCH', '/v1/offers', 'not-found', 405],
      ['GET', `/v1/offers/${id}`, 'not-found', 405],
      ['GET', `/v1/offers/${id}/items/0`, 'not-found', 405],
      ['DELETE', `/v1/offers/${id}`, 'not-found'],
      ['PUT', `/v1/offers/${id}/items/01`, 'not-found'],
      ['PUT', `/v1/offers/${id}/items/-1`, 'not-found'],
      ['PUT', `/v1/offers/${id}/items/0`, 'not-found'],
    ];
    for (const [method, path, slug, status] of table) {
      const answer = await ask(socket, requestText(method, path));
      assertProblem(answer, slug, status);
      if (status === 405) assert.match(answer.headers.get('allow') ?? '', /^[A-Z]+(, [A-Z]+)*$/);
    }
    assert.equal((await ask(socket, requestText('GET', '/v1/peer'))).status, 200);
  });

  for (const [name, value] of [
    ['Origin', 'https://example.org'],
    ['Origin', 'null'],
    ['Sec-Fetch-Site', 'none'],
  ] as const) {
    it(`rejects a request from a web page, which says ${name}: ${value}`, async () => {
      const peer = await start();
      assertProblem(await ask(connect(peer), requestText('GET', '/v1/peer', { [name]: value })), 'peer-rejected');
      const offer = offerText(['a']);
      const headers = { [name]: value, 'Content-Length': String(Buffer.byteLength(offer)) };
      assertProblem(await ask(connect(peer), requestText('POST', '/v1/offers', headers) + offer), 'peer-rejected');
      assert.deepEqual(peer.inbox.entries, []);
    });
  }

  it('refuses a JSON body above 256 KiB, by its length and by its bytes', async () => {
    const peer = await start();
    const padded = offerText(['a'], { later: 'a'.repeat(limits.jsonBodyBytes) });
    assertProblem(await ask(connect(peer), jsonRequest('POST', '/v1/offers', padded)), 'body-too-large');
    const chunked = requestText('POST', '/v1/offers', { 'Transfer-Encoding': 'chunked' });
    assertProblem(
      await ask(connect(peer), `${chunked}${Buffer.byteLength(padded).toString(16)}\r\n${padded}\r\n0\r\n\r\n`),
      'body-too-large',
    );
    const lied = requestText('POST', '/v1/offers', { 'Content-Length': String(1e12) });
    assertProblem(await ask(connect(peer), lied), 'body-too-large');
    assert.deepEqual(peer.inbox.entries, []);
  });

  const malformed: readonly (readonly [string, string])[] = [
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['right behind a byte order mark', `\xef\xbb\xbf${offerText(['a'])}`],
    ['UTF-8 that is broken', '"\xff"'],
    ['another message', '{"protocol":1}'],
    ['an offer of nothing', offerText([])],
    ['an offer whose id is a path', offerText(['a'], { id: '../../../../../../../..' })],
    ['brackets without end', '['.repeat(200_000)],
  ];
  for (const [name, body] of malformed) {
    it(`refuses an offer that is ${name}`, async () => {
      const peer = await start();
      const request = requestText('POST', '/v1/offers', { 'Content-Length': String(body.length) });
      assertProblem(await ask(connect(peer), [request, Buffer.from(body, 'latin1')]), 'message-invalid');
      assert.deepEqual(peer.inbox.entries, []);
    });
  }

  it('takes an offer, its items and no others', async () => {
    const peer = await start({ answer: 'save' });
    const socket = connect(peer);
    const offer = offerText(['abc', 'de']);
    const { id } = JSON.parse(offer) as { id: string };
    const answer = await ask(socket, jsonRequest('POST', '/v1/offers', offer));
    assert.deepEqual(
      [answer.status, JSON.parse(answer.body)],
      [
        200,
        {
          items: [
            { n: 0, from: 0 },
            { n: 1, from: 0 },
          ],
        },
      ],
    );
    const item = (n: number): string => `/v1/offers/${id}/items/${n}`;
    assert.deepEqual(await ask(socket, putRequest(item(0), 'abc')).then(({ status, body }) => [status, body]), [204, '']);
    assertProblem(await ask(connect(peer), putRequest(item(0), 'abc')), 'message-unexpected');
    assertProblem(await ask(connect(peer), putRequest(item(2), 'abc')), 'not-found');
    assertProblem(await ask(connect(peer), putRequest(`/v1/offers/${randomToken()}/items/0`, 'abc')), 'not-found');
    const again = async (): Promise<unknown> =>
      JSON.parse((await ask(connect(peer), jsonRequest('POST', '/v1/offers', offer))).body);
    assert.deepEqual(await again(), {
      items: [
        { n: 0, from: 3, complete: true },
        { n: 1, from: 0 },
      ],
    });
    const another = offerText(['abc'], { id });
    assertProblem(await ask(connect(peer), jsonRequest('POST', '/v1/offers', another)), 'offer-repeated');
    assert.equal((await ask(socket, putRequest(item(1), 'de'))).status, 204);
    assert.equal((await peer.entry('received')).received.length, 2);
    assertProblem(await ask(connect(peer), putRequest(item(1), 'de')), 'not-found');
    assert.deepEqual(await again(), {
      items: [
        { n: 0, from: 3, complete: true },
        { n: 1, from: 2, complete: true },
      ],
    });
    assert.deepEqual((await filesOf(peer)).toSorted(), ['0.txt', '1.txt']);
  });

  it('sends the body of an item on where it is asked to say so first', async () => {
    const peer = await start({ answer: 'save' });
    const socket = connect(peer);
    const offer = offerText(['abc']);
    const { id } = JSON.parse(offer) as { id: string };
    await ask(socket, jsonRequest('POST', '/v1/offers', offer));
    const put = putRequest(`/v1/offers/${id}/items/0`, 'abc').replace('Host: peer', 'Host: peer\r\nExpect: 100-continue');
    assert.equal((await ask(socket, put)).status, 204);
  });

  const bodies: readonly (readonly [string, string, string])[] = [
    ['fewer bytes', 'size-mismatch', 'ab'],
    ['more bytes', 'item-too-large', 'abcd'],
  ];
  for (const [name, slug, text] of bodies) {
    it(`keeps nothing of an item with ${name} than offered, and says why`, async () => {
      const peer = await start({ answer: 'save' });
      const offer = offerText(['abc']);
      const { id } = JSON.parse(offer) as { id: string };
      await ask(connect(peer), jsonRequest('POST', '/v1/offers', offer));
      assertProblem(await ask(connect(peer), putRequest(`/v1/offers/${id}/items/0`, text)), slug);
      await peer.inbox.idle();
      assert.deepEqual(await filesOf(peer), []);
    });
  }

  it('lets nobody but the sender take an offer back', async () => {
    const peer = await start();
    const offer = offerText(['a']);
    const { id } = JSON.parse(offer) as { id: string };
    const answer = ask(connect(peer), jsonRequest('POST', '/v1/offers', offer));
    await peer.entry('waiting');
    const other = rawTls(peer.online.port, await createIdentity());
    sockets.push(other);
    assertProblem(await ask(other, requestText('DELETE', `/v1/offers/${id}`)), 'not-found');
    const cancelled = peer.entry('cancelled');
    assert.equal((await ask(connect(peer), requestText('DELETE', `/v1/offers/${id}`))).status, 204);
    assertProblem(await answer, 'cancelled');
    assert.deepEqual((await cancelled).state, { phase: 'cancelled', by: 'peer' });
  });

  it('ends an offer whose connection ends, with a farewell or without', async () => {
    const peer = await start();
    for (const end of [(socket: TLSSocket) => socket.end(), (socket: TLSSocket) => socket.destroy()]) {
      const socket = connect(peer);
      socket.write(jsonRequest('POST', '/v1/offers', offerText(['a'])));
      const waiting = await peer.entry('waiting');
      end(socket);
      assert.equal((await peer.entry('cancelled')).id, waiting.id);
      peer.inbox.remove(waiting.id);
    }
  });

  it('falls forward from a port that is taken, and says so', async () => {
    const taken = createServer();
    const port = await new Promise<number>((done) => {
      taken.listen(0, '127.0.0.1', () => done((taken.address() as { port: number }).port));
    });
    try {
      const [first, second] = [await start({ port }), await start({ port, identity: await createIdentity() })];
      assert.ok(first.online.fellForward && second.online.fellForward);
      assert.equal(new Set([port, first.online.port, second.online.port]).size, 3);
      const sender = await start({ identity: stranger });
      assert.equal(sender.online.fellForward, false);
      const sending = sender.send(second, [memoryItem('a', Buffer.from('a'))]);
      second.inbox.decline((await second.entry('waiting')).id);
      assert.equal((await sending).phase, 'declined');
    } finally {
      await new Promise((done) => taken.close(done));
    }
  });
});

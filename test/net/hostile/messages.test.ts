// Messages as no Ferry writes them, asked of a real listener: what is refused, with what, and that nothing of it is kept.

import assert from 'node:assert/strict';
import type { TLSSocket } from 'node:tls';

import { limits } from '../../../src/core/base/limits.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import { met } from '../../../src/core/peers/book.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { assertProblem } from '../../support/rawOffers.ts';
import { ask, jsonRequest, type RawAnswer, rawTls, requestText } from '../../support/rawTls.ts';
import { removeTempFolders } from '../../support/temp.ts';

const path = '/v1/messages';

describe('Messages as no Ferry writes them', () => {
  let peer: HeadlessPeer;
  let writer: Identity;
  const sockets: TLSSocket[] = [];
  beforeEach(async () => {
    peer = await headlessPeer();
    writer = await createIdentity();
    await peer.book.change(writer.peerId, (entry) => met(entry, 'writer'));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await peer.stop();
  });
  after(removeTempFolders);

  const askAs = (who: Identity, request: string): Promise<RawAnswer> => {
    const socket = rawTls(peer.online.port, who);
    sockets.push(socket);
    return ask(socket, request);
  };
  const body = (changes: object = {}): string =>
    JSON.stringify({ id: randomToken(), sender: { name: 'writer' }, text: 'hello', ...changes });
  const post = (text: string, who = writer): Promise<RawAnswer> => askAs(who, jsonRequest('POST', path, text));
  const kept = (): readonly string[] => peer.messages.threads.flatMap(({ messages }) => messages.map(({ text }) => text));

  it('P13: takes 8 KiB of text in UTF-8, to the byte, and not one more', async () => {
    const longest = 'ü'.repeat(limits.messageBytes / 2);
    const answer = await post(body({ text: longest }));
    assert.deepEqual([answer.status, answer.body, answer.headers.get('content-length')], [202, '', '0']);
    assertProblem(await post(body({ text: `${longest}x` })), 'body-too-large');
    assertProblem(await post(body({ text: 'x'.repeat(limits.jsonBodyBytes) })), 'body-too-large');
    assert.deepEqual(kept(), [longest]);
  });

  it('P13: refuses what is no message, and keeps nothing of it', async () => {
    const wrong = [
      body({ text: '' }),
      body({ text: 5 }),
      body({ text: null }),
      body({ text: ['hello'] }),
      body({ id: 'short' }),
      body({ id: `${randomToken()}x` }),
      body().replace('hello', '\\ud800'),
    ];
    for (const text of wrong) assertProblem(await post(text), 'message-invalid');
    assert.deepEqual(kept(), []);
  });

  it('P13: refuses names and times that are none', async () => {
    const wrong = [
      body({ sender: { name: 'x'.repeat(limits.displayNameBytes + 1) } }),
      body({ sender: 'writer' }),
      body({ sentAt: 'yesterday' }),
      body({ sentAt: '2026-01-02T03:04:05+01:00' }),
      body({ sentAt: 1_700_000_000_000 }),
      '[]',
      '{"text":"hello"',
    ];
    for (const text of wrong) assertProblem(await post(text), 'message-invalid');
    assert.deepEqual(kept(), []);
  });

  it('P13: keeps markup, directions and controls as they came, for the screen to disarm', async () => {
    const text = '<b>[x](command:y) $(key)\u202egpj.exe\u0000\u001b[31m\r\n@everyone';
    assert.equal((await post(body({ text }))).status, 202);
    assert.deepEqual(kept(), [text]);
  });

  it('P13: answers the eleventh of a peer in ten seconds with busy, without reading it, and still answers others', async () => {
    const statuses: number[] = [];
    for (let n = 0; n <= limits.messagesPerPeer; n += 1) statuses.push((await post(body({ text: String(n) }))).status);
    assert.deepEqual(statuses, [...Array.from({ length: limits.messagesPerPeer }, () => 202), 429]);
    assertProblem(await askAs(writer, requestText('POST', path, { 'Content-Length': '100', Expect: '100-continue' })), 'busy');
    assert.equal((await post(body(), await createIdentity())).status, 202);
    assert.equal(kept().length, limits.messagesPerPeer + 1);
  });

  it('P13: gives strangers a smaller share of that, however many keys they have', async () => {
    const statuses: number[] = [];
    for (let n = 0; n <= limits.messagesOfStrangers; n += 1) statuses.push((await post(body(), await createIdentity())).status);
    assert.deepEqual(statuses, [...Array.from({ length: limits.messagesOfStrangers }, () => 202), 429]);
    assert.equal((await post(body())).status, 202);
  });

  it('refuses another message under an id, and any other method', async () => {
    const id = randomToken();
    assert.equal((await post(body({ id }))).status, 202);
    assert.equal((await post(body({ id }))).status, 202);
    assertProblem(await post(body({ id, text: 'other' })), 'message-unexpected');
    assertProblem(await askAs(writer, requestText('GET', path)), 'not-found', 405);
    assertProblem(await askAs(writer, requestText('GET', `${path}/${id}`)), 'not-found');
    assert.deepEqual(kept(), ['hello']);
  });

  it('takes none of a peer that is blocked, or of this very person', async () => {
    await peer.book.change(writer.peerId, (entry) => ({ ...entry, trust: 'blocked' }));
    await assert.rejects(post(body()));
    assertProblem(await post(body(), peer.identity), 'peer-rejected');
    assert.deepEqual(kept(), []);
  });
});

// What a receiver says while the bytes of an item come: how many of them it keeps. It says so of large items, and to those alone
// who can hear it.

import assert from 'node:assert/strict';
import type { TLSSocket } from 'node:tls';

import { limits } from '../../../src/core/base/limits.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { digestField, offerText, partial } from '../../support/rawOffers.ts';
import { ask, jsonRequest, rawTls, requestText } from '../../support/rawTls.ts';
import { removeTempFolders } from '../../support/temp.ts';

const { aheadLeastBytes: ahead } = limits;

describe('The bytes of an item that are kept', () => {
  let stranger: Identity;
  let peer: HeadlessPeer;
  const sockets: TLSSocket[] = [];
  before(async () => {
    stranger = await createIdentity();
  });
  beforeEach(async () => {
    peer = await headlessPeer({ answer: 'save' });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await peer.stop();
    await removeTempFolders();
  });

  const connect = (): TLSSocket => {
    const socket = rawTls(peer.online.port, stranger);
    sockets.push(socket);
    return socket;
  };
  const offered = async (text: string): Promise<{ readonly item: string; readonly answer: unknown }> => {
    const offer = offerText([text]);
    const { body } = await ask(connect(), jsonRequest('POST', '/v1/offers', offer));
    const [answer] = (JSON.parse(body) as { items: unknown[] }).items;
    return { item: `/v1/offers/${(JSON.parse(offer) as { id: string }).id}/items/0`, answer };
  };
  /** What a socket has said so far, and a wait for some of it. */
  const heard = (socket: TLSSocket): { offsets: () => readonly number[]; until: (least: number) => Promise<void> } => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    const offsets = (): readonly number[] =>
      [...text.matchAll(/^HTTP\/1\.1 104 Upload Resumption Supported\r\nUpload-Offset: (\d+)\r\n\r\n/gm)].map(([, at]) =>
        Number(at),
      );
    const until = async (least: number): Promise<void> => {
      while ((offsets().at(-1) ?? 0) < least) await new Promise((done) => socket.once('data', done));
    };
    return { offsets, until };
  };
  const chunkOf = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
  const headOf = (item: string, from: number): string =>
    from === 0
      ? requestText('PUT', item, { 'Transfer-Encoding': 'chunked' })
      : requestText('PATCH', item, { ...partial(from), 'Transfer-Encoding': 'chunked' });

  it('are told while they come, and are those that are there when the connection has ended', async () => {
    const text = 'The ferry leaves at nine.'.repeat(120_000);
    const { item, answer } = await offered(text);
    assert.deepEqual(answer, { n: 0, from: 0, ahead });
    const first = connect();
    const { offsets, until } = heard(first);
    first.write(headOf(item, 0) + chunkOf(text.slice(0, 1_500_000)));
    await until(1_500_000 - ahead / 16);
    assert.deepEqual(
      offsets(),
      offsets().toSorted((a, b) => a - b),
    );
    assert.ok((offsets().at(-1) ?? 0) <= 1_500_000);
    first.destroy();
    const { headers } = await ask(connect(), requestText('HEAD', item));
    assert.equal(headers.get('upload-offset'), '1500000');
    const second = connect();
    const rest = heard(second);
    const ended = `0\r\nRepr-Digest: ${digestField(text)}\r\n\r\n`;
    assert.equal((await ask(second, `${headOf(item, 1_500_000)}${chunkOf(text.slice(1_500_000))}${ended}`)).status, 204);
    assert.ok(rest.offsets().every((at) => at > 1_500_000 && at <= text.length) && rest.offsets().length > 0);
  });

  it('are not told of an item that may be sent at one go', async () => {
    const text = 'x'.repeat(ahead);
    const { item, answer } = await offered(text);
    assert.deepEqual(answer, { n: 0, from: 0 });
    const socket = connect();
    const { offsets } = heard(socket);
    const ended = `0\r\nRepr-Digest: ${digestField(text)}\r\n\r\n`;
    assert.equal((await ask(socket, headOf(item, 0) + chunkOf(text) + ended)).status, 204);
    assert.deepEqual(offsets(), []);
  });

  it('are not told to HTTP/1.0, which has no interim answers', async () => {
    const text = 'x'.repeat(3 * ahead);
    const { item } = await offered(text);
    const socket = connect();
    const { offsets } = heard(socket);
    const head = [`PUT ${item} HTTP/1.0`, `Content-Length: ${text.length}`, `Repr-Digest: ${digestField(text)}`, '', ''].join(
      '\r\n',
    );
    assert.equal((await ask(socket, head + text)).status, 204);
    assert.deepEqual(offsets(), []);
  });
});

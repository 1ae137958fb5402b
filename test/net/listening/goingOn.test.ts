// HEAD and PATCH of an item, asked by hand: how far it has come, and the rest, with all that a request for it can have wrong.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

import { limits } from '../../../src/core/base/limits.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { filesOf, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { assertProblem, chunked, digestField, offerText, partial, patchRequest, putRequest } from '../../support/rawOffers.ts';
import { ask, jsonRequest, type RawAnswer, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';
import { removeTempFolders } from '../../support/temp.ts';

const text = 'The ferry leaves at nine.\n';
const size = text.length;

describe('An item that goes on over another connection', () => {
  let stranger: Identity;
  let peer: HeadlessPeer;
  let offer = '';
  let item = '';
  const sockets: TLSSocket[] = [];
  before(async () => {
    stranger = await createIdentity();
  });
  beforeEach(async () => {
    peer = await headlessPeer({ answer: 'save' });
    await offered([text]);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await peer.stop();
    await removeTempFolders();
  });

  const connect = (identity = stranger): TLSSocket => {
    const socket = rawTls(peer.online.port, identity);
    sockets.push(socket);
    return socket;
  };
  const asked = (request: string, identity?: Identity): Promise<RawAnswer> => ask(connect(identity), request);
  const offered = async (texts: readonly string[]): Promise<void> => {
    offer = offerText(texts);
    item = `/v1/offers/${(JSON.parse(offer) as { id: string }).id}/items/0`;
    assert.equal((await asked(jsonRequest('POST', '/v1/offers', offer))).status, 200);
  };
  const progress = async (): Promise<readonly (number | string | undefined)[]> => {
    const { status, headers } = await asked(requestText('HEAD', item));
    return [status, headers.get('upload-offset'), headers.get('upload-complete')];
  };
  /** Brings the bytes up to one, and leaves the connection open under the item. */
  const begin = async (to: number, bytes = text): Promise<TLSSocket> => {
    for (;;) {
      const socket = connect();
      const from = Number((await progress())[1]);
      const rest = bytes.slice(from, to);
      const chunk = `${rest.length.toString(16)}\r\n${rest}\r\n`;
      const closed = untilClosed(socket);
      socket.write(requestText('PATCH', item, { ...partial(from), 'Transfer-Encoding': 'chunked' }) + chunk);
      // Whether the bytes are there already, nobody says: whoever asks ends the connection.
      if (Number((await progress())[1]) !== to) continue;
      assert.equal((await closed).toString(), '');
      return socket;
    }
  };
  const assertWhole = async (): Promise<void> => {
    assert.deepEqual(await filesOf(peer), ['0.txt']);
    assert.equal(await readFile(join(peer.folder, '0.txt'), 'utf8'), text);
  };

  it('says how far an item has come, and takes the rest', async () => {
    const fields = async (): Promise<readonly unknown[]> => {
      const { status, headers, body } = await asked(requestText('HEAD', item));
      const names = ['upload-offset', 'upload-complete', 'upload-length', 'cache-control'];
      return [status, body, ...names.map((name) => headers.get(name))];
    };
    assert.deepEqual(await fields(), [204, '', '0', '?0', '26', 'no-store']);
    await begin(10);
    assert.deepEqual(await fields(), [204, '', '10', '?0', '26', 'no-store']);
    const answer = await asked(patchRequest(item, text, 10));
    assert.deepEqual([answer.status, answer.headers.get('upload-complete')], [204, '?1']);
    assert.deepEqual(await fields(), [204, '', '26', '?1', '26', 'no-store']);
    await assertWhole();
  });

  it('takes the rest with a length and the digest as a header, and the field in any case', async () => {
    await begin(10);
    const fields = { ...partial(10), 'Content-Length': '16', 'Repr-Digest': digestField(text) };
    const request = requestText('PATCH', item, { ...fields, 'Content-Type': 'Application/Partial-Upload; a=b' });
    assert.equal((await asked(request + text.slice(10))).status, 204);
    await assertWhole();
  });

  it('takes nothing but the digest where every byte was there', async () => {
    await begin(size);
    assert.deepEqual(await progress(), [204, '26', '?0']);
    assert.equal((await asked(patchRequest(item, text, size))).status, 204);
    await assertWhole();
  });

  it('begins anew with a PUT', async () => {
    await begin(10, 'something else, and longer');
    assert.equal((await asked(putRequest(item, text))).status, 204);
    await assertWhole();
  });

  for (const [name, request] of [
    ['HEAD', () => requestText('HEAD', item)],
    ['PUT', () => putRequest(item, text)],
    ['PATCH', () => patchRequest(item, text, 0)],
    ['the same offer', () => jsonRequest('POST', '/v1/offers', offer)],
  ] as const) {
    it(`ends the connection before it: ${name}`, async () => {
      const socket = connect();
      const begun = requestText('PUT', item, { 'Transfer-Encoding': 'chunked', Expect: '100-continue' });
      await new Promise<void>((done) => void socket.once('data', () => done()).write(begun));
      const closed = untilClosed(socket);
      const { status } = await asked(request());
      assert.ok(status === 204 || status === 200, String(status));
      assert.match((await closed).toString(), /^(?:HTTP\/1\.1 410 |$)/);
    });
  }

  const head = (fields: Readonly<Record<string, string>>): string =>
    requestText('PATCH', item, { ...fields, 'Transfer-Encoding': 'chunked' });
  const without = (name: string): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(partial(10)).filter(([field]) => field !== name));
  const refused: readonly (readonly [string, () => string])[] = [
    ['no Upload-Offset', () => head(without('Upload-Offset'))],
    ['no Upload-Complete', () => head(without('Upload-Complete'))],
    ['no media type', () => head(without('Content-Type'))],
    ['another media type', () => head({ ...partial(10), 'Content-Type': 'application/octet-stream' })],
    ['a media type that begins alike', () => head({ ...partial(10), 'Content-Type': 'application/partial-uploads' })],
    ['more to come', () => head({ ...partial(10), 'Upload-Complete': '?0' })],
    ['a number for a boolean', () => head({ ...partial(10), 'Upload-Complete': '1' })],
    ['a word for a boolean', () => head({ ...partial(10), 'Upload-Complete': 'true' })],
    ['an offset before the start', () => head({ ...partial(10), 'Upload-Offset': '-1' })],
    ['a fraction for an offset', () => head({ ...partial(10), 'Upload-Offset': '10.5' })],
    ['a decimal for an offset', () => head({ ...partial(10), 'Upload-Offset': '10.0' })],
    ['a text for an offset', () => head({ ...partial(10), 'Upload-Offset': '"10"' })],
    ['a word for an offset', () => head({ ...partial(10), 'Upload-Offset': 'ten' })],
    ['an offset in hexadecimal', () => head({ ...partial(10), 'Upload-Offset': '0xa' })],
    ['an offset of too many digits', () => head({ ...partial(10), 'Upload-Offset': '1'.repeat(16) })],
    ['an offset that no item has', () => head({ ...partial(10), 'Upload-Offset': String(limits.itemBytes + 1) })],
    ['an empty offset', () => head({ ...partial(10), 'Upload-Offset': '' })],
    ['a list of offsets', () => head({ ...partial(10), 'Upload-Offset': '10, 10' })],
    ['two offsets', () => head({ ...partial(10), 'upload-offset': '10' })],
    ['two booleans', () => head({ ...partial(10), 'upload-complete': '?1' })],
    ['a Content-Range', () => head({ ...partial(10), 'Content-Range': 'bytes 10-25/26' })],
  ];
  for (const [name, request] of refused) {
    it(`refuses a PATCH with ${name}, and changes nothing`, async () => {
      await begin(10);
      assertProblem(await asked(request() + chunked(text.slice(10), digestField(text))), 'message-invalid');
      assert.deepEqual(await progress(), [204, '10', '?0']);
      assert.equal((await asked(patchRequest(item, text, 10))).status, 204);
    });
  }

  for (const from of [0, 9, 11, size, size + 1, limits.itemBytes]) {
    it(`says which byte is wanted next where a PATCH begins at ${from}`, async () => {
      await begin(10);
      const answer = await asked(head(partial(from)) + chunked(text.slice(from), digestField(text)));
      assertProblem(answer, 'offset-mismatch');
      assert.equal(answer.headers.get('upload-offset'), '10');
      assert.deepEqual(await progress(), [204, '10', '?0']);
    });
  }

  const lengths: readonly (readonly [string, string, string])[] = [
    ['more', 'item-too-large', `${text.slice(10)}!`],
    ['less', 'size-mismatch', text.slice(10, -1)],
    ['nothing', 'size-mismatch', ''],
  ];
  for (const [name, slug, rest] of lengths) {
    for (const framing of ['chunks', 'a length'] as const) {
      it(`keeps nothing where ${name} comes than the rest, in ${framing}`, async () => {
        await begin(10);
        const fields = {
          ...partial(10),
          'Content-Length': String(rest.length),
          'Repr-Digest': digestField(text.slice(0, 10) + rest),
        };
        const request =
          framing === 'chunks'
            ? head(partial(10)) + chunked(rest, digestField(text.slice(0, 10) + rest))
            : requestText('PATCH', item, fields) + rest;
        assertProblem(await asked(request), slug);
        assert.deepEqual(await filesOf(peer), []);
        assert.equal((await peer.entry('failed')).state.phase, 'failed');
      });
    }
  }

  it('takes an item once more from 0 whose digest is wrong after a cut, and then no more', async () => {
    for (const next of [
      [204, '0', '?0'],
      [422, undefined, undefined],
    ] as const) {
      await begin(10, 'The fairy leaves at nine.\n');
      assertProblem(await asked(patchRequest(item, text, 10)), 'digest-mismatch');
      assert.deepEqual(await progress(), next);
      assert.deepEqual(await filesOf(peer), []);
    }
  });

  it('takes the digest of the rest alone for a wrong one', async () => {
    await begin(10);
    assertProblem(await asked(patchRequest(item, text, 10, digestField(text.slice(10)))), 'digest-mismatch');
    assert.deepEqual(await progress(), [204, '0', '?0']);
  });

  it('tells another peer nothing, and takes nothing from it', async () => {
    await begin(10);
    const other = await createIdentity();
    const { status, headers, body } = await asked(requestText('HEAD', item), other);
    assert.deepEqual([status, headers.get('upload-offset'), body], [404, undefined, '']);
    assertProblem(await asked(patchRequest(item, text, 10), other), 'not-found');
    assertProblem(await asked(requestText('DELETE', item.slice(0, -'/items/0'.length)), other), 'not-found');
    assert.equal((await asked(patchRequest(item, text, 10))).status, 204);
    await assertWhole();
  });

  it('refuses a HEAD with a body', async () => {
    assert.equal((await asked(`${requestText('HEAD', item, { 'Content-Length': '1' })}a`)).status, 400);
  });

  it('has the digest of what was sent in its entry', async () => {
    await begin(10);
    await asked(patchRequest(item, text, 10));
    const { received } = await peer.entry('received');
    assert.deepEqual(Buffer.from(received[0]?.sha256 ?? []), createHash('sha256').update(text).digest());
  });
});

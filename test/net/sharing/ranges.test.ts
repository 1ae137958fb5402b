// The bytes of what is shared, asked for as HTTP allows: all of them, ranges, and under conditions.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';

import { describeShared, findShared } from '../../../src/core/sharing/getting/browse.ts';
import { withShare } from '../../../src/core/sharing/shares.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { rawTls, untilClosed } from '../../support/rawTls.ts';
import { makePaired } from '../../support/sharingPeers.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const content = 'The ferry leaves at nine.\n';
const forever = new AbortController().signal;

type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
  readonly trailers: NodeJS.Dict<string>;
};

describe('The bytes of what is shared', () => {
  let owner: HeadlessPeer;
  let getter: HeadlessPeer;
  let path = '';
  let etag = '';

  before(async () => {
    [owner, getter] = await Promise.all([headlessPeer(), headlessPeer()]);
    const root = await tempFolder();
    await writeFile(join(root, 'notes.txt'), content);
    await writeFile(join(root, 'empty'), '');
    await writeFile(join(root, 'large.bin'), Buffer.alloc(64 * 2 ** 20, 1));
    await owner.shares.change((shares) => withShare(shares, { name: 'Work', path: root, with: 'paired' }));
    await makePaired(owner, getter);
    ({ path, etag } = await find('notes.txt'));
  });
  after(async () => {
    await Promise.all([owner.stop(), getter.stop()]);
    await removeTempFolders();
  });

  const find = async (name: string) => {
    const link = await getter.online.dial(owner.address, owner.identity.peerId, forever);
    const { id } = await findShared(link, ['Work', name], forever);
    const described = await describeShared(link, id, name, forever);
    link.close();
    return { path: `/v1/shared/${id}`, etag: described.etag };
  };
  const get = (
    headers: Record<string, string> = {},
    target = path,
    method = 'GET',
    onBegin?: (response: IncomingMessage) => void,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { certificatePem: cert, privateKeyPem: key } = getter.identity;
      const options = { ...owner.address, path: target, method, headers, cert, key, rejectUnauthorized: false, agent: false };
      request(options, (response) => {
        const chunks: Buffer[] = [];
        response.once('error', reject);
        onBegin?.(response);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: fields, trailers } = response;
          resolve({ status, body: Buffer.concat(chunks).toString(), headers: fields, trailers });
        });
      })
        .on('error', reject)
        .end();
    });
  const digestOf = (text: string): string => `sha-256=:${createHash('sha256').update(text).digest('base64')}:`;

  const ranges: Readonly<Record<string, readonly [from: number, to: number]>> = {
    'bytes=0-': [0, 26],
    'bytes=10-': [10, 26],
    'bytes=25-': [25, 26],
    'bytes=0-0': [0, 1],
    'bytes=4-8': [4, 9],
    'bytes=4-999': [4, 26],
    'bytes=-5': [21, 26],
    'bytes=-999': [0, 26],
    'BYTES=4-8': [4, 9],
  };
  for (const [range, [from, to]] of Object.entries(ranges)) {
    it(`are a part where one range is asked for: ${range}`, async () => {
      const { status, body, headers, trailers } = await get({ Range: range });
      assert.deepEqual([status, body], [206, content.slice(from, to)]);
      assert.equal(headers['content-range'], `bytes ${from}-${to - 1}/26`);
      assert.equal(headers.etag, etag);
      assert.equal(trailers['content-digest'], digestOf(body));
      assert.equal(trailers['repr-digest'], to === 26 ? digestOf(content) : undefined);
    });
  }

  for (const range of ['bytes=0-1,4-5', 'bytes=a-b', 'bytes=9-4', 'bytes=-', 'items=0-1', 'bytes 0-1', '']) {
    it(`are all there where a range is to be passed over: ${JSON.stringify(range)}`, async () => {
      const { status, body, headers, trailers } = await get({ Range: range });
      assert.deepEqual([status, body, headers['content-range']], [200, content, undefined]);
      assert.equal(trailers['repr-digest'], digestOf(content));
    });
  }

  for (const range of ['bytes=26-', 'bytes=99-100', 'bytes=-0']) {
    it(`are none where there are no such bytes: ${range}`, async () => {
      const { status, body, headers } = await get({ Range: range });
      assert.deepEqual([status, headers['content-range']], [416, 'bytes */26']);
      assert.match(body, /urn:ferry:problem:range-unsatisfiable/);
    });
  }

  it('P12: harm nobody where whoever asked for the end of a file goes away', async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    // Not left to the runner, which has only one test to blame.
    process.prependListener('unhandledRejection', note);
    try {
      const large = await find('large.bin');
      await assert.rejects(get({ range: 'bytes=1-' }, large.path, 'GET', (response) => response.destroy(new Error('enough'))));
      const ended = (): true | undefined =>
        owner.sharing.gets.some(({ item, state }) => item.name === 'large.bin' && state === 'ended') || undefined;
      await eventually(owner.sharing.onDidChange, ended, 'the peer is seen to go away');
      assert.equal((await get()).status, 200);
      assert.deepEqual(uncaught, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('come under the tag that they have, and not under another', async () => {
    for (const tag of [etag, '*', `"other", ${etag}`]) assert.equal((await get({ 'If-Match': tag })).status, 200, tag);
    for (const tag of ['"other"', `W/${etag}`, 'x']) {
      const { status, body } = await get({ 'If-Match': tag });
      assert.equal(status, 412, tag);
      assert.match(body, /urn:ferry:problem:source-changed/);
    }
    assert.equal((await get({ 'If-Range': etag, Range: 'bytes=4-' })).status, 206);
    assert.equal((await get({ 'If-Range': '"other"', Range: 'bytes=4-' })).status, 200);
  });

  it('are none of an empty file, with its digest', async () => {
    const empty = await find('empty');
    const { status, body, trailers } = await get({}, empty.path);
    assert.deepEqual([status, body, trailers['repr-digest']], [200, '', digestOf('')]);
    assert.equal((await get({ Range: 'bytes=0-' }, empty.path)).status, 416);
  });

  it('are not in chunks, which HTTP/1.0 does not know', async () => {
    const socket = rawTls(owner.online.port, getter.identity);
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    const text = (await untilClosed(socket)).toString('latin1');
    const [head = '', body] = text.split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(head, /\r\nContent-Length: 26(\r\n|$)/);
    assert.doesNotMatch(head, /Transfer-Encoding|Trailer/i);
    assert.equal(body, content);
  });

  it('are got and not written', async () => {
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
      const { status, headers } = await get({}, path, method);
      assert.deepEqual([status, headers.allow], [405, 'GET'], method);
    }
  });
});

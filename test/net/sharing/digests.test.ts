// The digests behind what is shared: they are those of the bytes that came, and what they cost is not lost with a connection.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';

import { silentLog } from '../../../src/core/base/log.ts';
import { describeShared, findShared } from '../../../src/core/sharing/getting/browse.ts';
import type { SharedSource } from '../../../src/core/sharing/sharedDisk.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { type Listener, startListener } from '../../../src/net/listening/listener.ts';
import { sharedRoutes } from '../../../src/net/listening/sharedRoutes.ts';
import { headlessPeer } from '../../support/headlessPeer.ts';
import { makePaired } from '../../support/sharingPeers.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const forever = new AbortController().signal;
const digestOf = (bytes: Uint8Array): string => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

function asking({ privateKeyPem: key, certificatePem: cert }: Identity, port: number, path: string, headers = {}): ClientRequest {
  return request({ host: '127.0.0.1', port, path, headers, cert, key, rejectUnauthorized: false, agent: false }).end();
}

async function answerTo(asked: ClientRequest): Promise<{ body: Buffer; trailers: NodeJS.Dict<string> }> {
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { body: Buffer.concat(chunks), trailers: response.trailers };
}

/** One that gives everybody the same; `onGone` is called when whoever asked goes away. */
function listenerOf(identity: Identity, source: SharedSource, onGone: () => void): Promise<Listener> {
  const sharing = {
    ...{ list: () => assert.fail(), describe: () => assert.fail() },
    async serve({ signal }: { signal: AbortSignal }, use: (source: SharedSource, signal: AbortSignal) => Promise<boolean>) {
      signal.addEventListener('abort', onGone);
      await use(source, signal);
    },
  };
  const routes = sharedRoutes(() => Promise.resolve(sharing));
  return startListener({ identity, reach: 'loopback', port: 0, log: silentLog, routes });
}

describe('The digest of what is shared', () => {
  after(removeTempFolders);

  it('is that of the bytes that come, also where a folder is got once more that has less in it by now', async () => {
    const [owner, getter] = await Promise.all([headlessPeer(), headlessPeer()]);
    const root = await tempFolder();
    await mkdir(join(root, 'docs'));
    for (const name of ['a', 'b', 'c']) await writeFile(join(root, 'docs', name), name.repeat(3_000));
    await owner.shares.add({ name: 'Work', path: root, with: 'paired' });
    await makePaired(owner, getter);
    const link = await getter.online.dial(owner.address, owner.identity.peerId, forever);
    const { id } = await findShared(link, ['Work', 'docs'], forever);
    const { etag } = await describeShared(link, id, 'docs', forever);
    link.close();
    const get = () => answerTo(asking(getter.identity, owner.online.port, `/v1/shared/${id}`, { 'If-Match': etag }));
    const whole = await get();
    assert.equal(whole.trailers['repr-digest'], digestOf(whole.body));
    await rm(join(root, 'docs/b'));
    const less = await get();
    assert.notDeepEqual(less.body, whole.body);
    assert.equal(less.trailers['repr-digest'], digestOf(less.body));
    await Promise.all([owner.stop(), getter.stop()]);
  });

  it('is worked out before the answer begins where the process before this one sent the rest, and never twice', async () => {
    const piece = Buffer.alloc(1_000_000, 7);
    const content = Buffer.concat([piece, piece, piece]);
    const opened: number[] = [];
    const blocked = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<undefined>();
    const source: SharedSource = {
      ...{ item: { kind: 'file', name: 'a', size: content.length, mediaType: 'a/b' }, etag: '"a"' },
      async *open(signal, from = 0) {
        const isFirst = opened.push(from) === 1;
        for (let at = from; at < content.length; at += piece.length) {
          if (isFirst && at === 2 * piece.length) {
            reached.resolve(undefined);
            await blocked.promise;
          }
          signal.throwIfAborted();
          yield content.subarray(at, at + piece.length);
        }
      },
    };
    const identity = await createIdentity();
    const listener = await listenerOf(identity, source, () => ended.resolve(undefined));
    const last = () => asking(identity, listener.port, '/v1/shared/x', { Range: 'bytes=-1' });
    const first = last();
    let hasBegun = false;
    first.once('response', () => {
      hasBegun = true;
    });
    first.on('error', () => undefined);
    await reached.promise;
    assert.ok(!hasBegun, 'nothing that could stand still has begun');
    first.destroy();
    await ended.promise;
    blocked.resolve(undefined);
    const { body, trailers } = await answerTo(last());
    assert.deepEqual([body, trailers['repr-digest']], [content.subarray(-1), digestOf(content)]);
    assert.deepEqual(opened, [0, 2 * piece.length, content.length - 1]);
    await listener.stop();
  });
});

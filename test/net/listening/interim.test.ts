// Interim answers: what a listener says while a person decides or a disk writes, and when it says nothing.

import assert from 'node:assert/strict';
import { mock } from 'node:test';

import { limits } from '../../../src/core/base/limits.ts';
import { abcDigest as digest, itemPath, listenerOfTests, offerJson } from '../../support/httpListener.ts';
import { ask, requestText } from '../../support/rawTls.ts';

describe('A listener whose answer takes a while', () => {
  const { handlers, connect } = listenerOfTests();
  const head = (line: string, ...fields: readonly string[]): string => [line, ...fields, '', ''].join('\r\n');

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

  it('sends 102 while somebody asks how far an item is that is given its name', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    const [asked, named] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    handlers.progress = async () => {
      asked.resolve(undefined);
      await named.promise;
      return { offset: 3, size: 3, isComplete: true };
    };
    const socket = connect();
    const seen: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => seen.push(chunk));
    const answered = ask(socket, requestText('HEAD', itemPath));
    await asked.promise;
    mock.timers.tick(limits.processingMs);
    named.resolve(undefined);
    assert.equal((await answered).headers.get('upload-complete'), '?1');
    assert.equal(Buffer.concat(seen).toString().split('HTTP/1.1 102 ').length - 1, 1);
  });
});

// Whoever holds a connection open without using it: before the handshake, before the request, in the middle of it. Honest peers
// get through meanwhile, every stalled socket goes in time, and none is left when the listener stops.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';

import { FerryError } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { type Listener, startListener } from '../../../src/net/listening/listener.ts';
import { offerRoutes } from '../../../src/net/listening/offerRoutes.ts';
import { peerRoutes } from '../../../src/net/listening/peerRoutes.ts';
import { ask, handshakeEnds, jsonRequest, rawTcp, rawTls, requestText, untilClosed } from '../../support/rawTls.ts';

const getPeer = requestText('GET', '/v1/peer');
/** The deadlines are 10 s each; a socket that is open after so long was forgotten. */
const forgottenMs = 60_000;

function start(identity: Identity): Promise<Listener> {
  return startListener({
    identity,
    reach: 'loopback',
    port: 0,
    log: silentLog,
    routes: [
      ...peerRoutes(() => ({
        ...{ protocol: 1, name: 'peer', app: '0', window: 'A'.repeat(22), focusedMsAgo: 0, capabilities: [] },
      })),
      ...offerRoutes({
        offer: (_peer, _offer, signal) =>
          new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(new FerryError('ERR_CANCELLED', 'gone')))),
        item: () => Promise.reject(new FerryError('ERR_NOT_FOUND', 'nothing')),
        progress: () => Promise.reject(new Error('nobody asks')),
        withdraw: () => Promise.resolve(),
      }),
    ],
  });
}

describe('Stalled connections', () => {
  let host: Identity;
  let stranger: Identity;
  let slow: Listener;
  let endings: Promise<readonly (readonly [string, number, number])[]>;
  let timers: NodeJS.Timeout[] = [];

  before(async () => {
    [host, stranger] = await Promise.all([createIdentity(), createIdentity()]);
    slow = await start(host);
    // Started first and looked at last: they need ten seconds, in which the other tests run.
    endings = Promise.all((await stall(slow.port)).map(([name, socket]) => closedAfter(name, socket)));
  });
  after(async () => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    await slow.stop();
  });

  /** One socket for each place where a peer can stop, or go on a byte at a time. */
  const stall = async (port: number): Promise<readonly (readonly [string, Socket])[]> => {
    const trickle = (socket: Socket, text: string): void => {
      let at = 0;
      timers.push(setInterval(() => at < text.length && socket.writable && socket.write(text.charAt(at++)), 200));
    };
    const proven = async (): Promise<Socket> => {
      const socket = rawTls(port, stranger);
      assert.ok(await handshakeEnds(socket));
      return socket;
    };
    const [silent, handshake] = [await rawTcp(port), await rawTcp(port)];
    trickle(handshake, `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'\x00'.repeat(500)}`);
    const [asksNothing, headers, headersTrickle, body, bodyTrickle] = [
      await proven(),
      await proven(),
      await proven(),
      await proven(),
      await proven(),
    ];
    headers.write('GET /v1/peer HTTP/1.1\r\nHost: a\r\n');
    trickle(headersTrickle, `GET /v1/peer HTTP/1.1\r\nHost: ${'a'.repeat(500)}`);
    const head = requestText('POST', '/v1/offers', { 'Content-Length': '1000' });
    body.write(`${head}{`);
    bodyTrickle.write(head);
    trickle(bodyTrickle, '['.repeat(500));
    return [
      ['before the handshake', silent],
      ['in the handshake, a byte at a time', handshake],
      ['before the request', asksNothing],
      ['in the headers', headers],
      ['in the headers, a byte at a time', headersTrickle],
      ['in a JSON body', body],
      ['in a JSON body, a byte at a time', bodyTrickle],
    ];
  };

  const closedAfter = async (name: string, socket: Socket): Promise<readonly [string, number, number]> => {
    const begun = performance.now();
    const late = setTimeout(() => socket.destroy(), forgottenMs);
    const bytes = await untilClosed(socket);
    clearTimeout(late);
    return [name, performance.now() - begun, bytes.length];
  };

  it('leave four places to one address: a fifth pushes out the oldest', async () => {
    const listener = await start(host);
    try {
      const sockets: Socket[] = [];
      for (let number = 0; number < limits.preHandshakeSocketsPerAddress; number += 1) sockets.push(await rawTcp(listener.port));
      for (let round = 0; round < 3; round += 1) {
        sockets.push(await rawTcp(listener.port));
        await untilClosed(sockets.shift()!);
      }
      const other = await rawTcp(listener.port, '127.0.0.2');
      const honest = rawTls(listener.port, stranger);
      await untilClosed(sockets.shift()!);
      assert.equal((await ask(honest, getPeer)).status, 200);
      for (const socket of [...sockets, other]) assert.equal(socket.closed, false);
    } finally {
      await listener.stop(0);
    }
  });

  it('leave a way through for an honest peer while forty stall from many addresses', async () => {
    const listener = await start(host);
    try {
      const from = (number: number): string => `127.0.1.${1 + (number >> 2)}`;
      const stalled = await Promise.all(Array.from({ length: 40 }, (_, number) => rawTcp(listener.port, from(number))));
      const ends = stalled.map((socket) => untilClosed(socket));
      for (let round = 0; round < 5; round += 1) {
        const honest = rawTls(listener.port, stranger);
        assert.equal((await ask(honest, getPeer)).status, 200);
        honest.destroy();
      }
      // Eight of the forty had to go for the last ones, and one for the honest peer, whose place is free again at once.
      await Promise.all(ends.slice(0, 9));
      assert.ok(stalled.slice(9).every((socket) => !socket.closed));
    } finally {
      await listener.stop(0);
    }
  });

  it('do not count once their certificate is shown', async () => {
    const listener = await start(host);
    try {
      const proven = Array.from({ length: 20 }, () => rawTls(listener.port, stranger));
      for (const socket of proven) assert.equal((await ask(socket, getPeer)).status, 200);
      assert.ok(proven.every((socket) => !socket.destroyed));
    } finally {
      await listener.stop(0);
    }
  });

  it('are all gone when the listener stops, and nobody is let in any more', async () => {
    const listener = await start(host);
    try {
      const [silent, idle, waiting] = [
        await rawTcp(listener.port),
        rawTls(listener.port, stranger),
        rawTls(listener.port, stranger),
      ];
      assert.equal((await ask(idle, getPeer)).status, 200);
      assert.ok(await handshakeEnds(waiting));
      const items = [{ kind: 'file', name: 'a', size: 1, mediaType: 'a/b' }];
      waiting.write(jsonRequest('POST', '/v1/offers', JSON.stringify({ id: 'A'.repeat(22), sender: { name: '' }, items })));
      const ends = [silent, idle, waiting].map((socket) => untilClosed(socket));
      await Promise.all([listener.stop(50), listener.stop(), ...ends]);
      await assert.rejects(rawTcp(listener.port), { code: 'ECONNREFUSED' });
    } finally {
      await listener.stop(0);
    }
  });

  it('end after ten seconds wherever they stop', async () => {
    for (const [name, afterMs, bytes] of await endings) {
      assert.ok(afterMs < forgottenMs, `${name}: ${afterMs} ms`);
      // A body that never ends is answered: its sender was proven.
      if (!name.includes('body')) assert.equal(bytes, 0, name);
    }
    (await rawTcp(slow.port)).destroy();
  });
});

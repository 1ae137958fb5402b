// A listener whose handlers a test gives: all of HTTP, and nothing behind it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mock } from 'node:test';
import type { TLSSocket } from 'node:tls';

import { FerryError } from '../../src/core/base/errors.ts';
import { silentLog } from '../../src/core/base/log.ts';
import type { ItemBody } from '../../src/core/receiving/store.ts';
import { createIdentity, type Identity } from '../../src/net/connection/identity.ts';
import { type Listener, startListener } from '../../src/net/listening/listener.ts';
import { offerRoutes } from '../../src/net/listening/offerRoutes.ts';
import { pairingRoutes } from '../../src/net/listening/pairingRoutes.ts';
import { peerRoutes } from '../../src/net/listening/peerRoutes.ts';
import { rawTls } from './rawTls.ts';

export const offerId = 'A'.repeat(22);
export const itemPath = `/v1/offers/${offerId}/items/0`;
/** An offer of one item, whose bytes are `abc`. */
export const offerJson = JSON.stringify({
  ...{ id: offerId, sender: { name: '' }, items: [{ kind: 'file', name: 'a', size: 3, mediaType: 'a/b' }] },
});
export const abcDigest = `sha-256=:${createHash('sha256').update('abc').digest('base64')}:`;

/** Those of a test; what it does not give takes everything. They may change while the listener runs. */
export type ListenerHandlers = Partial<Parameters<typeof offerRoutes>[0]>;

/** Reads a body to its end. */
export const readAll = async (body: ItemBody): Promise<void> => {
  for await (const { length } of body.bytes) assert.ok(length > 0);
};

/** What the tests of a `describe` block change, and how a stranger connects to their listener. */
export type ListenerOfTests = { readonly handlers: ListenerHandlers; readonly connect: () => TLSSocket };

/** A listener for each test of the `describe` block that calls this; timers that a test mocks are real again when it ends. */
export function listenerOfTests(): ListenerOfTests {
  const handlers: ListenerHandlers = {};
  const sockets: TLSSocket[] = [];
  let host: Identity;
  let stranger: Identity;
  let listener: Listener;
  before(async () => {
    [host, stranger] = await Promise.all([createIdentity(), createIdentity()]);
  });
  beforeEach(async () => {
    listener = await listenWith(host, handlers);
  });
  afterEach(async () => {
    mock.timers.reset();
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const name of Object.keys(handlers)) Reflect.deleteProperty(handlers, name);
    await listener.stop(0);
  });
  const connect = (): TLSSocket => {
    const socket = rawTls(listener.port, stranger);
    sockets.push(socket);
    return socket;
  };
  return { handlers, connect };
}

/** Starts it on loopback. */
function listenWith(identity: Identity, handlers: ListenerHandlers): Promise<Listener> {
  return startListener({
    ...{ identity, reach: 'loopback', port: 0, log: silentLog },
    routes: [
      ...peerRoutes(() => ({ protocol: 1, name: 'peer', app: '0', window: offerId, focusedMsAgo: 0, capabilities: [] })),
      ...offerRoutes({
        mayOffer: (peer) => handlers.mayOffer?.(peer),
        offer: async (...args) => handlers.offer?.(...args) ?? { items: [{ n: 0, from: 0 }] },
        item: async (...args) => handlers.item?.(...args) ?? readAll(args[3]),
        progress: async (...args) => handlers.progress?.(...args) ?? { offset: 2, size: 3, isComplete: false },
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
}

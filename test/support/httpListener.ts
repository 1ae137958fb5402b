// A listener whose handlers a test gives: all of HTTP, and nothing behind it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { FerryError } from '../../src/core/base/errors.ts';
import { silentLog } from '../../src/core/base/log.ts';
import type { ItemBody } from '../../src/core/receiving/store.ts';
import type { Identity } from '../../src/net/connection/identity.ts';
import { type Listener, startListener } from '../../src/net/listening/listener.ts';
import { offerRoutes } from '../../src/net/listening/offerRoutes.ts';
import { pairingRoutes } from '../../src/net/listening/pairingRoutes.ts';
import { peerRoutes } from '../../src/net/listening/peerRoutes.ts';

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

/** Starts it on loopback. */
export function listenWith(identity: Identity, handlers: ListenerHandlers): Promise<Listener> {
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

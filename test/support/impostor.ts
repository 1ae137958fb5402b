// Somebody who poses as a peer: same name, same window, other key.

import { silentLog } from '../../src/core/base/log.ts';
import type { Hints } from '../../src/core/peers/directory.ts';
import type { PeerWindow } from '../../src/core/peers/peers.ts';
import type { Sighting } from '../../src/core/peers/sightings.ts';
import type { Identity } from '../../src/net/connection/identity.ts';
import { type Listener, startListener } from '../../src/net/listening/listener.ts';
import { offerRoutes } from '../../src/net/listening/offerRoutes.ts';
import { peerRoutes } from '../../src/net/listening/peerRoutes.ts';

/** Starts a listener that says of itself what `real` does, accepts whatever it gets, and writes down what it is asked. */
export function startImpostor(as: Identity, real: Pick<PeerWindow, 'name' | 'window'>, calls: string[]): Promise<Listener> {
  const { kty, crv, x, y } = as.sealKey;
  const { name, window } = real;
  return startListener({
    identity: as,
    reach: 'loopback',
    port: 0,
    log: silentLog,
    routes: [
      ...peerRoutes(() => {
        calls.push('info');
        return { protocol: 1, name, app: '0', window, focusedMsAgo: 0, capabilities: ['offers'], sealKey: { kty, crv, x, y } };
      }),
      ...offerRoutes({
        offer: async (_, offer) => {
          calls.push('offer');
          return { items: offer.items.map((_item, n) => ({ n, from: 0 })) };
        },
        item: async () => {
          calls.push('item');
        },
        progress: () => Promise.reject(new Error('nobody asks')),
        withdraw: async () => {
          calls.push('withdraw');
        },
      }),
    ],
  });
}

/** Discovery that has heard of one window and never of another; `forgotten` gets what it is told to forget. */
export function hintsOf(sighting: Sighting, forgotten: string[]): Hints {
  return {
    onDidChange: () => ({ dispose: () => undefined }),
    sightings: () => [sighting],
    requery: () => undefined,
    forget: (instance) => {
      forgotten.push(instance);
    },
  };
}

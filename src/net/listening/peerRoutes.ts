// The route that tells who is there.

import type { PeerId } from '../../core/peers/peerId.ts';
import type { PeerInfo } from '../../core/wire/messages.ts';
import type { Route } from './route.ts';

/** `info` is asked for every request, and told who asks. */
export function peerRoutes(info: (peer: PeerId) => PeerInfo): readonly Route[] {
  return [{ path: /^\/v1\/peer$/, methods: { GET: ({ peer }) => info(peer) } }];
}

// The route that tells who is there.

import type { PeerInfo } from '../../core/wire/messages.ts';
import type { Route } from './route.ts';

/** `info` is asked for every request. */
export function peerRoutes(info: () => PeerInfo): readonly Route[] {
  return [{ path: /^\/v1\/peer$/, methods: { GET: info } }];
}

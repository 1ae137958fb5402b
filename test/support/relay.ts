// Somebody between two peers: a listener under one certificate, a dialler under another, and every call of a pairing handed from
// the one TLS connection to the other. It cannot read less than the two peers say, and it can say what it likes.

import { FerryError } from '../../src/core/base/errors.ts';
import { silentLog } from '../../src/core/base/log.ts';
import { randomToken } from '../../src/core/base/token.ts';
import { commitmentOf, newNonce } from '../../src/core/pairing/code.ts';
import type { PeerLink } from '../../src/core/peers/link.ts';
import { beginPairingCall, confirmPairingCall, revealPairingCall, withdrawPairingCall } from '../../src/core/wire/calls.ts';
import { createIdentity, type Identity } from '../../src/net/connection/identity.ts';
import { createDialler } from '../../src/net/dialling/dialler.ts';
import { startListener } from '../../src/net/listening/listener.ts';
import { type PairingHandlers, pairingRoutes } from '../../src/net/listening/pairingRoutes.ts';
import { peerRoutes } from '../../src/net/listening/peerRoutes.ts';

/**
 * `verbatim`: hands everything on as it is. `ownCommitment`: commits to a nonce of its own towards the victim that is asked, and
 * otherwise hands on what it can, so that both victims get as far as a code.
 */
export type RelayMode = 'verbatim' | 'ownCommitment';

export type Relay = {
  /** Whom the victim that asks believes to be the peer, and whom the one that is asked does. */
  readonly front: Identity;
  readonly back: Identity;
  readonly address: { readonly host: string; readonly port: number };
  stop(): Promise<void>;
};

/** Two identities of a relay: making them takes longer than the pairings. */
export async function relayIdentities(): Promise<{ readonly front: Identity; readonly back: Identity }> {
  const [front, back] = await Promise.all([createIdentity(), createIdentity()]);
  return { front, back };
}

/** Starts a relay on loopback that leads to `port`. */
export async function startRelay(
  port: number,
  mode: RelayMode,
  { front, back }: { readonly front: Identity; readonly back: Identity },
): Promise<Relay> {
  const dialler = createDialler(back);
  const listener = await startListener({
    identity: front,
    reach: 'loopback',
    port: 0,
    log: silentLog,
    routes: [
      ...peerRoutes(() => ({
        ...{ protocol: 1, name: 'relay', app: '0', window: randomToken(), focusedMsAgo: 0 },
        capabilities: ['offers', 'pairing'],
      })),
      ...pairingRoutes(between((signal) => dialler.dial({ host: '127.0.0.1', port }, undefined, signal), back, mode)),
    ],
  });
  return {
    ...{ front, back, address: { host: '127.0.0.1', port: listener.port } },
    stop: async () => {
      dialler.close();
      await listener.stop(0);
    },
  };
}

function refuse(): never {
  throw new FerryError('ERR_NOT_FOUND', 'only pairings are relayed');
}

type Leg = { readonly link: PeerLink; readonly nonce: string | undefined };

function between(dial: (signal: AbortSignal) => Promise<PeerLink>, back: Identity, mode: RelayMode): PairingHandlers {
  const legs = new Map<string, Leg>();
  const { signal } = new AbortController();
  const legOf = (id: string): Leg => legs.get(id) ?? refuse();
  return {
    begin: async (_peer, request, channel) => {
      const link = await dial(signal);
      const roles = { initiator: back.peerId, responder: link.peerId };
      const nonce = mode === 'verbatim' ? undefined : newNonce();
      const commitment = nonce === undefined ? request.commitment : await commitmentOf(nonce, roles);
      const answer = await link.call(beginPairingCall({ ...request, commitment }), signal);
      legs.set(answer.id, { link, nonce });
      channel.onEnd(() => link.close());
      return answer;
    },
    reveal: (_peer, id, nonce) => legOf(id).link.call(revealPairingCall(id, legOf(id).nonce ?? nonce), signal),
    confirmation: (_peer, id) => legOf(id).link.call(confirmPairingCall(id), signal),
    withdraw: (_peer, id) => {
      legOf(id)
        .link.tell(withdrawPairingCall(id))
        .catch(() => undefined);
    },
  };
}

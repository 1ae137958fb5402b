// One window online: listener, discovery, dialler and directory under one identity, started and ended together.

import type { Log } from '../core/base/log.ts';
import type { Messages } from '../core/messages/messages.ts';
import type { Pairings } from '../core/pairing/responder.ts';
import { keptName, type PeerBook } from '../core/peers/book.ts';
import { Directory } from '../core/peers/directory.ts';
import type { Dial } from '../core/peers/link.ts';
import { idPrefixOf, type PeerId } from '../core/peers/peerId.ts';
import { calledBy } from '../core/peers/peers.ts';
import type { InterfaceFailure } from '../core/peers/sightings.ts';
import { checkMayOffer, checkMayPair, checkMayWrite, type UnknownPeers } from '../core/peers/trust.ts';
import type { DiscoveryChoice } from '../core/presence.ts';
import type { Inbox } from '../core/receiving/inbox.ts';
import type { Sharing } from '../core/sharing/sharing.ts';
import type { PeerInfo } from '../core/wire/messages.ts';
import type { Identity } from './connection/identity.ts';
import { createDialler } from './dialling/dialler.ts';
import type { Discovery } from './discovery/discovery.ts';
import { type Reach, startListener } from './listening/listener.ts';
import { messageRoutes } from './listening/messageRoutes.ts';
import { offerRoutes } from './listening/offerRoutes.ts';
import { pairingRoutes } from './listening/pairingRoutes.ts';
import { peerRoutes } from './listening/peerRoutes.ts';
import type { Route } from './listening/route.ts';
import { sharedRoutes } from './listening/sharedRoutes.ts';

export type OnlineOptions = {
  readonly identity: Identity;
  readonly reach: Reach;
  /** 0: any free port. */
  readonly port: number;
  /** Names or addresses of the network interfaces to use for discovery; undefined: all that `reach` allows. */
  readonly interfaces?: readonly string[];
  /** What strangers on the network hear of this window; `on` where nothing is said. */
  readonly discovery?: DiscoveryChoice;
  /** Where others are looked for by a window that nobody hears of, whatever `reach` and `discovery` say. */
  readonly looks?: Reach;
  /** This window's token, the same for as long as it lives. */
  readonly window: string;
  readonly appVersion: string;
  readonly displayName: () => string;
  /** What is open in this window, for this person's other windows. */
  readonly workspaceName?: () => string | undefined;
  readonly focusedMsAgo: () => number;
  readonly inbox: Inbox;
  readonly pairings: Pairings;
  readonly messages: Messages;
  readonly sharing: () => Promise<Sharing>;
  readonly book: PeerBook;
  /** What peers that were never met may do. */
  readonly unknownPeers?: () => UnknownPeers;
  readonly log: Log;
  /** For tests that must not hear each other. */
  readonly mdnsPort?: number;
};

export type Online = {
  readonly port: number;
  readonly fellForward: boolean;
  readonly directory: Directory;
  readonly discovery: Discovery;
  readonly dial: Dial;
  /** Where discovery finds less than it should, and why. */
  trouble(): readonly InterfaceFailure[];
  /** Says goodbye, ends what runs with a reason on both sides, and frees every socket and timer. Idempotent. */
  stop(): Promise<void>;
};

/** Goes online. Fails with ERR_LISTEN_FAILED; discovery that cannot start shows in its status instead. */
export async function goOnline(options: OnlineOptions): Promise<Online> {
  const { identity, inbox, pairings, book, log } = options;
  const { startDiscovery } = await import('./discovery/discovery.ts');
  const admits = (peer: PeerId): boolean => book.trustOf(peer) !== 'blocked';
  const listener = await startListener({
    identity,
    reach: options.reach,
    port: options.port,
    log,
    admits,
    favours: (peer) => ['own', 'known', 'paired'].includes(book.trustOf(peer)),
    routes: routesOf(options),
  });
  const dialler = createDialler(identity, { admits, window: options.window });
  const discovery = startDiscovery({
    self: options.looks === undefined ? { idPrefix: idPrefixOf(identity.peerId), port: listener.port } : undefined,
    scope: options.looks ?? (options.discovery === 'off' ? 'loopback' : options.reach),
    announced: options.discovery === 'hidden' ? 'loopback' : 'everywhere',
    log,
    ...(options.interfaces === undefined ? {} : { interfaces: options.interfaces }),
    ...(options.mdnsPort === undefined ? {} : { mdnsPort: options.mdnsPort }),
  });
  const directory = new Directory({ own: identity.peerId, hints: discovery, dial: dialler.dial, book, log });
  const trouble = (): readonly InterfaceFailure[] => {
    const status = discovery.status();
    return status.kind === 'degraded' ? status.failures : [];
  };
  // Whoever is blocked while connected is out at once, and what it was sending with it.
  const blocking = book.onDidChange(() => {
    for (const { id, trust } of book.entries()) {
      if (trust !== 'blocked') continue;
      inbox.cancelPeer(id);
      pairings.cancelPeer(id);
      listener.drop(id);
      dialler.drop(id);
    }
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    blocking.dispose();
    directory.close();
    inbox.rest();
    pairings.cancelAll();
    // The goodbye comes last: whoever hears it looks whether somebody still answers.
    await listener.stop();
    await Promise.all([discovery.stop(), inbox.idle()]);
    dialler.close();
  };
  return {
    port: listener.port,
    fellForward: listener.fellForward,
    directory,
    discovery,
    dial: dialler.dial,
    trouble,
    stop: () => (stopped ??= stop()),
  };
}

/** Which request leads to which part of the peer; what a peer may ask at all is decided here, by how far it is trusted. */
function routesOf(options: OnlineOptions): readonly Route[] {
  const { identity, inbox, pairings, messages, sharing, book, unknownPeers = () => 'ask' } = options;
  const { kty, crv, x, y } = identity.sealKey;
  const workspaceOf = (): string | undefined => {
    const name = options.workspaceName?.();
    return name === undefined ? undefined : keptName(name);
  };
  const info = (peer: PeerId): PeerInfo => ({
    protocol: 1,
    name: options.displayName(),
    app: options.appVersion,
    window: options.window,
    focusedMsAgo: Math.round(options.focusedMsAgo()),
    capabilities: ['offers', 'pairing', 'resume', 'folders', 'messages', 'snippets', 'shared'],
    sealKey: { kty, crv, x, y },
    // Names of workspaces are nobody else's business.
    workspace: peer === identity.peerId ? workspaceOf() : undefined,
  });
  const offers = offerRoutes({
    mayOffer: (peer) => {
      checkMayOffer(book.trustOf(peer), unknownPeers());
      inbox.expectPlace(peer);
    },
    offer: (peer, offer, signal) => {
      checkMayOffer(book.trustOf(peer), unknownPeers());
      return inbox.offer(calledBy(book.find(peer), { id: peer, name: offer.sender.name }), offer, signal);
    },
    item: (peer, offerId, n, body, from) => inbox.receiveItem(peer, offerId, n, body, from),
    progress: (peer, offerId, n) => inbox.progressOf(peer, offerId, n),
    withdraw: (peer, offerId) => inbox.withdraw(peer, offerId),
  });
  const ofPairings = pairingRoutes({
    mayBegin: (peer) => {
      checkMayPair(book.trustOf(peer), unknownPeers());
      pairings.expectPlace(peer);
    },
    begin: (peer, { name, commitment }, channel) => {
      checkMayPair(book.trustOf(peer), unknownPeers());
      const asking = calledBy(book.find(peer), { id: peer, name });
      return pairings.begin({ own: identity.peerId, peer: asking, commitment, channel });
    },
    reveal: (peer, id, nonce, channel) => pairings.reveal(peer, id, nonce, channel),
    confirmation: (peer, id, channel) => pairings.confirmation(peer, id, channel),
    withdraw: (peer, id) => pairings.withdraw(peer, id),
  });
  const ofMessages = messageRoutes({
    mayWrite: (peer) => {
      checkMayWrite(book.trustOf(peer), unknownPeers());
      messages.expectPlace(peer);
    },
    message: (peer, message) => {
      checkMayWrite(book.trustOf(peer), unknownPeers());
      return messages.receive(peer, message);
    },
  });
  return [...peerRoutes(info), ...offers, ...ofPairings, ...ofMessages, ...sharedRoutes(sharing)];
}

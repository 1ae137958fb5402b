// The directory: who can be reached now. Discovery gives hints where windows may be; each is greeted (dialled, and asked who it
// is) before it counts, and only because a person wants to see peers: nothing here dials on its own account, except to find out
// whether a window that was greeted before and is said to leave is gone. This person's other windows are found like everybody
// else.

import { FerryError, toFerryError } from '../base/errors.ts';
import { createEmitter, type Emitter, type Event } from '../base/event.ts';
import { background, type Log } from '../base/log.ts';
import { peerCall } from '../wire/calls.ts';
import { type Address, formatAddress } from './address.ts';
import type { PeerBook } from './book.ts';
import type { Dial } from './link.ts';
import { idPrefixOf, type PeerId } from './peerId.ts';
import { mergePeers, type Peer, type PeerWindow } from './peers.ts';
import type { Sighting } from './sightings.ts';

export type Hints = {
  readonly onDidChange: Event<void>;
  sightings(): readonly Sighting[];
  requery(): void;
  forget(instance: string, address?: Address): void;
};

/** How many other people, and how many other windows of this person's own, are there or were heard of. */
export type Near = { readonly peers: number; readonly ownWindows: number };

export type DirectoryOptions = {
  readonly own: PeerId;
  readonly hints: Hints;
  readonly dial: Dial;
  readonly book: PeerBook;
  readonly log: Log;
};

/** Connecting and one short answer. */
const greetMs = 6_000;

export class Directory {
  readonly #options: DirectoryOptions;
  readonly #ownPrefix: string;
  readonly #windows = new Map<string, PeerWindow>();
  readonly #greeting = new Map<string, Promise<PeerWindow | undefined>>();
  readonly #changed: Emitter<void> = createEmitter();
  readonly #ended = new AbortController();
  readonly #subscriptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#ownPrefix = idPrefixOf(options.own);
    this.#subscriptions = [
      options.hints.onDidChange(() => this.#checkLeaving()),
      options.hints.onDidChange(() => this.#changed.fire()),
      options.book.onDidChange(() => this.#changed.fire()),
    ];
  }

  /** Fires when `peers` or `near` gives something else. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Everybody who answered or is remembered, the most recently used first. */
  get peers(): readonly Peer[] {
    return mergePeers([...this.#windows.values()], this.#options.book.entries(), this.#options.own);
  }

  /**
   * Who is near: whoever answered, and whom discovery has heard of and nobody has greeted yet. It is what `peers` has of those
   * that answer, as far as that is known without a greeting; blocked peers do not count.
   */
  get near(): Near {
    const { own, book } = this.#options;
    const ofOwn = (prefix: string): boolean => prefix === this.#ownPrefix;
    const greeted = [...this.#windows.values()];
    const known = this.#knownAddresses();
    const fresh = this.#sightings().filter(
      ({ address, others }) => ![address, ...others].some((at) => known.has(formatAddress(at))),
    );
    const blocked = new Set(book.entries().flatMap(({ id, trust }) => (trust === 'blocked' ? idPrefixOf(id) : [])));
    const prefixes = [...greeted.map(({ peerId }) => idPrefixOf(peerId)), ...fresh.map(({ idPrefix }) => idPrefix)];
    const others = new Set(prefixes.filter((prefix) => !ofOwn(prefix) && !blocked.has(prefix)));
    const ownWindows = greeted.filter(({ peerId }) => peerId === own).length + fresh.filter((one) => ofOwn(one.idPrefix)).length;
    return { peers: others.size, ownWindows };
  }

  /** Where discovery hears a window that says to be this peer's; nobody was greeted for it. */
  heardAt(peer: PeerId): readonly Address[] {
    const prefix = idPrefixOf(peer);
    const heard = this.#sightings().filter(({ idPrefix, leaving }) => idPrefix === prefix && !leaving);
    return heard.flatMap(({ address, others }) => [address, ...others]);
  }

  /** Greets every window that discovery knows and the addresses of remembered peers; done when all have answered or not. */
  async refresh(): Promise<void> {
    this.#options.hints.requery();
    const seen = this.#sightings().map((sighting) => this.#greetSighting(sighting));
    const remembered = this.#options.book
      .entries()
      .flatMap((entry) => entry.addresses.slice(0, 1).map((at) => this.#greetOnce(at, entry.id)));
    await Promise.all([...seen, ...remembered]);
  }

  /** Greets whoever discovery has heard of and has not been greeted yet: for a list that is being looked at. */
  async greetNew(): Promise<void> {
    const known = this.#knownAddresses();
    const fresh = this.#sightings().filter((sighting) => !known.has(formatAddress(sighting.address)));
    await Promise.all(fresh.map((sighting) => this.#greetSighting(sighting)));
  }

  /** Greets the windows of a peer anew, which may be at another address by now, and whoever is new: for what was cut off. */
  async findAgain(peer: PeerId): Promise<void> {
    await Promise.all(this.#windowsOf(peer).map(({ address }) => this.#greetOnce(address, peer)));
    await this.greetNew();
  }

  /**
   * The first peer that answers and passes `test`: whoever discovery hears of is greeted until there is one. Fails with
   * ERR_PEER_UNREACHABLE once `signal` has ended.
   */
  async appears(test: (peer: Peer) => boolean, signal: AbortSignal): Promise<Peer> {
    const { promise, resolve, reject } = Promise.withResolvers<Peer>();
    const look = (): void => {
      const found = this.peers.find((peer) => peer.windows.length > 0 && test(peer));
      if (found !== undefined) resolve(found);
      else background(this.greetNew(), this.#options.log, 'greeting peers');
    };
    const onAbort = (): void => reject(new FerryError('ERR_PEER_UNREACHABLE', 'no such peer appeared'));
    const following = this.onDidChange(look);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal.aborted) onAbort();
      background(this.refresh(), this.#options.log, 'looking for peers');
      look();
      return await promise;
    } finally {
      following.dispose();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Greets one address. Fails as Dial does, or with ERR_MESSAGE_INVALID where no Ferry answers. */
  async greet(
    address: Address,
    options: { readonly expect?: PeerId | undefined; readonly signal?: AbortSignal } = {},
  ): Promise<PeerWindow> {
    const { expect, signal: wanted = this.#ended.signal } = options;
    const signal = AbortSignal.any([this.#ended.signal, wanted, AbortSignal.timeout(greetMs)]);
    const link = await this.#options.dial(address, expect, signal);
    try {
      const info = await link.call(peerCall, signal);
      const window: PeerWindow = {
        window: info.window,
        peerId: link.peerId,
        address,
        name: info.name,
        focusedAt: performance.now() - info.focusedMsAgo,
        workspace: link.peerId === this.#options.own ? info.workspace : undefined,
        sealKey: info.sealKey,
        capabilities: info.capabilities,
      };
      // A window that was here before has left its port to this one.
      this.#removeAt(formatAddress(address));
      this.#windows.set(`${link.peerId}/${info.window}`, window);
      this.#changed.fire();
      return window;
    } finally {
      link.close();
    }
  }

  /** The windows of a peer that answer now, greeted for it where none is known; the one focused last in front. */
  async windowsOf(peer: PeerId): Promise<readonly PeerWindow[]> {
    if (this.#windowsOf(peer).length === 0) {
      const remembered = this.#options.book.find(peer)?.addresses ?? [];
      await Promise.all(remembered.map((address) => this.#greetOnce(address, peer)));
    }
    return [...this.#windowsOf(peer)].sort((a, b) => b.focusedAt - a.focusedAt);
  }

  /**
   * Addresses to try for a peer: windows that answer now, the one focused last in front, then those that once worked. With
   * `window`, that of this one window alone.
   */
  async addressesOf(peer: PeerId, window?: string): Promise<readonly Address[]> {
    if (window !== undefined) return this.#windowsOf(peer).flatMap((one) => (one.window === window ? one.address : []));
    const known = this.#windowsOf(peer);
    if (known.length > 1) await Promise.all(known.map((window) => this.#greetOnce(window.address, peer)));
    const windows = [...this.#windowsOf(peer)].sort((a, b) => b.focusedAt - a.focusedAt);
    const addresses = [...windows.map((window) => window.address), ...(this.#options.book.find(peer)?.addresses ?? [])];
    return [...new Map(addresses.map((address) => [formatAddress(address), address])).values()];
  }

  /** Ends what runs and forgets everybody. */
  close(): void {
    this.#ended.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#windows.clear();
  }

  #windowsOf(peer: PeerId): readonly PeerWindow[] {
    return [...this.#windows.values()].filter((window) => window.peerId === peer);
  }

  #sightings(): readonly Sighting[] {
    return this.#options.hints.sightings();
  }

  #knownAddresses(): ReadonlySet<string> {
    return new Set([...this.#windows.values()].map((window) => formatAddress(window.address)));
  }

  async #greetSighting(sighting: Sighting): Promise<void> {
    for (const address of [sighting.address, ...sighting.others]) {
      const window = await this.#greetOnce(address, undefined);
      if (window === undefined) continue;
      if (idPrefixOf(window.peerId) === sighting.idPrefix) return;
      this.#options.hints.forget(sighting.instance, address);
    }
  }

  /** Greets an address unless that is being done; undefined where nobody answers, and then the window is gone. */
  #greetOnce(address: Address, expect: PeerId | undefined): Promise<PeerWindow | undefined> {
    const key = formatAddress(address);
    const running = this.#greeting.get(key);
    if (running !== undefined) return running;
    const greeting = this.greet(address, { expect })
      .catch((cause: unknown) => {
        const { code, detail } = toFerryError(cause);
        this.#options.log.debug('nobody answers a greeting', { address: key, code });
        this.#removeAt(key);
        // Where somebody else was expected, discovery may have heard right.
        if (code !== 'ERR_PEER_MISMATCH' || detail['own'] === true) this.#forgetHints(key);
        this.#changed.fire();
        return undefined;
      })
      .finally(() => this.#greeting.delete(key));
    this.#greeting.set(key, greeting);
    return greeting;
  }

  #removeAt(key: string): void {
    for (const [id, window] of this.#windows) {
      if (formatAddress(window.address) === key) this.#windows.delete(id);
    }
  }

  /** What discovery heard of an address where nobody answers must not count as somebody near. */
  #forgetHints(key: string): void {
    const { hints } = this.#options;
    for (const { instance, address, others } of hints.sightings()) {
      for (const at of [address, ...others]) if (formatAddress(at) === key) hints.forget(instance, at);
    }
  }

  /** Anybody can forge a goodbye, so it only makes us look. */
  #checkLeaving(): void {
    const known = this.#knownAddresses();
    for (const sighting of this.#sightings()) {
      if (!sighting.leaving || !known.has(formatAddress(sighting.address))) continue;
      background(this.#greetSighting(sighting), this.#options.log, 'looking after a window that leaves');
    }
  }
}

// The gate in front of the listener: bounds the sockets that have not made a request under a certificate yet, and shares out the
// places of those that have. A certificate alone is worth little: everybody can make as many as they like.
//
// An honest handshake is over in milliseconds, but many can begin at once: the eight windows of one machine greet ours together.
// So a socket beyond the quota pushes out the oldest, which still gets the time that a handshake takes; only when no place at all
// is left is one closed at once, of those who hold most.

import type { Socket } from 'node:net';

import { limits } from '../../core/base/limits.ts';
import type { PeerId } from '../../core/peers/peerId.ts';

type Waiting = {
  readonly socket: Socket;
  readonly address: string;
  readonly since: number;
  /** Beyond the quota: it is closed soon unless it makes a request. */
  leaving: boolean;
  timer: ReturnType<typeof setTimeout>;
};

type Proven = { readonly socket: Socket; readonly peer: PeerId; readonly isFavoured: boolean };

type Bucket = { readonly tokens: number; readonly at: number };

/**
 * What a handshake may take that was pushed out: plenty on a LAN, enough for an overlay network to the other side of the world.
 */
const graceMs = 1_000;
/** The first bytes of a handshake come with the connection. */
const silenceMs = 100;
/**
 * Those that were pushed out counted too. In a flood of a thousand a second each has a sixteenth of a second, and costs 90 KB.
 */
const waitingAtMost = 2 * limits.preHandshakeSockets;
/** New connections from one address of the network: as many as there are places at once, and then so many a second. */
const addressBurst = limits.preHandshakeSockets;
const addressPerSecond = 5;
const addressesRemembered = 1_024;

export class Gate {
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #proven = new Map<string, Proven>();
  readonly #buckets = new Map<string, Bucket>();

  /** Takes a new TCP connection; false where it was closed at once. It has to make a request within `limits.handshakeMs`. */
  enter(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    if (!this.#takeToken(address)) {
      socket.destroy();
      return false;
    }
    if (this.#waiting.size >= waitingAtMost) this.#closeWorst();
    const key = keyOf(socket);
    const timer = setTimeout(() => socket.destroy(), limits.handshakeMs);
    this.#sockets.add(socket);
    this.#waiting.set(key, { socket, address, since: performance.now(), leaving: false, timer });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#waiting.get(key)?.socket === socket) this.#forget(key);
      if (this.#proven.get(key)?.socket === socket) this.#proven.delete(key);
    });
    this.#pushOut((waiting) => waiting.address === address, limits.preHandshakeSocketsPerAddress);
    this.#pushOut(() => true, limits.preHandshakeSockets);
    return true;
  }

  /**
   * A connection has made a request under the certificate of `peer` and no longer counts as waiting. Where all places are taken,
   * the peer that holds most gives up its oldest connection, but a favoured one never does; false where nobody gives one up.
   */
  passed(socket: Ends, peer: PeerId, isFavoured: boolean): boolean {
    const key = keyOf(socket);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return false;
    this.#forget(key);
    if (this.#proven.size >= limits.sockets && !this.#closeOfMost(isFavoured)) return false;
    this.#proven.set(key, { socket: waiting.socket, peer, isFavoured });
    return true;
  }

  /** Closes every connection. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Pushes out the oldest of those that `counts` names, until no more than `most` of them count. */
  #pushOut(counts: (waiting: Waiting) => boolean, most: number): void {
    const counted = [...this.#waiting.values()].filter((waiting) => !waiting.leaving && counts(waiting));
    for (const oldest of counted.slice(0, Math.max(0, counted.length - most))) {
      oldest.leaving = true;
      clearTimeout(oldest.timer);
      oldest.timer = setTimeout(() => oldest.socket.destroy(), Math.max(0, oldest.since + graceMs - performance.now()));
    }
  }

  /**
   * Closes one that waits: of the address that has most of them, the oldest that said nothing in good time, or else the oldest.
   */
  #closeWorst(): void {
    const counts = countsOf(this.#waiting.values(), ({ address }) => address);
    const silentSince = performance.now() - silenceMs;
    let worst: readonly [key: string, weight: number] | undefined;
    for (const [key, { socket, address, since }] of this.#waiting) {
      const isSilent = socket.bytesRead === 0 && since < silentSince;
      const weight = 2 * (counts.get(address) ?? 0) + (isSilent ? 1 : 0);
      if (worst === undefined || weight > worst[1]) worst = [key, weight];
    }
    if (worst === undefined) return;
    this.#waiting.get(worst[0])?.socket.destroy();
    // A socket that ends tells so only later: until then it must not stand for those that come after it.
    this.#forget(worst[0]);
  }

  #closeOfMost(isFavoured: boolean): boolean {
    const counts = countsOf(this.#proven.values(), ({ peer }) => peer);
    let most: readonly [key: string, count: number] | undefined;
    for (const [key, proven] of this.#proven) {
      const count = counts.get(proven.peer) ?? 0;
      if (!proven.isFavoured && (most === undefined || count > most[1])) most = [key, count];
    }
    // Where everybody has one connection, a newcomer is worth no more than those that are there, unless it is favoured.
    if (most === undefined || (most[1] === 1 && !isFavoured)) return false;
    this.#proven.get(most[0])?.socket.destroy();
    this.#proven.delete(most[0]);
    return true;
  }

  #forget(key: string): void {
    clearTimeout(this.#waiting.get(key)?.timer);
    this.#waiting.delete(key);
  }

  /** A token bucket for each address of the network. On this machine all windows and all tunnels have the same address. */
  #takeToken(address: string): boolean {
    if (isLoopback(address)) return true;
    const now = performance.now();
    const { tokens, at } = this.#buckets.get(address) ?? { tokens: addressBurst, at: now };
    const filled = Math.min(addressBurst, tokens + ((now - at) / 1000) * addressPerSecond);
    this.#buckets.delete(address);
    this.#buckets.set(address, { tokens: Math.max(0, filled - 1), at: now });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > addressesRemembered && oldest !== undefined) this.#buckets.delete(oldest);
    return filled >= 1;
  }
}

function countsOf<T>(values: Iterable<T>, groupOf: (value: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(groupOf(value), (counts.get(groupOf(value)) ?? 0) + 1);
  return counts;
}

/** 127.0.0.0/8 and ::1 (RFC 6890), the former also as an IPv6 socket shows it. */
function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/** Addresses and ports of both ends: one of the other side may use the same port towards each of our addresses. */
type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** What tells TCP connections apart, before and after the TLS layer wraps them. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Ends): string {
  return `${remoteAddress}|${remotePort}|${localAddress}|${localPort}`;
}

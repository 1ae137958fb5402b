// The socket of one link, with a guard in both directions: what comes in is bounded before it is decoded, what goes out leaves by the right interface.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { BlockList } from 'node:net';

import { limits } from '../../core/base/limits.ts';
import type { Log } from '../../core/base/log.ts';
import type { Advert, Heard } from '../../core/peers/discoveryRecords.ts';
import { createPacketBudget } from '../../core/peers/sightings.ts';

/** A network interface, its address, and the networks it is on in CIDR notation. */
export type LinkInterface = { readonly name: string; readonly address: string; readonly networks: readonly string[] };

/** `setup`: this link is dead and must be opened anew. `send`: one packet was not sent; a later `onSent` takes it back. */
export type Trouble = { readonly phase: 'setup' | 'send'; readonly systemCode: string };

export type LinkOptions = {
  readonly at: LinkInterface;
  /** Nothing is published without it. */
  readonly advert: Advert | undefined;
  /** UDP port, 5353 outside tests. */
  readonly port: number;
  readonly log: Log;
  readonly onHeard: (heard: Heard) => void;
  readonly onTrouble: (trouble: Trouble) => void;
  readonly onSent: () => void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** For tests: an unbound UDP socket to use instead of a new one. */
  readonly socket?: Socket;
};

/**
 * What multicast-dns uses of a UDP socket, with a guard in both directions. Nothing that happens here is thrown at the library's
 * timers and event handlers, where nobody would catch it.
 */
export class GuardedSocket extends EventEmitter {
  readonly #socket: Socket;
  readonly #options: LinkOptions;
  readonly #isNear: (host: string) => boolean;
  readonly #labels: readonly Buffer[];
  readonly #mayEnter: (source: string, nowMs: number) => boolean;
  readonly #mayAnswer = createPacketBudget(limits.mdnsAnswers, limits.mdnsAnswers);
  /** `ready` from when the outgoing interface is set; `ending` still sends what the owner says, `silent` nothing. */
  #phase: 'opening' | 'ready' | 'ending' | 'silent' = 'opening';

  constructor(options: LinkOptions) {
    super();
    const { at, advert } = options;
    const { mdnsPacketsPerLoopbackSource: onLoopback, mdnsPacketsPerSource, mdnsPacketsInAll } = limits;
    this.#options = options;
    this.#isNear = networkTest(at.networks);
    this.#labels = ['_ferry', ...(advert === undefined ? [] : [advert.host])].map((label) => Buffer.from(label));
    this.#mayEnter = createPacketBudget(at.address.startsWith('127.') ? onLoopback : mdnsPacketsPerSource, mdnsPacketsInAll);
    this.#socket = options.socket ?? createSocket({ type: 'udp4', reuseAddr: true });
    this.#socket.on('message', (message, from) => {
      if (this.#admits(message, from)) this.#pass('message', message, from);
    });
    this.#socket.on('listening', () => this.#pass('listening'));
    this.#socket.on('error', (error) => {
      this.#report('setup', error);
      this.#pass('error', error);
    });
  }

  bind(port: number, address: string, done: () => void): void {
    if (this.#phase !== 'opening') return;
    this.once('listening', done);
    this.#socket.bind(port, address);
  }

  addMembership(group: string, address: string): void {
    this.#setUp(() => this.#socket.addMembership(group, address));
  }

  dropMembership(group: string, address: string): void {
    this.#socket.dropMembership(group, address);
  }

  setMulticastInterface(address: string): void {
    this.#setUp(() => this.#socket.setMulticastInterface(address));
    if (this.#phase === 'opening') this.#phase = 'ready';
  }

  setMulticastTTL(hops: number): void {
    this.#setUp(() => this.#socket.setMulticastTTL(hops));
  }

  setMulticastLoopback(on: boolean): void {
    this.#setUp(() => this.#socket.setMulticastLoopback(on));
  }

  send(message: Buffer, offset: number, length: number, port: number, host: string, done: (error?: Error) => void): void {
    if (!this.#maySend(message)) {
      done();
      return;
    }
    try {
      this.#socket.send(message, offset, length, port, host, (error) => {
        if (error === null) this.#options.onSent();
        else this.#report('send', error);
        done(error ?? undefined);
      });
    } catch (error) {
      this.#report('send', error);
      done();
    }
  }

  close(done: () => void): void {
    this.#phase = 'silent';
    this.#socket.close(done);
  }

  /** Ends answers and reports; tells whether a goodbye can still be sent. */
  quieten(): boolean {
    this.#phase = this.#phase === 'ready' ? 'ending' : 'silent';
    return this.#phase === 'ending';
  }

  /** The tests that cost least come first; nothing is decoded before all of them have passed. */
  #admits(message: Buffer, from: RemoteInfo): boolean {
    if (message.length < 12 || message.length > limits.mdnsPacketBytes) return false;
    // RFC 6762 section 11. On Linux a socket hears every group that any socket of this machine joined, on whatever interface.
    if (!this.#isNear(from.address)) return false;
    // RFC 6762 section 6: a response comes from the port of mDNS.
    if (isResponse(message) && from.port !== this.#options.port) return false;
    if (!this.#labels.some((label) => message.includes(label))) return false;
    const records = [4, 6, 8, 10].reduce((sum, at) => sum + message.readUInt16BE(at), 0);
    return records <= limits.mdnsPacketRecords && this.#mayEnter(from.address, this.#options.nowMs());
  }

  /** Before the outgoing interface is set, a packet would leave by the default route, into a network nobody chose. */
  #maySend(message: Buffer): boolean {
    if (this.#phase !== 'ready') return this.#phase === 'ending';
    return !isResponse(message) || this.#mayAnswer('', this.#options.nowMs());
  }

  #setUp(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#report('setup', error);
      throw error;
    }
  }

  /** Later, because the library sets a timer after a failure here, which it must have done before the owner destroys it. */
  #report(phase: Trouble['phase'], error: unknown): void {
    queueMicrotask(() => {
      if (this.#phase === 'ending' || this.#phase === 'silent') return;
      this.#options.onTrouble({ phase, systemCode: systemCodeOf(error) });
    });
  }

  #pass(event: string, ...values: readonly unknown[]): void {
    try {
      this.emit(event, ...values);
    } catch (error) {
      this.#options.log.debug('mdns handler failed', { event, systemCode: systemCodeOf(error) });
    }
  }
}

/** Tells whether an IPv4 address is on one of these networks, given in CIDR notation. */
export function networkTest(networks: readonly string[]): (host: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [start = '', bits = ''] = network.split('/');
    list.addSubnet(start, Number(bits), 'ipv4');
  }
  return (host) => list.check(host, 'ipv4');
}

/** A field of what may be anything. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Bit 15 of the flags (RFC 1035 section 4.1.1). */
function isResponse(message: Buffer): boolean {
  return (message.readUInt8(2) & 0x80) !== 0;
}

/** The code that the system gave an error, such as EADDRINUSE. */
export function systemCodeOf(error: unknown): string {
  const code = fieldOf(error, 'code');
  return typeof code === 'string' ? code : 'unknown';
}

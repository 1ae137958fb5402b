// The socket of one link, with a guard in both directions: what comes in is bounded before it is decoded, what goes out leaves by
// the right interface.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';

import { limits } from '../../core/base/limits.ts';
import type { Log } from '../../core/base/log.ts';
import { type Advert, fieldOf, type Heard } from '../../core/discovery/discoveryRecords.ts';
import type { Clock } from '../../core/discovery/responder.ts';
import { createPacketBudget } from '../../core/peers/sightings.ts';
import { type LinkInterface, networkTest } from './interfaces.ts';

/** `setup`: this link is dead and must be opened anew. `send`: one packet was not sent; a later `onSent` takes it back. */
export type Trouble = { readonly phase: 'setup' | 'send'; readonly systemCode: string };

export type LinkOptions = Clock & {
  readonly at: LinkInterface;
  /** Nothing is published without it. */
  readonly advert: Advert | undefined;
  /** UDP port, 5353 outside tests. */
  readonly port: number;
  readonly log: Log;
  readonly onHeard: (heard: Heard) => void;
  readonly onTrouble: (trouble: Trouble) => void;
  readonly onSent: () => void;
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
  readonly #labels: readonly string[];
  readonly #questionLabels: readonly string[];
  readonly #mayEnter: (source: string, nowMs: number) => boolean;
  readonly #mayAnswer = createPacketBudget(limits.mdnsAnswers, 2 * limits.mdnsAnswers);
  /** `ready` from when the outgoing interface is set; `ending` still sends what the owner says, `silent` nothing. */
  #phase: 'opening' | 'ready' | 'ending' | 'silent' = 'opening';

  constructor(options: LinkOptions) {
    super();
    const { at, advert } = options;
    const { mdnsPacketsPerLoopbackSource: onLoopback, mdnsPacketsPerSource, mdnsPacketsInAll } = limits;
    this.#options = options;
    this.#isNear = networkTest(at.networks);
    this.#labels = ['_ferry'];
    this.#questionLabels = advert === undefined ? this.#labels : ['_ferry', '_dns-sd', advert.host];
    this.#mayEnter = createPacketBudget(at.address.startsWith('127.') ? onLoopback : mdnsPacketsPerSource, mdnsPacketsInAll);
    this.#socket =
      options.socket ??
      createSocket(at.zone === '' ? { type: 'udp4', reuseAddr: true } : { type: 'udp6', reuseAddr: true, ipv6Only: true });
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

  /** RFC 6762 section 11 wants the same hops for what goes to one host. */
  setMulticastTTL(hops: number): void {
    this.#setUp(() => {
      this.#socket.setMulticastTTL(hops);
      this.#socket.setTTL(hops);
    });
  }

  setMulticastLoopback(on: boolean): void {
    this.#setUp(() => this.#socket.setMulticastLoopback(on));
  }

  send(message: Buffer, offset: number, length: number, port: number, host: string, done: (error?: Error) => void): void {
    if (!this.#maySend(message, host)) {
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
    // Section 18: what is no plain query or response, or an error, is none of ours.
    if ((message.readUInt16BE(2) & 0x780f) !== 0) return false;
    const text = message.toString('latin1').toLowerCase();
    if (!(isResponse(message) ? this.#labels : this.#questionLabels).some((label) => text.includes(label))) return false;
    const records = [4, 6, 8, 10].reduce((sum, at) => sum + message.readUInt16BE(at), 0);
    return records <= limits.mdnsPacketRecords && this.#mayEnter(from.address, this.#options.nowMs());
  }

  /** Before the outgoing interface is set, a packet would leave by the default route, into a network nobody chose. */
  #maySend(message: Buffer, host: string): boolean {
    if (this.#phase !== 'ready') return this.#phase === 'ending';
    // Who is answered alone must not use up what is said to all.
    const to = ['224.0.0.251', 'ff02::fb'].includes(host) ? 'all' : 'one';
    return !isResponse(message) || this.#mayAnswer(to, this.#options.nowMs());
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

/** Bit 15 of the flags (RFC 1035 section 4.1.1). */
function isResponse(message: Buffer): boolean {
  return (message.readUInt8(2) & 0x80) !== 0;
}

/** The code that the system gave an error, such as EADDRINUSE. */
export function systemCodeOf(error: unknown): string {
  const code = fieldOf(error, 'code');
  return typeof code === 'string' ? code : 'unknown';
}

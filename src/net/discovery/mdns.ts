// One DNS-SD responder and listener on one network interface (RFC 6762, RFC 6763), and the only door to bonjour-service.
//
// Of the library the packet codec and the answering of queries are used. Its browser is not: it keeps what it hears without
// bound and never notices that a known service is still there. Nor is its registry: it lists the addresses of all interfaces
// on each of them, leaves timers behind that run for half an hour, and says goodbye for the service type as a whole.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { BlockList } from 'node:net';

import { FerryError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { Advert, Heard, OwnRecord } from '../../core/peers/sightings.ts';
import { createPacketBudget, discoveryLimits, readRecords, serviceType, writeRecords } from '../../core/peers/sightings.ts';

/** Seconds for which other people's tools may remember our records. */
const recordTtl = 120;
/** RFC 6762 section 8.3: a second announcement, one second after the first. */
const announceAgainMs = 1000;
/** Sending the goodbye and closing the socket take a millisecond each, or hang with the network. */
const endMs = 500;

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

/** Both ways to end a link are idempotent, never fail, and are done within two seconds; `leave` says goodbye first. */
export type Link = { query(): void; leave(): Promise<void>; destroy(): Promise<void> };

export type OpenLink = (options: LinkOptions) => Link;

/** Loads the library. Fails with ERR_DISCOVERY_FAILED when it is not built as this door expects. */
export async function loadMdns(): Promise<OpenLink> {
  const { default: Bonjour } = await import('bonjour-service');
  return (options) => {
    const socket = new GuardedSocket(options);
    // On Linux a socket bound to the interface's own address hears no multicast.
    const settings = { port: options.port, interface: options.at.address, bind: '0.0.0.0', socket };
    try {
      // The callback is told of answers that could not be sent, which the socket has reported by then.
      const server: unknown = Reflect.get(new Bonjour(settings, () => undefined), 'server');
      if (!isLibraryServer(server)) throw new FerryError('ERR_DISCOVERY_FAILED', 'bonjour-service has changed inside');
      return startLink(server, socket, options);
    } catch (error) {
      socket.close(() => undefined);
      throw error;
    }
  };
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

/** The insides of the library that are used here. */
type LibraryServer = {
  readonly mdns: {
    on(event: string, listener: (...values: readonly unknown[]) => void): unknown;
    query(name: string, type: string): void;
    respond(records: readonly OwnRecord[], done: () => void): void;
    destroy(done: () => void): void;
  };
  register(records: readonly OwnRecord[]): void;
  unregister(records: readonly OwnRecord[]): void;
};

function startLink(server: LibraryServer, socket: GuardedSocket, options: LinkOptions): Link {
  const { advert, at, log } = options;
  const { mdns } = server;
  const records = advert === undefined ? [] : writeRecords(advert, at.address, recordTtl);
  const announce = (): void => mdns.respond(records, () => undefined);
  let again: NodeJS.Timeout | undefined;
  let ended: Promise<void> | undefined;

  // An `error` without listener would be thrown. What concerns the owner, the socket has told by then.
  for (const event of ['error', 'warning']) {
    mdns.on(event, (error) => log.debug(`mdns ${event}`, { interface: at.name, systemCode: systemCodeOf(error) }));
  }
  mdns.on('response', (packet, from) => {
    const host = fieldOf(from, 'address');
    if (ended !== undefined || typeof host !== 'string') return;
    for (const heard of readRecords([fieldOf(packet, 'answers'), fieldOf(packet, 'additionals')].flat(), host)) {
      if (heard.instance !== advert?.instance) options.onHeard(heard);
    }
  });
  if (records.length > 0) {
    server.register(records);
    announce();
    again = setTimeout(announce, announceAgainMs).unref();
  }

  const end = async (goodbye: boolean): Promise<void> => {
    clearTimeout(again);
    server.unregister(records);
    if (socket.quieten() && goodbye && advert !== undefined) {
      const last = writeRecords(advert, at.address, 0);
      await within(endMs, (done) => mdns.respond(last, done));
    }
    await within(endMs, (done) => mdns.destroy(done));
  };
  return {
    query: () => {
      if (ended === undefined) mdns.query(serviceType, 'PTR');
    },
    leave: () => (ended ??= end(true)),
    destroy: () => (ended ??= end(false)),
  };
}

/**
 * What multicast-dns uses of a UDP socket, with a guard in both directions. Nothing that happens here is thrown at the library's
 * timers and event handlers, where nobody would catch it.
 */
class GuardedSocket extends EventEmitter {
  readonly #socket: Socket;
  readonly #options: LinkOptions;
  readonly #isNear: (host: string) => boolean;
  readonly #labels: readonly Buffer[];
  readonly #mayEnter: (source: string, nowMs: number) => boolean;
  readonly #mayAnswer = createPacketBudget(discoveryLimits.answers, discoveryLimits.answers);
  /** `ready` from when the outgoing interface is set; `ending` still sends what the owner says, `silent` nothing. */
  #phase: 'opening' | 'ready' | 'ending' | 'silent' = 'opening';

  constructor(options: LinkOptions) {
    super();
    const { at, advert } = options;
    const { packetsPerLoopbackSource: onLoopback, packetsPerSource, packetsInAll } = discoveryLimits;
    this.#options = options;
    this.#isNear = networkTest(at.networks);
    this.#labels = ['_ferry', ...(advert === undefined ? [] : [advert.host])].map((label) => Buffer.from(label));
    this.#mayEnter = createPacketBudget(at.address.startsWith('127.') ? onLoopback : packetsPerSource, packetsInAll);
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
    if (message.length < 12 || message.length > discoveryLimits.packetBytes) return false;
    // RFC 6762 section 11. On Linux a socket hears every group that any socket of this machine joined, on whatever interface.
    if (!this.#isNear(from.address)) return false;
    // RFC 6762 section 6: a response comes from the port of mDNS.
    if (isResponse(message) && from.port !== this.#options.port) return false;
    if (!this.#labels.some((label) => message.includes(label))) return false;
    const records = [4, 6, 8, 10].reduce((sum, at) => sum + message.readUInt16BE(at), 0);
    return records <= discoveryLimits.packetRecords && this.#mayEnter(from.address, this.#options.nowMs());
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

function isLibraryServer(value: unknown): value is LibraryServer {
  const has = (owner: unknown, names: readonly string[]): boolean =>
    names.every((name) => typeof fieldOf(owner, name) === 'function');
  return has(value, ['register', 'unregister']) && has(fieldOf(value, 'mdns'), ['on', 'query', 'respond', 'destroy']);
}

function fieldOf(value: unknown, name: string): unknown {
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

/** Waits until the work calls back or throws, or the time is over. */
async function within(ms: number, work: (done: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    work(() => resolve(undefined));
    await promise;
  } catch {
    // The socket is closed already, or the network is gone: there is nothing left to end.
  } finally {
    clearTimeout(timer);
  }
}

// One DNS-SD responder and listener on one network interface (RFC 6762, RFC 6763), and the only door to bonjour-service.
//
// Of the library the packet codec and the answering of queries are used. Its browser is not: it keeps what it hears without
// bound and never notices that a known service is still there. Nor is its registry: it lists the addresses of all interfaces
// on each of them, leaves timers behind that run for half an hour, and says goodbye for the service type as a whole.

import { FerryError } from '../../core/base/errors.ts';
import { type OwnRecord, readRecords, serviceType, writeRecords } from '../../core/peers/discoveryRecords.ts';
import { fieldOf, GuardedSocket, type LinkOptions, systemCodeOf } from './guardedSocket.ts';

/** Seconds for which other people's tools may remember our records. */
const recordTtl = 120;
/** RFC 6762 section 8.3: a second announcement, one second after the first. */
const announceAgainMs = 1000;
/** Sending the goodbye and closing the socket take a millisecond each, or hang with the network. */
const endMs = 500;

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

function isLibraryServer(value: unknown): value is LibraryServer {
  const has = (owner: unknown, names: readonly string[]): boolean =>
    names.every((name) => typeof fieldOf(owner, name) === 'function');
  return has(value, ['register', 'unregister']) && has(fieldOf(value, 'mdns'), ['on', 'query', 'respond', 'destroy']);
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

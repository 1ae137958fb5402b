// One DNS-SD responder and listener on one network interface (RFC 6762, RFC 6763), and the only door to multicast-dns.

import { Asker, type Known } from '../../core/discovery/asker.ts';
import { fieldOf, isRecord, type OwnRecord, readRecords } from '../../core/discovery/discoveryRecords.ts';
import { readQuery } from '../../core/discovery/dnsAnswers.ts';
import { type Clock, Responder, type Source } from '../../core/discovery/responder.ts';
import { GuardedSocket, type LinkOptions, systemCodeOf } from './guardedSocket.ts';
import { loadPublication } from './publication.ts';

/** Sending the goodbye and closing the socket take a millisecond each, or hang with the network. */
const endMs = 500;
/** RFC 6762 section 18.5. */
const truncatedFlag = 0x200;

export type Link = {
  /** Asks, a moment later, which windows there are besides these. */
  query(known: readonly Known[]): void;
  /** Asks whether these windows are still there. */
  askAfter(instances: readonly string[]): void;
  /** Says goodbye and closes. Both ways to end a link are idempotent, never fail, and are done within two seconds. */
  leave(): Promise<void>;
  destroy(): Promise<void>;
};

export type OpenLink = (options: LinkOptions) => Link;

/** Loads the libraries. What it gives fails with ERR_DISCOVERY_FAILED where nothing can be published. */
export async function loadMdns(): Promise<OpenLink> {
  const [{ default: library }, publish] = await Promise.all([import('multicast-dns'), loadPublication()]);
  // Its types know no socket but Node's, and no data of records but theirs.
  const makeWire = library as unknown as (settings: object) => Wire;
  return (options) => {
    const { at, advert, port } = options;
    const records = advert === undefined ? [] : publish(advert, at.published);
    const socket = new GuardedSocket(options);
    const isOverIpv6 = at.address.includes(':');
    // On Linux a socket bound to the interface's own address hears no multicast.
    const way = isOverIpv6
      ? { type: 'udp6', ip: 'ff02::fb', interface: `::%${at.zone}`, bind: '::' }
      : { type: 'udp4', ip: '224.0.0.251', interface: at.address, bind: '0.0.0.0' };
    return startLink(makeWire({ ...way, port, socket }), records, socket, options);
  };
}

/** What is used of multicast-dns: it joins the group, and writes and reads packets. */
type Wire = {
  on(event: string, listener: (...values: readonly unknown[]) => void): unknown;
  query(packet: object): void;
  respond(packet: object, to: Source | null, done: () => void): void;
  destroy(done: () => void): void;
};

function startLink(wire: Wire, records: readonly OwnRecord[], socket: GuardedSocket, options: LinkOptions): Link {
  const { advert, at, log, port } = options;
  const { nowMs, after, random } = options;
  const clock: Clock = { nowMs, after, random };
  const sent = (): void => undefined;
  const responder = new Responder({
    ...clock,
    records,
    port,
    multicast: (answer) => wire.respond(answer, null, sent),
    unicast: (answer, to) => wire.respond(answer, to, sent),
  });
  const asker = new Asker(clock, advert?.instance, ({ questions, answers, isTruncated }) => {
    wire.query({ questions, answers, flags: isTruncated ? truncatedFlag : 0 });
  });
  let ended: Promise<void> | undefined;

  // An `error` without listener would be thrown. What concerns the owner, the socket has told by then.
  for (const event of ['error', 'warning']) {
    wire.on(event, (error) => log.debug(`mdns ${event}`, { interface: at.name, systemCode: systemCodeOf(error) }));
  }
  wire.on('query', (packet, from) => {
    const [address, source] = [fieldOf(from, 'address'), fieldOf(from, 'port')];
    if (ended !== undefined || typeof address !== 'string' || typeof source !== 'number') return;
    const query = readQuery(packet);
    asker.overhear(query);
    if (records.length > 0) responder.hear(query, { address, port: source });
  });
  wire.on('response', (packet, from) => {
    const host = fieldOf(from, 'address');
    if (ended !== undefined || typeof host !== 'string') return;
    const heard: readonly unknown[] = [fieldOf(packet, 'answers'), fieldOf(packet, 'additionals')].flat();
    if (records.length > 0) responder.overhear(heard.filter(isRecord));
    for (const one of readRecords(heard, host)) if (one.instance !== advert?.instance) options.onHeard(one);
  });
  if (records.length > 0) responder.announce();

  const end = async (goodbye: boolean): Promise<void> => {
    asker.stop();
    responder.stop();
    if (socket.quieten() && goodbye && records.length > 0) {
      await within(endMs, (done) => wire.respond(responder.goodbye(), null, done));
    }
    await within(endMs, (done) => wire.destroy(done));
  };
  return {
    query: (known) => {
      if (ended === undefined) asker.ask(known);
    },
    askAfter: (instances) => {
      if (ended === undefined) asker.askAfter(instances);
    },
    leave: () => (ended ??= end(true)),
    destroy: () => (ended ??= end(false)),
  };
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

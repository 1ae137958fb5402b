// The records by which a window makes itself known: what they are called, what is written in them, and what is read out of those
// of others.

import { encodeBase32 } from '../base/base32.ts';
import { idPrefixLength } from '../peers/peerId.ts';
import type { Announcement } from '../peers/sightings.ts';

/** The service type (RFC 6763 section 7), which every packet that concerns us names. */
export const serviceType = '_ferry._tcp.local';
/** Where tools ask which service types there are (RFC 6763 section 9). */
export const typesName = '_services._dns-sd._udp.local';

/** Seconds that others may remember: names of hosts and what holds them, and everything else (RFC 6762 section 10). */
const hostLife = 120;
const otherLife = 4500;

/**
 * What one packet says of a window: here it is, or, from this host, goodbye. `pointerTtl`: the seconds for which the pointer to
 * it may be remembered, 0 where none came along.
 */
export type Heard =
  | ({ readonly kind: 'alive'; readonly pointerTtl: number } & Announcement)
  | { readonly kind: 'leaving'; readonly instance: string; readonly host: string };

/** What a window says of itself. `host` is a random label that stands where others put the name of their machine. */
export type Advert = { readonly instance: string; readonly idPrefix: string; readonly port: number; readonly host: string };

/**
 * Names one window's service: the start of its peer ID, and random characters that tell windows of one peer apart and one start
 * from the next. Undefined for what others would not take: another ID prefix than idPrefixOf gives, or a port below 1024.
 */
export function newAdvert(idPrefix: string, port: number): Advert | undefined {
  if (!isIdPrefix(idPrefix) || parsePort({ port }) === undefined) return undefined;
  const random = (): string => encodeBase32(crypto.getRandomValues(new Uint8Array(5)));
  return { instance: `${idPrefix.slice(0, 8)}-${random()}`, idPrefix, port, host: random().toLowerCase() };
}

/** A DNS record as a packet codec gives and takes it. */
export type DnsRecord = { readonly name: string; readonly type: string; readonly ttl: number; readonly data: unknown };

/** One to be encoded; `flush` marks those that only one responder has (RFC 6762 section 10.2). */
export type OwnRecord = DnsRecord & { readonly flush: boolean };

/**
 * The records of one window on one interface: the pointer, service and text that a DNS-SD library made, and the given addresses.
 * What else it made is left out: it does not know which interface this is, nor which names are the window's alone. Undefined
 * where one of the three is missing.
 */
export function ownRecords(made: readonly unknown[], { host }: Advert, addresses: readonly string[]): OwnRecord[] | undefined {
  const records = made.filter(isRecord);
  const find = (type: string): DnsRecord | undefined =>
    records.find((record) => record.type === type && (type !== 'PTR' || record.name === serviceType));
  const [pointer, service, text] = [find('PTR'), find('SRV'), find('TXT')];
  if (pointer === undefined || service === undefined || text === undefined) return undefined;
  return [
    { ...pointer, ttl: otherLife, flush: false },
    { ...service, ttl: hostLife, flush: true },
    { ...text, ttl: otherLife, flush: true },
    ...addresses.map((data) => ({
      name: `${host}.local`,
      type: data.includes(':') ? 'AAAA' : 'A',
      ttl: hostLife,
      flush: true,
      data,
    })),
  ];
}

/** What every responder that has such a service says to those who ask for service types. */
export const typesRecord: OwnRecord = { name: typesName, type: 'PTR', ttl: otherLife, flush: false, data: serviceType };

/** The pointer to a window, as it stands among the known answers of a question. */
export function pointerTo(instance: string, ttl = otherLife): DnsRecord {
  return { name: serviceType, type: 'PTR', ttl, data: `${instance}.${serviceType}` };
}

/** For each name that is this window's alone: that it has no records but these (NSEC, RFC 6762 section 6.1). */
export function negativeRecords(records: readonly OwnRecord[]): readonly OwnRecord[] {
  const unique = records.filter(({ flush }) => flush);
  return [...Map.groupBy(unique, ({ name }) => name)].map(([name, present]) => {
    const data = { nextDomain: name, rrtypes: present.map(({ type }) => type) };
    return { name, type: 'NSEC', ttl: hostLife, flush: true, data };
  });
}

/**
 * Reads the records of one DNS response that came from `host`, the one address that counts: those that records name are never
 * looked at. Gives nothing for what is not exactly as Ferry writes it, so that no text of a stranger's choice gets past this
 * point. SRV and TXT record of a service must stand in the same packet.
 */
export function readRecords(records: readonly unknown[], host: string): readonly Heard[] {
  const known = records.filter(isRecord);
  const texts = new Map(known.filter(({ type }) => type === 'TXT').map(({ name, data }) => [lower(name), stringsOf(data)]));
  const pointers = new Map(known.filter(({ type }) => type === 'PTR').map((record) => [instanceOf(record), record.ttl]));
  return known.flatMap((record): readonly Heard[] => {
    const instance = instanceOf(record);
    if (instance === undefined) return [];
    if (record.ttl === 0) return [{ kind: 'leaving', instance, host }];
    if (record.type !== 'SRV') return [];
    const idPrefix = parseText(texts.get(lower(record.name)) ?? []);
    const port = parsePort(record.data);
    if (idPrefix === undefined || port === undefined || !instance.startsWith(idPrefix.slice(0, 8))) return [];
    const pointerTtl = Math.min(pointers.get(instance) ?? 0, otherLife);
    return [{ kind: 'alive', pointerTtl, instance, idPrefix, address: { host, port } }];
  });
}

/** Tells whether a codec gave a record here. */
export function isRecord(value: unknown): value is DnsRecord {
  if (typeof value !== 'object' || value === null || !('name' in value && 'type' in value && 'ttl' in value)) return false;
  return typeof value.name === 'string' && typeof value.type === 'string' && typeof value.ttl === 'number' && 'data' in value;
}

/** Small letters for the 26 of ASCII alone: DNS names know no case there, and nowhere else (RFC 6762 section 16). */
export function lower(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A field of what may be anything. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The instance that a PTR record points at or that an SRV record is of, where it has the form that Ferry gives it. */
function instanceOf({ type, name, data }: DnsRecord): string | undefined {
  const full = type === 'SRV' ? name : type === 'PTR' && lower(name) === serviceType ? data : undefined;
  if (typeof full !== 'string' || !lower(full).endsWith(`.${serviceType}`)) return undefined;
  const instance = full.slice(0, -serviceType.length - 1);
  return /^[A-Z2-7]{8}-[A-Z2-7]{8}$/.test(instance) ? instance : undefined;
}

/** The start of the peer ID, where the version is ours. */
function parseText(text: readonly string[]): string | undefined {
  const idPrefix = valueOf(text, 'id');
  return valueOf(text, 'v') === '1' && idPrefix !== undefined && isIdPrefix(idPrefix) ? idPrefix : undefined;
}

function isIdPrefix(text: string): boolean {
  return text.length === idPrefixLength && /^[A-Z2-7]+$/.test(text);
}

/** Ports below 1024 belong to other services: a record must not make us knock there. */
function parsePort(data: unknown): number | undefined {
  const port = fieldOf(data, 'port');
  return typeof port === 'number' && Number.isInteger(port) && port >= 1024 && port <= 65_535 ? port : undefined;
}

/** RFC 6763 section 6.4: keys know no case, the first of several counts, and unknown ones are passed over. */
function valueOf(text: readonly string[], key: string): string | undefined {
  const item = text.find((entry) => entry.slice(0, key.length + 1).toLowerCase() === `${key}=`);
  return item?.slice(key.length + 1);
}

/** The strings of a TXT record, a character for each byte: what is no ASCII matches nothing later on. */
function stringsOf(data: unknown): readonly string[] {
  if (!Array.isArray(data)) return [];
  return data.filter((item) => item instanceof Uint8Array).map((item) => String.fromCharCode(...item));
}

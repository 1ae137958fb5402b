// The records by which a window makes itself known: what they are called, what is written in them, and what is read out of those of others.

import { encodeBase32 } from '../base/base32.ts';
import { idPrefixLength } from './peerId.ts';
import type { Announcement } from './sightings.ts';

/** The service type (RFC 6763 section 7), which every packet that concerns us names. */
export const serviceType = '_ferry._tcp.local';

/** What one packet says of a window: here it is, or, from this host, goodbye. */
export type Heard = ({ readonly kind: 'alive' } & Announcement) | { readonly kind: 'leaving'; instance: string; host: string };

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

/** A DNS record to be encoded; `flush` marks those that only one responder has (RFC 6762 section 10.2). */
export type OwnRecord = { name: string; type: string; ttl: number; flush?: boolean; data: unknown };

/** The records of one window on one interface. With a life of 0 seconds they are its goodbye (RFC 6762 section 10.1). */
export function writeRecords({ instance, idPrefix, port, host }: Advert, address: string, ttl: number): readonly OwnRecord[] {
  const name = `${instance}.${serviceType}`;
  const target = `${host}.local`;
  return [
    { name: serviceType, type: 'PTR', ttl, data: name },
    { name, type: 'SRV', ttl, flush: true, data: { priority: 0, weight: 0, port, target } },
    { name, type: 'TXT', ttl, flush: true, data: ['v=1', `id=${idPrefix}`] },
    { name: target, type: 'A', ttl, flush: true, data: address },
  ];
}

/**
 * Reads the records of one DNS response that came from `host`, the one address that counts: those that records name are never
 * looked at. Gives nothing for what is not exactly as Ferry writes it, so that no text of a stranger's choice gets past this
 * point. SRV and TXT record of a service must stand in the same packet.
 */
export function readRecords(records: readonly unknown[], host: string): readonly Heard[] {
  const known = records.filter(isRecord);
  const texts = new Map(known.filter(({ type }) => type === 'TXT').map(({ name, data }) => [name, stringsOf(data)]));
  return known.flatMap((record): readonly Heard[] => {
    const instance = instanceOf(record);
    if (instance === undefined) return [];
    if (record.ttl === 0) return [{ kind: 'leaving', instance, host }];
    if (record.type !== 'SRV') return [];
    const idPrefix = parseText(texts.get(record.name) ?? []);
    const port = parsePort(record.data);
    if (idPrefix === undefined || port === undefined || !instance.startsWith(idPrefix.slice(0, 8))) return [];
    return [{ kind: 'alive', instance, idPrefix, address: { host, port } }];
  });
}

type DnsRecord = { readonly name: string; readonly type: string; readonly ttl: number; readonly data: unknown };

function isRecord(value: unknown): value is DnsRecord {
  if (typeof value !== 'object' || value === null || !('name' in value && 'type' in value && 'ttl' in value)) return false;
  return typeof value.name === 'string' && typeof value.type === 'string' && typeof value.ttl === 'number' && 'data' in value;
}

/** The instance that a PTR record points at or that an SRV record is of, where it has the form that Ferry gives it. */
function instanceOf({ type, name, data }: DnsRecord): string | undefined {
  const full = type === 'SRV' ? name : type === 'PTR' && name.toLowerCase() === serviceType ? data : undefined;
  if (typeof full !== 'string' || !full.toLowerCase().endsWith(`.${serviceType}`)) return undefined;
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
  const port = typeof data === 'object' && data !== null && 'port' in data ? data.port : undefined;
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

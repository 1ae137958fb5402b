// What discovery has heard, bounded: whoever floods the network with false services fills the places of its own address and no
// more. Nothing here proves who a peer is; a sighting is a hint where to dial, and the certificate decides.

import { encodeBase32 } from '../base/base32.ts';
import { limits } from '../base/limits.ts';
import { type Address, formatAddress } from './address.ts';
import { idPrefixLength } from './peerId.ts';

/** What discovery remembers, takes in and gives out; milliseconds, bytes, or packets per second of one interface. */
export const discoveryLimits = {
  /** Two and a half rounds of asking: one lost answer is common on Wi-Fi, two in a row mean that nobody is there. */
  sightingLifeMs: 150_000,
  /** More than one round of asking without an answer: such an entry gives way when there is no room for another. */
  sightingStaleMs: 75_000,
  /** Loopback and two networks; more would let a stranger send us round the network. */
  addressesPerWindow: 3,
  /** One Ethernet frame; our own packets have less than 300 bytes. */
  packetBytes: 1500,
  packetRecords: 32,
  /** Several times what a window sends while it starts. On loopback all windows of this machine share one address. */
  packetsPerSource: 50,
  packetsPerLoopbackSource: 200,
  /** False sender addresses cost nothing, so there must be a sum; decoding this many takes a few percent of a second. */
  packetsInAll: 500,
  /** An answer goes to everybody at once: more of them serve only to flood the others (RFC 6762 section 6). */
  answers: 20,
  /** Pauses between the first questions after the start, a change of network or the person's wish, and between later ones. */
  askAfterMs: [1000, 2000, 7000] as readonly number[],
  askEveryMs: 60_000,
  askAtMostEveryMs: 1000,
  /** How often addresses are compared and clocks watched; a look that comes this much late has slept. */
  lookMs: 5000,
  sleptMs: 10_000,
  /** An interface that failed is tried again after the first pause, then after twice the last one, up to the longest. */
  retryFirstMs: 5000,
  retryLongestMs: 300_000,
  /** Changes within this time are told once: a flood must not redraw the editor at the speed of the network. */
  tellAfterMs: 50,
} as const;

/** The service type (RFC 6763 section 7), which every packet that concerns us names. */
export const serviceType = '_ferry._tcp.local';

/** One window of a peer, as its discovery records say. */
export type Announcement = { readonly instance: string; readonly idPrefix: string; readonly address: Address };

/**
 * One window as it stands in the cache. `address` is the one to dial first, `others` are those where the same window was heard
 * too, for when it does not answer. `leaving`: a goodbye came, which anybody can forge; a failed dial settles it.
 */
export type Sighting = Announcement & { readonly others: readonly Address[]; readonly leaving: boolean };

/** What one packet says of a window: here it is, or, from this host, goodbye. */
export type Heard = ({ readonly kind: 'alive' } & Announcement) | { readonly kind: 'leaving'; instance: string; host: string };

/** The cache. Times are milliseconds of a monotonic clock. */
export type Sightings = {
  /** Takes an announcement in, or refreshes what is there. Without room for it, it is dropped. */
  hear(announcement: Announcement, nowMs: number): void;
  /** Marks what was heard of this instance from this host as leaving; tells whether there was something to mark. */
  goodbye(instance: string, host: string): boolean;
  /** Removes an instance, or one address of it: dialling it failed. */
  forget(instance: string, address?: Address): void;
  /** Removes what was not heard for `discoveryLimits.sightingLifeMs`. */
  expire(nowMs: number): void;
  /** Removes what was heard from hosts that fail the test. */
  keep(test: (host: string) => boolean): void;
  /** Every window, the one heard of first in front. */
  list(): readonly Sighting[];
};

/** Why an interface does not work. `unreachable` on macOS mostly means that the Local Network permission is missing. */
export type FailureReason = 'portTaken' | 'notPermitted' | 'unreachable' | 'interfaceMissing' | 'settingInvalid' | 'other';

const reasons = new Map<string, FailureReason>([
  ['EADDRINUSE', 'portTaken'],
  ['EACCES', 'notPermitted'],
  ['EPERM', 'notPermitted'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['ENODEV', 'interfaceMissing'],
  ['EADDRNOTAVAIL', 'interfaceMissing'],
  ['ERR_SETTING_INVALID', 'settingInvalid'],
]);

/** What a system's error code, or one of ours, means for discovery. */
export function failureReason(systemCode: string): FailureReason {
  return reasons.get(systemCode) ?? 'other';
}

/** `interface` is empty where the failure concerns all of them. */
export type InterfaceFailure = { readonly interface: string; readonly reason: FailureReason; readonly systemCode: string };

export type DiscoveryStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly interfaces: readonly string[] }
  /** `interfaces` still work, the others are tried again from time to time. */
  | { readonly kind: 'degraded'; readonly interfaces: readonly string[]; readonly failures: readonly InterfaceFailure[] }
  | { readonly kind: 'stopped' };

/** Where a window was heard: one row per window and address. */
type Row = Announcement & { readonly seenMs: number; readonly leaving: boolean };

/** Makes an empty cache of `limits.mdnsPeers` entries, at most `limits.mdnsPeersPerAddress` of them from one host. */
export function createSightings(): Sightings {
  // A Map keeps the order in which keys came, which a refresh does not change: the first address heard stays the first.
  const rows = new Map<string, Row>();

  const remove = (test: (row: Row) => boolean): void => {
    for (const [key, row] of rows) if (test(row)) rows.delete(key);
  };
  return {
    hear({ instance, idPrefix, address }, nowMs) {
      const row: Row = { instance, idPrefix, address, seenMs: nowMs, leaving: false };
      if (rows.has(keyOf(row)) || makeRoom(rows, row, nowMs)) rows.set(keyOf(row), row);
    },
    goodbye(instance, host) {
      const leaving = [...rows].filter(([, row]) => row.instance === instance && row.address.host === host && !row.leaving);
      for (const [key, row] of leaving) rows.set(key, { ...row, leaving: true });
      return leaving.length > 0;
    },
    forget(instance, address) {
      remove(
        (row) => row.instance === instance && (address === undefined || formatAddress(row.address) === formatAddress(address)),
      );
    },
    expire(nowMs) {
      remove((row) => nowMs - row.seenMs >= discoveryLimits.sightingLifeMs);
    },
    keep(test) {
      remove((row) => !test(row.address.host));
    },
    list: () => [...Map.groupBy(rows.values(), (row) => `${row.idPrefix} ${row.instance}`).values()].flatMap(toSighting),
  };
}

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

/** Counts packets in windows of one second, so many from each source and so many in all; tells whether one more may pass. */
export function createPacketBudget(each: number, all: number): (source: string, nowMs: number) => boolean {
  const spent = new Map<string, number>();
  let sum = 0;
  let sinceMs = 0;
  return (source, nowMs) => {
    if (nowMs - sinceMs >= 1000) {
      [sum, sinceMs] = [0, nowMs];
      spent.clear();
    }
    const already = spent.get(source) ?? 0;
    if (already >= each || sum >= all) return false;
    spent.set(source, already + 1);
    sum += 1;
    return true;
  };
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

/** The whole announcement is the key: a copied name with another address or ID stands beside the original, never over it. */
function keyOf({ instance, idPrefix, address }: Announcement): string {
  return `${idPrefix} ${instance} ${address.host} ${address.port}`;
}

/** Finds a place for a newcomer, at the cost of an entry that looks dead where it must be; false when there is none. */
function makeRoom(rows: Map<string, Row>, newcomer: Announcement, nowMs: number): boolean {
  const all = [...rows.values()];
  const ofWindow = all.filter((row) => row.instance === newcomer.instance && row.idPrefix === newcomer.idPrefix);
  if (ofWindow.length >= discoveryLimits.addressesPerWindow) return giveWay(rows, weakest(ofWindow, nowMs));
  const ofHost = all.filter((row) => row.address.host === newcomer.address.host);
  if (ofHost.length >= limits.mdnsPeersPerAddress) return giveWay(rows, weakest(ofHost, nowMs));
  if (all.length < limits.mdnsPeers) return true;
  return giveWay(rows, weakest(all, nowMs) ?? newestOfBusiest(all, ofHost.length));
}

function giveWay(rows: Map<string, Row>, row: Row | undefined): boolean {
  return row !== undefined && rows.delete(keyOf(row));
}

/** The entry that looks most dead: one that said goodbye, else one that has been silent for long. */
function weakest(rows: readonly Row[], nowMs: number): Row | undefined {
  const oldestFirst = [...rows].sort((a, b) => a.seenMs - b.seenMs);
  const isStale = (row: Row): boolean => nowMs - row.seenMs >= discoveryLimits.sightingStaleMs;
  return oldestFirst.find((row) => row.leaving) ?? oldestFirst.find(isStale);
}

/** In a full cache the host with most entries loses its newest one to a host that would still have fewer. */
function newestOfBusiest(rows: readonly Row[], entriesOfNewcomer: number): Row | undefined {
  const hosts = [...Map.groupBy(rows, (row) => row.address.host).values()];
  const busiest = hosts.reduce((most, host) => (host.length > most.length ? host : most), []);
  return busiest.length > entriesOfNewcomer + 1 ? busiest.at(-1) : undefined;
}

function toSighting(window: readonly Row[]): readonly Sighting[] {
  // The sort is stable: among equals the address heard first stays in front, so that a latecomer cannot push in.
  const [best, ...others] = [...window].sort((a, b) => rank(a) - rank(b));
  if (best === undefined) return [];
  const { instance, idPrefix, address, leaving } = best;
  return [{ instance, idPrefix, address, others: others.map((row) => row.address), leaving }];
}

/** Addresses that did not say goodbye first, and of those the ones on this machine, which no other machine can claim. */
function rank(row: Row): number {
  return (row.leaving ? 2 : 0) + (row.address.host.startsWith('127.') ? 0 : 1);
}

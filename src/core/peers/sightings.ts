// What discovery has heard, bounded: whoever floods the network with false services fills the places of its own address and no
// more. Nothing here proves who a peer is; a sighting is a hint where to dial, and the certificate decides.

import { limits } from '../base/limits.ts';
import { type Address, formatAddress } from './address.ts';

/** One window of a peer, as its discovery records say. */
export type Announcement = { readonly instance: string; readonly idPrefix: string; readonly address: Address };

/**
 * One window as it stands in the cache. `address` is the one to dial first, `others` are those where the same window was heard
 * too, for when it does not answer. `leaving`: a goodbye came, which anybody can forge; a failed dial settles it.
 */
export type Sighting = Announcement & { readonly others: readonly Address[]; readonly leaving: boolean };

/** An instance, and the host that it was heard from. */
export type Pointed = { readonly instance: string; readonly host: string };

/** The cache. Times are milliseconds of a monotonic clock. */
export type Sightings = {
  /** Takes an announcement in, or refreshes what is there. Without room for it, it is dropped. `pointerTtl` as in `Heard`. */
  hear(announcement: Announcement & { readonly pointerTtl?: number }, nowMs: number): void;
  /** Marks what was heard of this instance from this host as leaving; tells whether there was something to mark. */
  goodbye(instance: string, host: string): boolean;
  /** Removes an instance, or one address of it: dialling it failed. */
  forget(instance: string, address?: Address): void;
  /** Removes what was not heard for `limits.mdnsLifeMs`. */
  expire(nowMs: number): void;
  /** What has to be asked after now, because its life comes to an end; each of them a few times (RFC 6762 section 5.2). */
  due(nowMs: number): readonly Pointed[];
  /** What others need not tell, for more than half of the life of its pointer is left. Not what is said to be leaving. */
  known(nowMs: number): readonly (Pointed & { readonly ttl: number })[];
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

/** Where a window was heard: one row per window and address. `asked`: how often it was asked after since it was heard last. */
type Row = Announcement & {
  readonly seenMs: number;
  readonly leaving: boolean;
  readonly asked: number;
  /** The pointer to it: when it was heard, and for how many seconds it holds. */
  readonly pointer: { readonly sinceMs: number; readonly ttl: number };
};

/** The parts of its life after which an entry is asked after (RFC 6762 section 5.2). */
const askedAt = [0.8, 0.85, 0.9, 0.95];

/** Makes an empty cache of `limits.mdnsPeers` entries, at most `limits.mdnsPeersPerAddress` of them from one host. */
export function createSightings(): Sightings {
  // A Map keeps the order in which keys came, which a refresh does not change: the first address heard stays the first.
  const rows = new Map<string, Row>();

  const remove = (test: (row: Row) => boolean): void => {
    for (const [key, row] of rows) if (test(row)) rows.delete(key);
  };
  return {
    hear({ instance, idPrefix, address, pointerTtl = 0 }, nowMs) {
      const key = keyOf({ instance, idPrefix, address });
      const pointer = pointerTtl > 0 ? { sinceMs: nowMs, ttl: pointerTtl } : (rows.get(key)?.pointer ?? { sinceMs: 0, ttl: 0 });
      const row: Row = { instance, idPrefix, address, seenMs: nowMs, leaving: false, asked: 0, pointer };
      if (rows.has(key) || makeRoom(rows, row, nowMs)) rows.set(key, row);
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
      remove((row) => nowMs - row.seenMs >= limits.mdnsLifeMs);
    },
    due(nowMs) {
      const due = [...rows].filter(([, row]) => nowMs - row.seenMs >= (askedAt[row.asked] ?? Infinity) * limits.mdnsLifeMs);
      for (const [key, row] of due) rows.set(key, { ...row, asked: row.asked + 1 });
      return due.map(([, { instance, address }]) => ({ instance, host: address.host }));
    },
    known(nowMs) {
      return [...rows.values()].flatMap(({ instance, address, leaving, pointer }) => {
        const ttl = pointer.ttl - Math.ceil((nowMs - pointer.sinceMs) / 1000);
        return leaving || ttl <= pointer.ttl / 2 ? [] : [{ instance, host: address.host, ttl }];
      });
    },
    keep(test) {
      remove((row) => !test(row.address.host));
    },
    list: () => [...Map.groupBy(rows.values(), (row) => `${row.idPrefix} ${row.instance}`).values()].flatMap(toSighting),
  };
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

/** The whole announcement is the key: a copied name with another address or ID stands beside the original, never over it. */
function keyOf({ instance, idPrefix, address }: Announcement): string {
  return `${idPrefix} ${instance} ${address.host} ${address.port}`;
}

/** Finds a place for a newcomer, at the cost of an entry that looks dead where it must be; false when there is none. */
function makeRoom(rows: Map<string, Row>, newcomer: Announcement, nowMs: number): boolean {
  const all = [...rows.values()];
  const ofWindow = all.filter((row) => row.instance === newcomer.instance && row.idPrefix === newcomer.idPrefix);
  if (ofWindow.length >= limits.mdnsAddressesPerWindow) return giveWay(rows, weakest(ofWindow, nowMs));
  const ofHost = all.filter((row) => row.address.host === newcomer.address.host);
  if (ofHost.length >= limits.mdnsPeersPerAddress) return giveWay(rows, weakest(ofHost, nowMs));
  const isOverIpv6 = (row: Announcement): boolean => row.address.host.includes(':');
  const overIpv6 = all.filter(isOverIpv6);
  if (isOverIpv6(newcomer) && overIpv6.length >= limits.mdnsPeersOverIpv6) {
    return giveWay(rows, weakest(overIpv6, nowMs) ?? newestOfBusiest(overIpv6, ofHost.length));
  }
  if (all.length < limits.mdnsPeers) return true;
  return giveWay(rows, weakest(all, nowMs) ?? newestOfBusiest(all, ofHost.length));
}

function giveWay(rows: Map<string, Row>, row: Row | undefined): boolean {
  return row !== undefined && rows.delete(keyOf(row));
}

/** The entry that looks most dead: one that said goodbye, else one that has been silent for long. */
function weakest(rows: readonly Row[], nowMs: number): Row | undefined {
  const oldestFirst = [...rows].sort((a, b) => a.seenMs - b.seenMs);
  const isStale = (row: Row): boolean => nowMs - row.seenMs >= limits.mdnsStaleMs;
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

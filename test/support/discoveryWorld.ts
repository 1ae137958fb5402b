// A world for discovery whose clocks, timers, interfaces and links the test moves.

import type { NetworkInterfaceInfo } from 'node:os';

import type { Known } from '../../src/core/discovery/asker.ts';
import type { Heard } from '../../src/core/discovery/discoveryRecords.ts';
import type { Discovery, DiscoveryOptions } from '../../src/net/discovery/discovery.ts';
import type { LinkOptions } from '../../src/net/discovery/guardedSocket.ts';
import type { OpenLink } from '../../src/net/discovery/mdns.ts';
import type { DiscoverySystem } from '../../src/net/discovery/system.ts';
import { ids, start } from './discovering.ts';

/** What a link hears of a window that is there. */
export const alive = {
  kind: 'alive',
  pointerTtl: 4500,
  instance: 'AAAAAAAA-BBBBBBBB',
  idPrefix: ids[0],
  address: { host: '127.0.0.1', port: 5000 },
} as const;

/** An IPv4 address of an interface. */
export function ipv4(address: string, internal = false, bits = 24): NetworkInterfaceInfo {
  return { address, netmask: '', family: 'IPv4', mac: '02:00:00:00:00:01', internal, cidr: `${address}/${bits}` };
}

/** A link-local address of an interface that has a hardware address. */
export const ipv6: NetworkInterfaceInfo = {
  address: 'fe80::5',
  netmask: '',
  family: 'IPv6',
  mac: '02:00:00:00:00:02',
  internal: false,
  cidr: 'fe80::5/64',
  scopeid: 2,
};

/** A machine with two networks. */
export const machine: Readonly<Record<string, readonly NetworkInterfaceInfo[]>> = {
  lo: [ipv4('127.0.0.1', true, 8)],
  eth0: [ipv6, ipv4('192.168.1.5'), ipv4('192.168.2.5')],
  wlan0: [ipv4('10.0.0.5')],
  wwan0: [ipv6],
  tun0: [{ ...ipv6, mac: '00:00:00:00:00:00' }],
};

export type FakeLink = {
  readonly options: LinkOptions;
  readonly askedMs: number[];
  /** What each question said of what is known, and each instance that was asked after, with its time. */
  readonly known: (readonly Known[])[];
  readonly askedAfter: (readonly [ms: number, instance: string])[];
  readonly ends: string[];
};

export type World = {
  readonly discovery: Discovery;
  readonly links: readonly FakeLink[];
  nowMs(): number;
  /** Gives the machine other interfaces. */
  use(interfaces: typeof machine): void;
  /** Lets time pass, and runs what is due in it. */
  advance(ms: number): Promise<void>;
  /** Lets the clocks jump without running anything, as sleep does. */
  skip(monotonicMs: number, wallMs: number): void;
  hear(heard: Heard, link?: number): void;
  /** Open links, as name and address. */
  names(): readonly string[];
  /** How often onDidChange fired. */
  told(): number;
  /** How many timers run. */
  pending(): number;
};

/** Discovery with clocks, timers, interfaces and links that the test moves; its first look is over. */
export async function inWorld(
  options: Partial<DiscoveryOptions> = {},
  interfaces = machine,
  system: Partial<DiscoverySystem> = {},
): Promise<World> {
  let [nowMs, offsetMs, told] = [0, 0, 0];
  let present = interfaces;
  const links: FakeLink[] = [];
  const timers = new Set<{ readonly atMs: number; readonly work: () => void }>();
  const openLink: OpenLink = (given) => {
    const link: FakeLink = { options: given, askedMs: [], known: [], askedAfter: [], ends: [] };
    links.push(link);
    const end = (how: string) => async (): Promise<void> => void link.ends.push(how);
    const query = (known: readonly Known[]): void => {
      link.askedMs.push(nowMs);
      link.known.push(known);
    };
    const askAfter = (instances: readonly string[]): void => {
      link.askedAfter.push(...instances.map((instance) => [nowMs, instance] as const));
    };
    return { query, askAfter, leave: end('leave'), destroy: end('destroy') };
  };
  const after: DiscoverySystem['after'] = (ms, work) => {
    const timer = { atMs: nowMs + ms, work };
    timers.add(timer);
    return { dispose: () => timers.delete(timer) };
  };
  const advance = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms;
    for (;;) {
      await new Promise(setImmediate);
      const [next] = [...timers].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.atMs);
      next.work();
    }
    nowMs = endMs;
  };
  const discovery = start({
    self: { idPrefix: ids[3], port: 6000 },
    ...options,
    system: {
      interfaces: () => present,
      monotonicMs: () => nowMs,
      wallMs: () => 1_800_000_000_000 + nowMs + offsetMs,
      after,
      random: () => 0,
      load: () => Promise.resolve(openLink),
      ...system,
    },
  });
  discovery.onDidChange(() => {
    told += 1;
  });
  await advance(0);
  return {
    discovery,
    links,
    nowMs: () => nowMs,
    use: (other) => {
      present = other;
    },
    advance,
    skip: (monotonicMs, wallMs) => {
      nowMs += monotonicMs;
      offsetMs += wallMs - monotonicMs;
    },
    hear: (heard, link = 0) => links[link]?.options.onHeard(heard),
    names: () => links.filter((link) => link.ends.length === 0).map(({ options: { at } }) => `${at.name} ${at.address}`),
    told: () => told,
    pending: () => timers.size,
  };
}

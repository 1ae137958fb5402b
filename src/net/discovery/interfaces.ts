// Which network interfaces discovery uses, and which hosts are on the networks that they are on.

import { BlockList } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** A network interface in one of the two families of addresses. */
export type LinkInterface = {
  readonly name: string;
  /** Where packets leave from. */
  readonly address: string;
  /** What follows `%` in link-local addresses of IPv6 here; empty for IPv4. */
  readonly zone: string;
  /** The networks it is on in CIDR notation, link-local ones with their zone. */
  readonly networks: readonly string[];
  /** The addresses that are told to others, of both families. */
  readonly published: readonly string[];
};

type Present = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The interface that leads to this machine alone. */
export const loopback: LinkInterface = {
  name: 'loopback',
  address: '127.0.0.1',
  zone: '',
  networks: ['127.0.0.0/8'],
  published: ['127.0.0.1'],
};

/**
 * The interfaces to use, each with one address of IPv4 and one of IPv6 where it has them, and the names of those of `pins` that
 * should be there and are not. `present`: what there is, by name. Without pins all are used; loopback always is.
 */
export function chooseInterfaces(
  scope: 'loopback' | 'network',
  pins: readonly string[],
  present: Present,
): readonly [LinkInterface[], string[]] {
  if (scope === 'loopback') return [[loopback], []];
  const missing = new Set(pins);
  const chosen: LinkInterface[] = [];
  for (const [name, infos = []] of Object.entries(present)) {
    for (const text of [name, ...infos.map((info) => info.address)]) missing.delete(text);
    const outer = infos.filter((info) => !info.internal);
    const isPinned = (info: NetworkInterfaceInfo): boolean => pins.includes(info.address);
    const mayUse = (info: NetworkInterfaceInfo | undefined): info is NetworkInterfaceInfo =>
      info !== undefined && (pins.length === 0 || pins.includes(name) || isPinned(info));
    const ipv4 = outer.filter((info) => info.family === 'IPv4');
    const v4 = ipv4.find(isPinned) ?? ipv4[0];
    const ipv6 = outer.filter((info) => info.family === 'IPv6' && hasHardware(info));
    const v6 = ipv6.find(isPinned) ?? ipv6.find(isLinkLocal) ?? ipv6[0];
    const published = [v4, v6].filter(mayUse).map((info) => info.address);
    if (mayUse(v4)) {
      chosen.push({ name, address: v4.address, zone: '', networks: ipv4.flatMap((info) => info.cidr ?? []), published });
    }
    const zone = zoneOf(name, ipv6);
    if (!mayUse(v6) || zone === undefined) continue;
    chosen.push({ name, address: v6.address, zone, networks: ipv6.flatMap((info) => networkOf(info, zone)), published });
  }
  return [[loopback, ...chosen], pins.length === 0 && chosen.length === 0 ? [''] : [...missing]];
}

/** Tells whether an address is on one of these networks, given in CIDR notation; where it has a zone, in that zone. */
export function networkTest(networks: readonly string[]): (host: string) => boolean {
  const zones = new Map<string, BlockList>();
  for (const network of networks) {
    const [start = '', bits = ''] = network.split('/');
    const [address = '', zone = ''] = start.split('%');
    const list = zones.get(zone) ?? new BlockList();
    list.addSubnet(address, Number(bits), familyOf(address));
    zones.set(zone, list);
  }
  return (host) => {
    const [address = '', zone = ''] = host.split('%');
    return zones.get(zone)?.check(address, familyOf(address)) === true;
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** Tunnels have no hardware address, and mostly nobody to meet over IPv6; there may be many of them. */
function hasHardware({ mac }: NetworkInterfaceInfo): boolean {
  return !/^[0:]*$/.test(mac);
}

function isLinkLocal({ address }: NetworkInterfaceInfo): boolean {
  return /^fe[89ab]/i.test(address);
}

/** Windows names zones by their number, other systems by the interface. */
function zoneOf(name: string, infos: readonly NetworkInterfaceInfo[]): string | undefined {
  if (process.platform !== 'win32') return name;
  const number = infos.map((info) => info.scopeid ?? 0).find((scopeid) => scopeid > 0);
  return number?.toString();
}

function networkOf(info: NetworkInterfaceInfo, zone: string): readonly string[] {
  const [address = '', bits = ''] = info.cidr?.split('/') ?? [];
  if (bits === '') return [];
  return [isLinkLocal(info) ? `${address}%${zone}/${bits}` : `${address}/${bits}`];
}

// Which network interfaces discovery uses.

import type { NetworkInterfaceInfo } from 'node:os';

import type { LinkInterface } from './guardedSocket.ts';

/** The interface that leads to this machine alone. */
export const loopback: LinkInterface = { name: 'loopback', address: '127.0.0.1', networks: ['127.0.0.0/8'] };

/**
 * The interfaces to use, with one address each, and the names of those of `pins` that should be there and are not. `present`: what
 * there is, by name. Without pins all that have an IPv4 address are used; loopback always is.
 */
export function chooseInterfaces(
  scope: 'loopback' | 'network',
  pins: readonly string[],
  present: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): readonly [LinkInterface[], string[]] {
  if (scope === 'loopback') return [[loopback], []];
  const missing = new Set(pins);
  const chosen: LinkInterface[] = [];
  for (const [name, infos = []] of Object.entries(present)) {
    const ipv4 = infos.filter((info) => info.family === 'IPv4');
    for (const text of [name, ...ipv4.map((info) => info.address)]) missing.delete(text);
    const outer = ipv4.filter((info) => !info.internal);
    const at = outer.find((info) => pins.includes(info.address)) ?? outer[0];
    if (at === undefined || (pins.length > 0 && !pins.includes(name) && !pins.includes(at.address))) continue;
    chosen.push({ name, address: at.address, networks: outer.flatMap((info) => info.cidr ?? []) });
  }
  return [[loopback, ...chosen], pins.length === 0 && chosen.length === 0 ? [''] : [...missing]];
}

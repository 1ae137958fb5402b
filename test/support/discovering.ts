// Discovery under test: started, waited for, and stopped in the end.

import { silentLog } from '../../src/core/base/log.ts';
import type { Sighting } from '../../src/core/peers/sightings.ts';
import { type Discovery, type DiscoveryOptions, startDiscovery } from '../../src/net/discovery/discovery.ts';
import { eventually } from './temp.ts';

/** ID prefixes of four peers. */
export const ids = ['AAAAAAAABBBBBBBB', 'CCCCCCCCDDDDDDDD', 'EEEEEEEEFFFFFFFF', 'GGGGGGGGHHHHHHHH'] as const;

const started: Discovery[] = [];

/** Starts one that listens on loopback alone where nothing else is said. */
export function start(options: Partial<DiscoveryOptions>): Discovery {
  const discovery = startDiscovery({ self: undefined, scope: 'loopback', log: silentLog, ...options });
  started.push(discovery);
  return discovery;
}

/** Stops all that were started here. */
export async function stopAll(): Promise<void> {
  await Promise.all(started.splice(0).map((discovery) => discovery.stop()));
}

/** Waits until a window of this peer is listed. */
export function sees(discovery: Discovery, idPrefix: string): Promise<Sighting> {
  const find = (): Sighting | undefined =>
    discovery.sightings().find((sighting) => sighting.idPrefix === idPrefix && !sighting.leaving);
  return eventually(discovery.onDidChange, find, `${idPrefix} appears`);
}

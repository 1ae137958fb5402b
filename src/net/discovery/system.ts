// What discovery asks of the machine: its interfaces, its clocks, and the libraries.

import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

import type { Disposable } from '../../core/base/event.ts';
import { loadMdns, type OpenLink } from './mdns.ts';

/** Clocks are in milliseconds. */
export type DiscoverySystem = {
  readonly interfaces: () => Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
  readonly after: (ms: number, work: () => void) => Disposable;
  /** From 0 to 1, for pauses. */
  readonly random: () => number;
  readonly load: () => Promise<OpenLink>;
};

/** The machine this runs on. */
export const realSystem: DiscoverySystem = {
  interfaces() {
    try {
      return networkInterfaces();
    } catch {
      return {}; // Some sandboxes do not let a program look; loopback works there all the same.
    }
  },
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms).unref();
    return { dispose: () => clearTimeout(timer) };
  },
  random: Math.random,
  load: loadMdns,
};

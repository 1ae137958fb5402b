// Discovery: one mDNS link per network interface that the visibility allows, kept right while addresses change and the machine
// sleeps, and one view of what all of them hear.

import { createEmitter, type Disposable } from '../../core/base/event.ts';
import { limits } from '../../core/base/limits.ts';
import type { Log } from '../../core/base/log.ts';
import { type Advert, type Heard, newAdvert } from '../../core/discovery/discoveryRecords.ts';
import type { Address } from '../../core/peers/address.ts';
import type { Hints } from '../../core/peers/directory.ts';
import {
  createSightings,
  type DiscoveryStatus,
  failureReason,
  type InterfaceFailure,
  type Pointed,
  type Sighting,
} from '../../core/peers/sightings.ts';
import { systemCodeOf, type Trouble } from './guardedSocket.ts';
import { chooseInterfaces, type LinkInterface, loopback, networkTest } from './interfaces.ts';
import type { Link, OpenLink } from './mdns.ts';
import { type DiscoverySystem, realSystem } from './system.ts';

export type DiscoveryOptions = {
  /**
   * What to publish; undefined only listens. `idPrefix` as idPrefixOf gives it, `port` at least 1024, or nobody would dial it.
   */
  readonly self: { readonly idPrefix: string; readonly port: number } | undefined;
  readonly scope: 'loopback' | 'network';
  /** Where this window is announced, and answers; everywhere where nothing is said. Windows of this machine always hear of it. */
  readonly announced?: 'everywhere' | 'loopback';
  /** Names or addresses of the network interfaces to use; undefined: all that have an address. Loopback is always used. */
  readonly interfaces?: readonly string[];
  readonly log: Log;
  /** UDP port, for tests that must not hear each other. */
  readonly mdnsPort?: number;
  /** For tests: another world than this machine. */
  readonly system?: DiscoverySystem;
};

/** What the directory needs, and more. `sightings` holds every window heard of but our own, and nothing after `stop`. */
export type Discovery = Hints & {
  /** `onDidChange` fires when this or `sightings` gives something else. */
  status(): DiscoveryStatus;
  /** Says goodbye and closes all sockets; no timer is left. Idempotent, never fails, done within two seconds. */
  stop(): Promise<void>;
};

/** Starts in the background. Never throws and never fails: what does not work stands in `status`, and is tried again. */
export function startDiscovery(options: DiscoveryOptions): Discovery {
  return new RunningDiscovery(options);
}

/** One interface: its link, or none until it is time to try again. `pauseMs`, the last pause, counts until a packet goes out. */
type Slot = Readonly<{
  at: LinkInterface;
  /** Whether a host is on its networks. */
  isNear: (host: string) => boolean;
  link: Link | undefined;
  failure: InterfaceFailure | undefined;
  retryAtMs: number;
  pauseMs: number;
}>;

class RunningDiscovery implements Discovery {
  readonly #options: DiscoveryOptions;
  readonly #system: DiscoverySystem;
  readonly #advert: Advert | undefined;
  readonly #heard = createSightings();
  readonly #changed = createEmitter<undefined>((error) => this.#options.log.error('discovery failed', { error: String(error) }));
  readonly onDidChange = this.#changed.event;
  readonly #slots = new Map<string, Slot>();
  readonly #timers = new Map<string, Disposable>();
  readonly #loading: Promise<void>;
  #openLink: OpenLink | undefined;
  #general: readonly InterfaceFailure[] = [];
  #told = '';
  #retired: Promise<unknown> = Promise.resolve();
  #looked = { monotonicMs: 0, wallMs: 0 };
  #askedMs = Number.NEGATIVE_INFINITY;
  #stopping: Promise<void> | undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#system = options.system ?? realSystem;
    this.#advert = options.self && newAdvert(options.self.idPrefix, options.self.port);
    this.#loading = this.#system.load().then(
      (openLink) => {
        this.#openLink = openLink;
        this.#later('look', 0, () => this.#look());
      },
      (error: unknown) => {
        this.#general = [toFailure('', systemCodeOf(error))];
        this.#tell();
      },
    );
  }

  sightings(): readonly Sighting[] {
    return this.#stopping === undefined ? this.#heard.list() : [];
  }

  status(): DiscoveryStatus {
    if (this.#stopping !== undefined) return { kind: 'stopped' };
    const slots = [...this.#slots.values()];
    const working = slots.filter((slot) => slot.failure === undefined);
    // IPv6 is extra where anything else leads to the network: many interfaces have a link-local address and nobody to talk to.
    const isExtra = ({ at }: Slot): boolean => at.zone !== '' && working.some((slot) => slot.at !== loopback);
    const failures = [...this.#general, ...slots.flatMap((slot) => (isExtra(slot) ? [] : (slot.failure ?? [])))];
    const interfaces = [...new Set(working.map((slot) => slot.at.name))];
    if (failures.length > 0) return { kind: 'degraded', interfaces, failures };
    return interfaces.length > 0 ? { kind: 'running', interfaces } : { kind: 'starting' };
  }

  requery(): void {
    this.#later('ask', Math.max(0, this.#askedMs + limits.mdnsAskAtMostEveryMs - this.#system.monotonicMs()), () =>
      this.#ask(0, false),
    );
  }

  forget(instance: string, address?: Address): void {
    this.#heard.forget(instance, address);
    this.#tell();
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#end());
  }

  async #end(): Promise<void> {
    for (const timer of this.#timers.values()) timer.dispose();
    this.#timers.clear();
    await this.#loading;
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    await Promise.all([...slots.map((slot) => slot.link?.leave()), this.#retired]);
    this.#changed.fire(undefined);
  }

  /** Compares what is with what should be. */
  #look(): void {
    this.#later('look', limits.mdnsLookMs, () => this.#look());
    const nowMs = this.#system.monotonicMs();
    const wallMs = this.#system.wallMs();
    // While a machine sleeps its monotonic clock may stand still, and its wall clock may be set: the one that went on counts.
    const lateMs = Math.max(nowMs - this.#looked.monotonicMs, wallMs - this.#looked.wallMs) - limits.mdnsLookMs;
    this.#looked = { monotonicMs: nowMs, wallMs };
    if (lateMs > limits.mdnsSleptMs && this.#slots.size > 0) {
      this.#options.log.info('discovery starts anew after a sleep', { lateMs: Math.round(lateMs) });
      this.#close([...this.#slots.keys()]);
    }
    if (this.#openLinks(nowMs)) this.#ask();
    this.#heard.expire(nowMs);
    const due = this.#heard.due(nowMs);
    if (due.length > 0) for (const slot of this.#slots.values()) slot.link?.askAfter(instancesNear(slot, due));
    this.#tell();
  }

  /** Closes links whose interface or address is gone and opens the missing ones; tells whether any was opened. */
  #openLinks(nowMs: number): boolean {
    const { scope, interfaces: pins = [] } = this.#options;
    const [chosen, missing] = chooseInterfaces(scope, pins, this.#system.interfaces());
    const wanted = new Map(chosen.map((at) => [JSON.stringify(at), at]));
    const isMute = this.#options.self !== undefined && this.#advert === undefined;
    const mute = isMute ? [toFailure('', 'ERR_SETTING_INVALID')] : [];
    this.#general = [...missing.map((name) => toFailure(name, 'ENODEV')), ...mute];
    this.#close([...this.#slots.keys()].filter((key) => !wanted.has(key)));
    this.#heard.keep(networkTest(chosen.flatMap((at) => at.networks)));
    const due = [...wanted].filter(([key]) => nowMs >= (this.#slots.get(key)?.retryAtMs ?? 0));
    return due.filter(([key, at]) => this.#open(key, at)).length > 0;
  }

  #open(key: string, at: LinkInterface): boolean {
    if (this.#openLink === undefined) return false;
    const { log, mdnsPort: port = 5353, announced = 'everywhere' } = this.#options;
    const advert = announced === 'everywhere' || at === loopback ? this.#advert : undefined;
    const pauseMs = this.#slots.get(key)?.pauseMs ?? 0;
    let link: Link | undefined;
    const ifCurrent = (work: (slot: Slot) => void): void => {
      const slot = this.#slots.get(key);
      if (slot?.link !== undefined && slot.link === link) work(slot);
    };
    const { monotonicMs: nowMs, after, random } = this.#system;
    const onHeard = (heard: Heard): void => ifCurrent(() => this.#take(heard));
    const onTrouble = (trouble: Trouble): void => ifCurrent((slot) => this.#takeTrouble(key, slot, trouble));
    const onSent = (): void => ifCurrent((slot) => this.#put(key, { ...slot, failure: undefined, pauseMs: 0 }));
    try {
      link = this.#openLink({ at, advert, port, log, nowMs, after, random, onHeard, onTrouble, onSent });
      this.#put(key, {
        at,
        isNear: networkTest(at.networks),
        link,
        failure: undefined,
        retryAtMs: Number.POSITIVE_INFINITY,
        pauseMs,
      });
      return true;
    } catch (error) {
      this.#fail(key, at, systemCodeOf(error), pauseMs);
      return false;
    }
  }

  /** Without a goodbye: this window stays, and only the way to it changes. */
  #close(keys: readonly string[]): void {
    for (const key of keys) {
      const slot = this.#slots.get(key);
      this.#slots.delete(key);
      this.#retired = Promise.all([this.#retired, slot?.link?.destroy()]);
    }
  }

  #take(heard: Heard): void {
    if (heard.kind === 'alive') this.#heard.hear(heard, this.#system.monotonicMs());
    // A forged goodbye is undone by the answer of the window that is still there.
    else if (this.#heard.goodbye(heard.instance, heard.host)) this.requery();
    this.#tell();
  }

  #takeTrouble(key: string, slot: Slot, { phase, systemCode }: Trouble): void {
    if (phase === 'setup') {
      this.#close([key]);
      this.#fail(key, slot.at, systemCode, slot.pauseMs);
    } else if (slot.failure?.systemCode !== systemCode) {
      this.#put(key, { ...slot, failure: toFailure(slot.at.name, systemCode) });
    }
  }

  #fail(key: string, at: LinkInterface, systemCode: string, lastPauseMs: number): void {
    const pauseMs = Math.min(Math.max(limits.mdnsRetryFirstMs, lastPauseMs * 2), limits.mdnsRetryLongestMs);
    const retryAtMs = this.#system.monotonicMs() + pauseMs;
    this.#put(key, {
      at,
      isNear: networkTest(at.networks),
      link: undefined,
      failure: toFailure(at.name, systemCode),
      retryAtMs,
      pauseMs,
    });
  }

  #put(key: string, slot: Slot): void {
    this.#slots.set(key, slot);
    if (slot.failure !== undefined) this.#options.log.warn('discovery does not work on an interface', slot.failure);
    this.#tell();
  }

  /**
   * Asks now, and again after pauses that grow. Whoever says what is known is not told it again, and a false sighting would so
   * keep a true one away: a person who looks gets every answer.
   */
  #ask(step = 0, saysKnown = true): void {
    const pauseMs = Math.min(limits.mdnsAskAtMostEveryMs * 2 ** step, limits.mdnsAskLongestMs);
    this.#later('ask', pauseMs, () => this.#ask(step + 1));
    const nowMs = this.#system.monotonicMs();
    this.#askedMs = nowMs;
    const known = saysKnown ? this.#heard.known(nowMs) : [];
    for (const slot of this.#slots.values()) slot.link?.query(known.filter(({ host }) => slot.isNear(host)));
  }

  #tell(): void {
    if (this.#timers.has('tell')) return;
    this.#later('tell', limits.mdnsTellAfterMs, () => {
      const news = JSON.stringify([this.status(), this.sightings()]);
      if (news !== this.#told) this.#changed.fire(undefined);
      this.#told = news;
    });
  }

  /** One timer for each name: setting it again replaces it. */
  #later(name: 'ask' | 'look' | 'tell', ms: number, work: () => void): void {
    this.#timers.get(name)?.dispose();
    if (this.#stopping !== undefined) return;
    const run = (): void => {
      this.#timers.delete(name);
      try {
        work();
      } catch (error) {
        this.#options.log.error('discovery failed', { error: String(error) });
      }
    };
    this.#timers.set(name, this.#system.after(ms, run));
  }
}

function toFailure(name: string, systemCode: string): InterfaceFailure {
  return { interface: name, reason: failureReason(systemCode), systemCode };
}

function instancesNear(slot: Slot, windows: readonly Pointed[]): readonly string[] {
  return [...new Set(windows.filter(({ host }) => slot.isNear(host)).map(({ instance }) => instance))];
}

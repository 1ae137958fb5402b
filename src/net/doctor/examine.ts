// One examination: all probes side by side, within a time that a person waits for.

import { FerryError } from '../../core/base/errors.ts';
import type { Facts, Here, OwnInterface, Target } from '../../core/doctor/facts.ts';
import { kindOfAddress, kindOfInterface } from '../../core/doctor/networks.ts';
import { idPrefixOf, type PeerId } from '../../core/peers/peerId.ts';
import type { PresenceConfig, PresenceState, Session } from '../../core/presence.ts';
import { chooseInterfaces } from '../discovery/interfaces.ts';
import { waysTo } from './peer.ts';
import { firewallsOf, isContainer, isWsl } from './place.ts';
import { type DoctorSystem, realDoctorSystem } from './system.ts';

export type ExamineOptions = {
  /** This window as it is, and as its settings want it. */
  readonly state: PresenceState;
  readonly config: PresenceConfig;
  readonly own: PeerId | undefined;
  readonly app: string;
  /** Whether this runs on another machine than the one that the person sits at. */
  readonly isRemote: boolean;
  readonly target?: Target | undefined;
  /** UDP port of discovery, for tests that must not hear each other. */
  readonly mdnsPort?: number | undefined;
  /** For tests: another machine than this one. */
  readonly system?: DoctorSystem;
  /** For tests: how long it may take, in milliseconds. */
  readonly limitMs?: number;
};

/** Whoever is asked answers by then or counts as silent, so that the report is there within ten seconds. */
const examineMs = 9_000;

/** An address that no network has (RFC 5737, RFC 3849): the way there is the way to the rest of the world. */
const anywhere = ['192.0.2.1', '2001:db8::1'];

/**
 * Examines this window and, where one is given, the way to a peer. Fails with ERR_CANCELLED once `stop` has ended, and never
 * otherwise.
 */
export async function examine(options: ExamineOptions, stop: AbortSignal): Promise<Facts> {
  const { state, config, system = realDoctorSystem, target } = options;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(options.limitMs ?? examineMs)]);
  const interfaces = ownInterfaces(system);
  const session = state.phase === 'online' ? state.session : undefined;
  const isOnNetwork = state.phase === 'online' && state.visibility === 'network';
  const [here, defaultVia, listener, multicast, firewalls, places] = await Promise.all([
    hereFacts(options, system),
    defaultInterface(system, interfaces),
    session === undefined ? [] : knocks(session, isOnNetwork ? interfaces : [], system, signal),
    session === undefined ? [] : questions(options, interfaces, isOnNetwork && config.discovery !== 'off', signal),
    firewallsOf(system),
    target === undefined ? [] : waysTo(target, { system, interfaces, dial: session?.dial }, signal),
  ]);
  if (stop.aborted) throw new FerryError('ERR_CANCELLED', 'the examination was cancelled');
  const isHeard = target?.expect === undefined ? undefined : hears(target.expect, multicast, session);
  const peer = target === undefined ? undefined : { ...target, isHeard, places };
  return { here, interfaces, defaultVia, listener, multicast, firewalls, peer };
}

/** Whether a peer has answered now, or is heard by discovery. */
function hears(peer: PeerId, multicast: Facts['multicast'], session: Session | undefined): boolean {
  const prefix = idPrefixOf(peer);
  return multicast.some(({ heard }) => heard.includes(prefix)) || (session?.directory.heardAt(peer).length ?? 0) > 0;
}

async function hereFacts({ state, config, own, app, isRemote }: ExamineOptions, system: DoctorSystem): Promise<Here> {
  const [inContainer, inWsl] = await Promise.all([isContainer(system), isWsl(system)]);
  const { visibility, discovery, port: wantedPort, interfaces: pins } = config;
  return {
    ...{ platform: system.platform, own, app, isRemote, isContainer: inContainer, isWsl: inWsl },
    ...{ phase: state.phase, discovery, pins, wantedPort },
    visibility: state.phase === 'online' ? state.visibility : visibility,
    ...(state.phase === 'online' ? { port: state.session.port } : {}),
    ...(state.phase === 'failed' ? { failure: state.error.code } : {}),
  };
}

function ownInterfaces({ interfaces }: DoctorSystem): readonly OwnInterface[] {
  return Object.entries(interfaces()).map(([name, infos = []]) => ({
    name,
    kind: kindOfInterface(
      name,
      infos.map(({ address }) => address),
    ),
    addresses: infos.map(({ address, cidr }) => ({ address, kind: kindOfAddress(address), network: cidr ?? `${address}/128` })),
  }));
}

async function defaultInterface(system: DoctorSystem, interfaces: readonly OwnInterface[]): Promise<string | undefined> {
  const sources = await Promise.all(anywhere.map((ip) => system.sourceTowards(ip)));
  const source = sources.find((one) => one !== undefined);
  return interfaces.find(({ addresses }) => addresses.some(({ address }) => address === source))?.name;
}

/** Whether the listener is reached at loopback and at each address that others would use. */
function knocks(
  { port }: Session,
  interfaces: readonly OwnInterface[],
  system: DoctorSystem,
  signal: AbortSignal,
): Promise<Facts['listener']> {
  const outer = interfaces.filter(({ kind }) => kind !== 'loopback').flatMap(({ addresses }) => addresses);
  // Link-local addresses need a zone, which tells nothing new.
  const hosts = outer.flatMap(({ address, kind }) => (kind === 'linkLocal' ? [] : [address]));
  return Promise.all(['127.0.0.1', ...hosts].map(async (host) => ({ host, knock: await system.knock({ host, port }, signal) })));
}

/** A question on each interface that discovery uses. */
async function questions(
  { config, own, target, mdnsPort: port = 5353, system = realDoctorSystem }: ExamineOptions,
  interfaces: readonly OwnInterface[],
  isOnNetwork: boolean,
  signal: AbortSignal,
): Promise<Facts['multicast']> {
  const [chosen] = chooseInterfaces(isOnNetwork ? 'network' : 'loopback', config.interfaces, system.interfaces());
  const used = isOnNetwork ? chosen.slice(1) : chosen;
  const addresses = new Set(interfaces.flatMap((one) => one.addresses.map(({ address }) => address)));
  const isOwn = (host: string): boolean => addresses.has(host.replace(/%.*$/, ''));
  const ownPrefix = prefixOf(own);
  const wanted = prefixOf(target?.expect);
  return Promise.all(used.map((at) => system.multicast({ at, port, ownPrefix, wanted, isOwn }, signal)));
}

function prefixOf(peer: PeerId | undefined): string | undefined {
  return peer === undefined ? undefined : idPrefixOf(peer);
}

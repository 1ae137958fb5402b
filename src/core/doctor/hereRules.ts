// The rules for this window and its machine. How much a rule weighs depends on whom the person asks about: a peer on this very
// machine needs no network.

import type { Finding, Weight } from './causes.ts';
import type { Facts, MulticastFacts, OwnInterface } from './facts.ts';
import { isIpv6 } from './networks.ts';

/** What stands in the way on this side. */
export function hereFindings(facts: Facts): readonly Finding[] {
  const rules = [presence, macOs, interfaces, listening, multicast, families, ways, surroundings, silence];
  return rules.flatMap((rule) => rule(facts));
}

/** Whether somebody else's machine is meant, as it is where nobody is named. */
function isFar({ peer }: Facts): boolean {
  return peer === undefined || peer.places.length === 0 || peer.places.some(({ isHere }) => !isHere);
}

/** Whether the peer that was asked about answers, so that the way to it needs no further cause. */
function isReached({ peer }: Facts): boolean {
  return peer?.places.some(({ answer }) => answer?.kind === 'ferry' && answer.peerId === (peer.expect ?? answer.peerId)) === true;
}

/** A cause that hinders peers on the network as much as `weight` says, and is only a note where the way is open. */
function unlessReached(facts: Facts, weight: Weight): Weight {
  return isReached(facts) ? 'note' : weight;
}

/** The interfaces that lead to other machines. */
function outer({ interfaces: all }: Facts): readonly OwnInterface[] {
  return all.filter(({ kind, addresses }) => kind !== 'loopback' && addresses.length > 0);
}

function isOnNetwork({ here }: Facts): boolean {
  return here.phase === 'online' && here.visibility === 'network';
}

function presence(facts: Facts): readonly Finding[] {
  const { phase, failure = 'ERR_UNEXPECTED', visibility, discovery, wantedPort, port } = facts.here;
  if (phase === 'failed') return [{ cause: 'cannotStart', code: failure, weight: 'cause' }];
  if (phase !== 'online') return [{ cause: 'offline', weight: 'cause' }];
  const found: Finding[] = [];
  if (visibility !== 'network' && isFar(facts)) {
    found.push({ cause: 'thisMachineOnly', weight: isReached(facts) ? 'likely' : 'cause' });
  } else if (discovery !== 'on') {
    found.push({ cause: 'notAnnounced', discovery, weight: unlessReached(facts, 'likely') });
  }
  if (wantedPort !== 0 && port !== undefined && port !== wantedPort) {
    found.push({ cause: 'portTaken', wanted: wantedPort, used: port, weight: 'likely' });
  }
  return found;
}

/** On macOS whoever may not use the local network is told that no route leads there, wherever on it the packet should go. */
function macOs({ here, multicast: probes, peer }: Facts): readonly Finding[] {
  if (here.platform !== 'darwin') return [];
  const isRefused =
    probes.some(({ sent }) => sent === 'unreachable') ||
    peer?.places.some(({ onLink, knock }) => onLink !== undefined && knock === 'unreachable') === true;
  return isRefused ? [{ cause: 'localNetworkDenied', weight: 'cause' }] : [];
}

function interfaces(facts: Facts): readonly Finding[] {
  if (!isOnNetwork(facts)) return [];
  if (outer(facts).length === 0) return [{ cause: 'noNetwork', weight: isFar(facts) ? 'cause' : 'note' }];
  const [pin] = facts.here.pins;
  return pin === undefined ? [] : pins(facts, pin);
}

/** Discovery may look on the wrong side: where the settings name interfaces, the others are left out. */
function pins(facts: Facts, pin: string): readonly Finding[] {
  const { here, peer, multicast: probes } = facts;
  const missing = here.pins.find((one) => !facts.interfaces.some((other) => isPinned(other, [one])));
  if (missing !== undefined) return [{ cause: 'interfaceMissing', interface: missing, weight: unlessReached(facts, 'cause') }];
  const leftOut = outer(facts).filter((one) => one.kind === 'network' && !isPinned(one, here.pins));
  if (peer === undefined) {
    const isSilent = probes.every(({ heard }) => heard.length === 0);
    return leftOut.length > 0 && isSilent ? [{ cause: 'wrongInterface', interface: pin, weight: 'likely' }] : [];
  }
  const there = leftOut.find(({ name }) => peer.places.some(({ onLink, isHere }) => !isHere && onLink === name))?.name;
  if (there === undefined) return [];
  // By its address it is reached all the same.
  const weight = !isReached(facts) ? 'cause' : peer.isHeard === false ? 'likely' : 'note';
  return [{ cause: 'wrongInterface', interface: pin, there, weight }];
}

function isPinned({ name, addresses }: OwnInterface, pins: readonly string[]): boolean {
  return pins.includes(name) || addresses.some(({ address }) => pins.includes(address));
}

/** A port that loopback reaches and another address of this machine does not, is shut by a filter on this machine. */
function listening(facts: Facts): readonly Finding[] {
  const { listener, here } = facts;
  if (!isOnNetwork(facts) || here.port === undefined) return [];
  const shut = listener.find(({ knock }) => ['timeout', 'refused', 'denied', 'closed'].includes(knock));
  if (shut === undefined) return [];
  return [{ cause: 'listenerFiltered', address: shut.host, port: here.port, weight: isFar(facts) ? 'cause' : 'note' }];
}

function multicast(facts: Facts): readonly Finding[] {
  const { here, multicast: probes } = facts;
  // IPv6 is extra where anything else works: many interfaces have such an address and nobody to talk to.
  const works = probes.some(isWorking);
  const failing = probes.filter((probe) => !isWorking(probe) && !(probe.family === 6 && works));
  return failing.flatMap((probe): readonly Finding[] => {
    const { sent, interface: name } = probe;
    if (sent === 'unreachable' && here.platform === 'darwin') return [];
    const weight = unlessReached(facts, 'cause');
    if (sent === 'portTaken') return [{ cause: 'mdnsTaken', interface: name, weight }];
    if (sent === 'yes' || sent === 'notPermitted') return [{ cause: 'mdnsFiltered', interface: name, weight }];
    return [{ cause: 'mdnsFailed', interface: name, weight: unlessReached(facts, 'likely') }];
  });
}

function isWorking({ sent, heardItself }: MulticastFacts): boolean {
  return sent === 'yes' && heardItself;
}

function families(facts: Facts): readonly Finding[] {
  if (!isOnNetwork(facts)) return [];
  const addresses = outer(facts).flatMap((one) => one.addresses.map(({ address }) => address));
  const ours = addresses.every(isIpv6) ? 6 : 4;
  if (addresses.length === 0 || !addresses.every((address) => isIpv6(address) === (ours === 6))) return [];
  const far = facts.peer?.places.filter(({ isHere }) => !isHere) ?? [];
  const other = far.find(({ host }) => host !== undefined && isIpv6(host) !== (ours === 6))?.host;
  // One way in the family that both have is enough.
  if (other === undefined || far.some(({ host }) => host !== undefined && isIpv6(host) === (ours === 6))) {
    return ours === 6 ? [{ cause: 'oneFamily', ours, weight: 'note' }] : [];
  }
  return [{ cause: 'oneFamily', ours, address: other, weight: unlessReached(facts, 'cause') }];
}

/** A VPN that takes the way to the local network, or to everything. */
function ways(facts: Facts): readonly Finding[] {
  const kindOf = (name: string | undefined): string | undefined => facts.interfaces.find((one) => one.name === name)?.kind;
  const taken = facts.peer?.places.find(({ onLink, via, isHere }) => !isHere && onLink !== undefined && via !== onLink);
  if (taken?.via !== undefined && kindOf(taken.via) === 'vpn' && taken.host !== undefined) {
    return [{ cause: 'vpn', interface: taken.via, address: taken.host, weight: unlessReached(facts, 'cause') }];
  }
  if (facts.defaultVia === undefined || kindOf(facts.defaultVia) !== 'vpn') return [];
  return [{ cause: 'vpn', interface: facts.defaultVia, weight: isReached(facts) || !isOnNetwork(facts) ? 'note' : 'likely' }];
}

/** A machine within a machine. */
function surroundings(facts: Facts): readonly Finding[] {
  const { here } = facts;
  const weight = unlessReached(facts, isFar(facts) ? 'likely' : 'note');
  const found: Finding[] = [];
  // With mirrored networking, WSL has the addresses of Windows instead.
  const isNat = outer(facts).some(({ addresses }) => addresses.some(({ network }) => /^172\.\d+\.\d+\.\d+\/20$/.test(network)));
  if (here.isWsl && isNat) found.push({ cause: 'wslNat', weight: unlessReached(facts, 'cause') });
  // Where others are heard, discovery gets out of this one.
  const isHeard = facts.multicast.some(({ heard }) => heard.length > 0);
  if (here.isContainer) found.push({ cause: 'container', weight: isHeard ? 'note' : weight });
  if (here.isRemote) found.push({ cause: 'remoteWindow', weight });
  return found;
}

/** Nothing fails, and still nobody is heard. */
function silence(facts: Facts): readonly Finding[] {
  const { here, firewalls, multicast: probes, peer } = facts;
  if (!isOnNetwork(facts) || here.port === undefined) return [];
  const isSilent = probes.every(({ heard }) => heard.length === 0);
  const weight: Weight = isSilent && peer === undefined ? 'likely' : 'note';
  const found: Finding[] = [];
  if (isSilent && here.discovery !== 'off' && probes.some(isWorking)) found.push({ cause: 'nobodyHeard', weight });
  for (const firewall of firewalls) found.push({ cause: 'firewall', firewall, port: here.port, weight });
  return found;
}

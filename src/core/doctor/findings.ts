// The causes that the doctor knows, and their order: what keeps two peers apart for certain stands first, what may do so follows,
// and what is only good to know comes last.

import type { ErrorCode } from '../base/errors.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { Facts, Firewall } from './facts.ts';
import { hereFindings } from './hereRules.ts';
import { peerFindings } from './peerRules.ts';

/** Nothing that would have to be told beside it. */
type None = object;
type At = { readonly address: string };
type On = { readonly interface: string };

/** Why peers do not find or reach each other: each cause with the facts that show it. */
type Causes = {
  readonly cannotStart: { readonly code: ErrorCode };
  readonly offline: None;
  readonly thisMachineOnly: None;
  readonly notAnnounced: { readonly discovery: 'hidden' | 'off' };
  readonly portTaken: { readonly wanted: number; readonly used: number };
  readonly noNetwork: None;
  /** The only family of addresses that this machine has, and an address of the other one that is to be reached. */
  readonly oneFamily: { readonly ours: 4 | 6; readonly address?: string };
  readonly localNetworkDenied: None;
  readonly wslNat: None;
  readonly container: None;
  readonly remoteWindow: None;
  readonly mdnsTaken: On;
  readonly mdnsFiltered: On;
  readonly mdnsFailed: On;
  readonly nobodyHeard: None;
  readonly peerNotHeard: None;
  readonly interfaceMissing: On;
  /** `interface` is one that the settings name, `there` the one that leads to the peer. */
  readonly wrongInterface: On & { readonly there?: string };
  readonly listenerFiltered: At & { readonly port: number };
  readonly firewall: { readonly firewall: Firewall; readonly port: number };
  /** `address`: one of the local network that the VPN takes away from it. */
  readonly vpn: On & { readonly address?: string };
  readonly tcpDenied: At;
  readonly tcpFiltered: At;
  readonly apart: At;
  readonly elsewhere: At;
  readonly noAddress: None;
  readonly nameUnknown: At;
  readonly notListening: At;
  readonly noFerry: At;
  readonly ownAddress: At;
  readonly blockedHere: None;
  readonly rejectedThere: None;
  readonly clonedIdentity: At;
  readonly keyChanged: At & { readonly expected: PeerId; readonly found: PeerId };
  /** `theirs`: the version of Ferry over there, where it tells one. `speaks`: whether the two understand each other. */
  readonly versionsDiffer: { readonly ours: string; readonly theirs: string | undefined; readonly speaks: boolean };
};

export type CauseName = keyof Causes;

/** `cause`: this alone keeps the two apart. `likely`: it often does. `note`: it does not, but it is good to know. */
export type Weight = 'cause' | 'likely' | 'note';

/** A finding of one of these causes. */
export type FindingOf<Name extends CauseName> = {
  readonly [One in Name]: { readonly cause: One; readonly weight: Weight } & Causes[One];
}[Name];

export type Finding = FindingOf<CauseName>;

const weights: readonly Weight[] = ['cause', 'likely', 'note'];

/** What the facts mean, the weightiest first; each cause stands once. Empty where nothing is wrong that can be seen from here. */
export function findingsOf(facts: Facts): readonly Finding[] {
  const found = [...peerFindings(facts), ...hereFindings(facts)];
  const ranked = found.toSorted((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight));
  return ranked.filter((finding, index) => ranked.findIndex(({ cause }) => cause === finding.cause) === index);
}

// The causes that the doctor knows, each with the facts that show it, and how much a finding weighs.

import type { ErrorCode } from '../base/errors.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { Firewall } from './facts.ts';

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

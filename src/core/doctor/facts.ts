// What the doctor sees: facts that probes gathered and nobody judged yet. `findings.ts` says what they mean.

import type { ErrorCode } from '../base/errors.ts';
import type { Address } from '../peers/address.ts';
import type { UnreachableReason } from '../peers/link.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { FailureReason } from '../peers/sightings.ts';
import type { DiscoveryChoice, Visibility } from '../presence.ts';
import type { AddressKind, InterfaceKind } from './networks.ts';

/** Everything that one examination has seen. */
export type Facts = {
  readonly here: Here;
  readonly interfaces: readonly OwnInterface[];
  /** The interface by which packets for the rest of the world leave; undefined where there is none. */
  readonly defaultVia: string | undefined;
  /** Whether this window's own port is reached at each address of this machine. */
  readonly listener: readonly { readonly host: string; readonly knock: Knock }[];
  readonly multicast: readonly MulticastFacts[];
  /** Those that are active here, as far as anybody may see that: a hint and no more. */
  readonly firewalls: readonly Firewall[];
  /** The peer that was asked about. */
  readonly peer: PeerFacts | undefined;
};

/** What this window and its machine are. */
export type Here = {
  /** As Node names it: linux, darwin, win32. */
  readonly platform: string;
  /** This person's own ID, once it is known, and the version of Ferry. */
  readonly own: PeerId | undefined;
  readonly app: string;
  readonly isRemote: boolean;
  readonly isContainer: boolean;
  readonly isWsl: boolean;
  readonly phase: 'offline' | 'starting' | 'online' | 'failed';
  /** Why it could not go online. */
  readonly failure?: ErrorCode;
  readonly visibility: Visibility;
  readonly discovery: DiscoveryChoice;
  /** Where peers may be looked for as the settings say, by name or address; everywhere where it is empty. */
  readonly pins: readonly string[];
  /** The TCP port that the settings want, 0 for any, and the one that is listened on. */
  readonly wantedPort: number;
  readonly port?: number;
};

export type OwnAddress = {
  readonly address: string;
  readonly kind: AddressKind;
  /** Its network in CIDR notation. */
  readonly network: string;
};

export type OwnInterface = { readonly name: string; readonly kind: InterfaceKind; readonly addresses: readonly OwnAddress[] };

/** What came of opening a TCP connection. */
export type Knock = 'open' | UnreachableReason;

/** A question of our own to everybody on one interface. */
export type MulticastFacts = {
  readonly interface: string;
  readonly family: 4 | 6;
  readonly sent: 'yes' | FailureReason;
  /** Whether the system gave us our own question back, as it does where nothing filters. */
  readonly heardItself: boolean;
  /** Whether this window answered it. */
  readonly heardOwnAnswer: boolean;
  /** Beginnings of the peer IDs that others answered with. */
  readonly heard: readonly string[];
};

export type Firewall = 'ufw' | 'firewalld' | 'nftables' | 'iptables' | 'Windows Defender Firewall';

/** Whom an examination is about. */
export type Target = {
  /** Its name, fit for the screen. */
  readonly name: string;
  /** The key that is expected; any where it is not known. */
  readonly expect: PeerId | undefined;
  readonly addresses: readonly Address[];
  /** Whether this person has blocked it. */
  readonly isBlocked: boolean;
};

export type PeerFacts = Target & {
  /** Whether it answered the question to everybody; undefined where its key is not known. */
  readonly isHeard: boolean | undefined;
  /** One for each address of each of its names, in the order in which they are tried. */
  readonly places: readonly PlaceFacts[];
};

/** One way to a peer, step by step as far as it went. */
export type PlaceFacts = {
  readonly address: Address;
  /** The IP address; undefined where the name has none. */
  readonly host: string | undefined;
  /** Whether it is one of this machine's own. */
  readonly isHere: boolean;
  /** The interface by which packets to it leave; undefined where no route leads there. */
  readonly via: string | undefined;
  /** The interface on whose network it is. */
  readonly onLink: string | undefined;
  /** Whether hardware there answers; undefined where the system does not tell. */
  readonly isThere: boolean | undefined;
  readonly knock: Knock;
  /** Who answered; undefined where nobody could be asked. */
  readonly answer: Answer | undefined;
};

export type Answer =
  | { readonly kind: 'ferry'; readonly peerId: PeerId; readonly app: string }
  /** The very window that asks. */
  | { readonly kind: 'ourselves' }
  /** Ferry, in a version that answers otherwise. */
  | { readonly kind: 'otherVersion'; readonly peerId: PeerId }
  /** A peer that this person has blocked, and that was therefore asked nothing. */
  | { readonly kind: 'blockedHere' }
  /** Ferry that takes no requests from this person. */
  | { readonly kind: 'rejected' }
  /** The connection opened, and then nothing of Ferry came. */
  | { readonly kind: 'noFerry'; readonly code: ErrorCode };

/** Examines this window and, where one is given, the way to a peer. Never fails but with ERR_CANCELLED. */
export type Examine = (target: Target | undefined, signal: AbortSignal) => Promise<Facts>;

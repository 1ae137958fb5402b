// A link to one window of a peer, as core asks it of the world: the network zone fulfils it, tests may bring their own.

import type { PairingChannel } from '../pairing/channel.ts';
import type { ItemBody, RunningHash } from '../receiving/store.ts';
import type { ItemHash } from '../sending/itemHash.ts';
import type { Call } from '../wire/calls.ts';
import type { Address } from './address.ts';
import type { PeerId } from './peerId.ts';

/** A connection to one window of a peer whose certificate was checked. One request runs on it at a time. */
export type PeerLink = Pick<PairingChannel, 'exportedKey' | 'onEnd'> & {
  readonly peerId: PeerId;
  readonly address: Address;
  /**
   * Makes a call, on a new connection where the last one ended after its answer. Fails with the code of the peer's problem, with
   * ERR_MESSAGE_INVALID or ERR_MESSAGE_UNEXPECTED for an answer that the call cannot have, with what dialling fails with, or with
   * ERR_CONNECTION_LOST, ERR_TIMEOUT or ERR_CANCELLED.
   */
  call<Answer>(call: Call<Answer>, signal: AbortSignal): Promise<Answer>;
  /**
   * Sends an item, or what follows its byte `from`, with the digest of all of it as the trailer; gives the SHA-256. Fails as
   * `call` and as `bytes`.
   */
  put(request: PutRequest, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * Asks for the bytes of something that is shared, and gives what `take` makes of them, which has to take them all. Fails as
   * `call` and `take`, and with ERR_MESSAGE_INVALID for an answer that is none to what was asked.
   */
  fetch<T>(request: FetchRequest, take: (body: ItemBody, from: number) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** A SHA-256 over chunks. */
  createHash(): RunningHash;
  /** Makes a call on a connection of its own where this one is in use. Never fails: it is a courtesy. */
  tell(call: Call<void>): Promise<void>;
  /** Ends the connection. Idempotent. */
  close(): void;
};

export type FetchRequest = {
  readonly id: string;
  /** What it was described as; it has to be that still. */
  readonly etag: string;
  readonly size: number;
  /** The first byte that is wanted. The answer may begin with the first of all: `take` is told. */
  readonly from: number;
};

export type PutRequest = {
  readonly offerId: string;
  readonly n: number;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The byte that `bytes` begin with; 0 for all of the item. */
  readonly from: number;
  /** What has left of the item, and takes what leaves now. */
  readonly hash: ItemHash;
  /** All of the item, where `hash` has not taken what comes before `from`. */
  readonly whole?: AsyncIterable<Uint8Array>;
  /** How many bytes may be sent beyond those that the peer keeps. */
  readonly ahead?: number;
  /** Whether the digest of this request's own bytes is sent as well. */
  readonly provesRest?: boolean;
  /** Called with the bytes of this request that are sent. */
  readonly onSent: (bytes: number) => void;
  /**
   * Whether a source that fails ends the body, for the peer to refuse, and not the connection: the other items of the offer can
   * go on then. `put` fails as the source does either way.
   */
  readonly mayEndEarly?: boolean;
};

/** Why nothing answers: for the hint that the person gets. `denied`: by this machine. */
export type UnreachableReason = 'refused' | 'timeout' | 'unreachable' | 'denied' | 'name' | 'closed' | 'other';

/**
 * Opens a link. With `expect` the peer must have that ID, else ERR_PEER_MISMATCH. Fails with ERR_PEER_UNREACHABLE (its detail
 * `reason` is an UnreachableReason), or ERR_CONNECTION_LOST during the handshake.
 */
export type Dial = (address: Address, expect: PeerId | undefined, signal: AbortSignal) => Promise<PeerLink>;

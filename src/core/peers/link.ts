// What core asks of the world: the network and the disk give it these, the editor hands them over, tests may bring their own.

import type { Event } from '../base/event.ts';
import type { Offer, OfferAnswer } from '../wire/item.ts';
import type { PairingAnswer, PairingRequest, PeerInfo } from '../wire/messages.ts';
import type { Address } from './address.ts';
import type { PeerId } from './peerId.ts';

/** A connection to one window of a peer whose certificate was checked. One request runs on it at a time. */
export type PeerLink = {
  readonly peerId: PeerId;
  readonly address: Address;
  /** `GET /v1/peer`. */
  info(signal: AbortSignal): Promise<PeerInfo>;
  /** `POST /v1/offers`: waits for the person. Fails with the code of the peer's problem, or ERR_CONNECTION_LOST. */
  offer(offer: Offer, signal: AbortSignal): Promise<OfferAnswer>;
  /** `PUT /v1/offers/{id}/items/{n}` with the digest of what was sent as its trailer; gives the SHA-256. */
  put(request: PutRequest, signal: AbortSignal): Promise<Uint8Array>;
  /** `DELETE /v1/offers/{id}`, on a connection of its own when this one is in use. Never fails: it is a courtesy. */
  withdraw(offerId: string): Promise<void>;
  /** Ends the connection. Idempotent. */
  close(): void;
};

/** A link on which two peers can pair. A pairing runs on one connection from its first call to its last. */
export type PairingLink = PeerLink & {
  /** 32 bytes that the two ends of this connection have and nobody else (RFC 8446 section 7.5). Fails with ERR_CONNECTION_LOST. */
  exportedKey(): Uint8Array;
  /** Fires once, when the connection ends; at once where it has ended already. */
  readonly onEnd: Event<void>;
  /** `POST /v1/pairings`. Fails, as the calls below, with the code of the peer's problem, or ERR_CONNECTION_LOST. */
  beginPairing(request: PairingRequest, signal: AbortSignal): Promise<PairingAnswer>;
  /** `POST /v1/pairings/{id}`: `nonce` is what was committed to, in base64url. */
  revealPairing(id: string, nonce: string, signal: AbortSignal): Promise<void>;
  /** `POST /v1/pairings/{id}/confirmation`: waits for the person there. */
  confirmPairing(id: string, signal: AbortSignal): Promise<void>;
  /** `DELETE /v1/pairings/{id}`, on a connection of its own when this one is in use. Never fails: it is a courtesy. */
  withdrawPairing(id: string): Promise<void>;
};

/** The connection that a call of a pairing came on. */
export type PairingChannel = {
  /** The same object for every call on one connection. */
  readonly connection: object;
  /** As in PairingLink. */
  exportedKey(): Uint8Array;
  /** As in PairingLink. */
  readonly onEnd: Event<void>;
};

export type PutRequest = {
  readonly offerId: string;
  readonly n: number;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly onSent: (bytes: number) => void;
};

/**
 * Opens a link. With `expect` the peer must have that ID, else ERR_PEER_MISMATCH. Fails with ERR_PEER_UNREACHABLE (its detail
 * `reason` says how: refused, timeout, unreachable, name, local-network), or ERR_CONNECTION_LOST during the handshake.
 */
export type Dial<Link extends PeerLink = PeerLink> = (
  address: Address,
  expect: PeerId | undefined,
  signal: AbortSignal,
) => Promise<Link>;

/** Where an accepted item lands: in the person's folder, or in Ferry's own storage to be printed or shown from there. */
export type Landing = 'folder' | 'storage';

/** The disk that receives. */
export type ReceiveStore = {
  /** Checks folder and space before a byte moves. Fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE. */
  prepare(landing: Landing, bytes: number): Promise<void>;
  /** Opens a part file for a name already made safe. */
  create(landing: Landing, name: string): Promise<PartFile>;
  /** A SHA-256 over chunks. */
  createHash(): { update(chunk: Uint8Array): unknown; digest(): Uint8Array };
};

/** A file that is not there yet under its name. Ends with publish or discard. */
export type PartFile = {
  /** Appends. May return before the bytes are on disk; a failure then comes with a later call. */
  write(chunk: Uint8Array): Promise<void>;
  /** Waits for all writes. */
  finish(): Promise<void>;
  /** Gives the file its name, or a numbered one where that is taken, without ever replacing a file; gives the full path. */
  publish(): Promise<string>;
  /** Removes it. Idempotent, never fails. */
  discard(): Promise<void>;
};

/** The body of an item as it arrives. */
export type ItemBody = {
  /** Fails with ERR_CONNECTION_LOST or ERR_TIMEOUT where the bytes stop coming. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** After the end of `bytes`: the digest that the sender gave in the trailer. */
  digest(): Promise<Uint8Array | undefined>;
  /** Makes `bytes` end with this error. */
  abort(error: Error): void;
};

// Messages: texts between two people, each under an id, in a thread for each peer.

import type { ErrorCode } from '../base/errors.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { NamedPeer } from '../peers/peers.ts';

/** What has become of a message: `received` of one that came, one of the others of one that this person wrote. */
export type MessageState =
  | { readonly phase: 'received' }
  /** The peer is away, or has not answered yet. */
  | { readonly phase: 'waiting' }
  | { readonly phase: 'delivered' }
  | { readonly phase: 'refused'; readonly code: ErrorCode }
  /** The peer did not come back in time. */
  | { readonly phase: 'expired' };

export type Message = {
  /** Chosen by whoever wrote it, 128 random bits in base64url. */
  readonly id: string;
  readonly peer: PeerId;
  /** As it came; not yet fit for the screen. */
  readonly text: string;
  /** When it came, or was written here, in milliseconds since 1970; no two of a thread have the same. */
  readonly at: number;
  /** When its sender says it was written, where that is told: a hint. */
  readonly sentAt?: string;
  readonly state: MessageState;
};

/** All messages with one peer that are kept, the oldest first. */
export type Thread = {
  readonly peer: NamedPeer;
  readonly messages: readonly Message[];
  /** How many came that the person has not looked at. */
  readonly unread: number;
};

/** Whether a message came from the peer. */
export function isIncoming({ state }: Message): boolean {
  return state.phase === 'received';
}

/** What tells messages apart: whoever chose the id, and the id. */
export function messageKey(message: Message): string {
  return `${isIncoming(message) ? 'in' : 'out'}/${message.peer}/${message.id}`;
}

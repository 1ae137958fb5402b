// Messages as the journal keeps them: pages of a thread, and up to where the person has looked at it. What is read back is
// `unknown` until it passed here.

import * as v from 'valibot';

import { errorCodes } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isPeerId, type PeerId } from '../peers/peerId.ts';
import type { NamedPeer } from '../peers/peers.ts';
import { messageText, sentAt, token } from '../wire/messages.ts';
import type { Message } from './message.ts';

/** Some messages of one thread, the oldest first, which are written and removed together. */
export type Page = { readonly key: string; readonly peer: NamedPeer; readonly messages: readonly Message[] };

/** Up to which message of a thread, by its `at`, the person has looked at it. */
export type Look = { readonly peer: PeerId; readonly at: number };

const peerId = v.custom<PeerId>((value) => typeof value === 'string' && isPeerId(value));
const name = v.pipe(v.string(), v.maxBytes(limits.displayNameBytes));
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const state = v.variant('phase', [
  v.object({ phase: v.picklist(['received', 'waiting', 'delivered', 'expired']) }),
  v.object({ phase: v.literal('refused'), code: v.picklist(errorCodes) }),
]);
const message = v.object({ id: token, text: messageText, at: time, sentAt: v.exactOptional(sentAt), state });
const page = v.object({
  peer: v.object({ id: peerId, name }),
  messages: v.pipe(v.array(message), v.minLength(1), v.maxLength(limits.messagesKeptPerPeer)),
});
const look = v.object({ peer: peerId, at: time });

const prefix = 'messages/';

/** All keys of the thread with a peer begin so. */
function threadPrefix(peer: PeerId): string {
  return `${prefix}${peer}/`;
}

/** What is kept under is `name`: a token for a page. */
export function pageKey(peer: PeerId, name: string): string {
  return `${threadPrefix(peer)}${name}`;
}

/** Under which key it stands how far the person has looked at a thread. */
export function lookKey(peer: PeerId): string {
  return `${threadPrefix(peer)}look`;
}

/** Whether a key of the journal is one of messages. */
export function isOfMessages(key: string): boolean {
  return key.startsWith(prefix);
}

/** A page as a record. */
export function recordOfPage({ peer, messages }: Page): unknown {
  return {
    peer: { id: peer.id, name: peer.name },
    messages: messages.map((kept) => ({ ...kept, peer: undefined })),
  };
}

/** Reads a page; undefined where the record is none, or that of another key. */
export function pageOf(key: string, value: unknown): Page | undefined {
  const result = v.safeParse(page, value);
  if (!result.success || !key.startsWith(threadPrefix(result.output.peer.id))) return undefined;
  const { peer, messages } = result.output;
  return { key, peer, messages: messages.map((kept) => ({ ...kept, peer: peer.id })) };
}

/** Reads how far the person has looked at a thread; undefined where the record says nothing of that. */
export function lookOf(key: string, value: unknown): Look | undefined {
  const result = v.safeParse(look, value);
  return result.success && key === lookKey(result.output.peer) ? result.output : undefined;
}

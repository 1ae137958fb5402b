// The JSON messages of the wire: one parser per message turns `unknown` into a typed, bounded value or fails with
// ERR_MESSAGE_INVALID. Members that this version does not know are left out, so that later versions can add some.

import * as v from 'valibot';

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isBlobId, isContextPath, isLines } from './context.ts';
import type { Offer, OfferAnswer, PlainItem } from './item.ts';
import { isMediaType } from './mediaType.ts';
import { base64Url32, type SealKeyJwk } from './sealKey.ts';

/** What `GET /v1/peer` tells. `focusedMsAgo`: time since this window was last focused, 0 when it is. */
export type PeerInfo = {
  readonly protocol: 1;
  readonly name: string;
  readonly app: string;
  readonly window: string;
  readonly focusedMsAgo: number;
  readonly capabilities: readonly string[];
  readonly sealKey?: SealKeyJwk | undefined;
  /** What is open in the window: for peers with the same key alone. */
  readonly workspace?: string | undefined;
};

/** One entry of a shared folder. `size` in bytes, of a file; `modified` in milliseconds since 1970. */
export type SharedEntry = {
  readonly id: string;
  readonly kind: 'file' | 'folder';
  readonly name: string;
  readonly size?: number;
  readonly modified?: number;
};

/** The answer to `GET /v1/shared`: some entries, and what to ask for the next ones with. */
export type SharedPage = { readonly entries: readonly SharedEntry[]; readonly next?: string };

/** The answer to `GET /v1/shared/{id}/item`. `etag`: what tells these bytes from all others, in quotes as in its field. */
export type SharedItem = { readonly item: PlainItem; readonly etag: string };

/** The body of `POST /v1/pairings`. `commitment`: a SHA-256 in base64url. */
export type PairingRequest = { readonly name: string; readonly commitment: string };

/** The answer to it. `nonce`: 32 bytes in base64url. */
export type PairingAnswer = { readonly id: string; readonly nonce: string };

/** The body of `POST /v1/messages`. `sentAt`: when it was written, by the sender's clock, as RFC 3339 writes times in UTC. */
export type TextMessage = {
  readonly id: string;
  readonly sender: { readonly name: string };
  readonly text: string;
  readonly sentAt?: string;
};

/**
 * Every text of a message begins here. JSON can spell half a surrogate pair, which no UTF-8 can hold: it is refused before it
 * becomes another name on a disk than on the screen.
 */
const text = v.pipe(
  v.string(),
  v.check((value) => value.isWellFormed()),
);
const name = v.pipe(text, v.maxBytes(limits.displayNameBytes));
const fileName = v.pipe(text, v.minLength(1), v.maxBytes(4 * limits.nameBytes));
export const token = v.pipe(text, v.regex(/^[A-Za-z0-9_-]{22}$/));
const word = v.pipe(text, v.maxLength(64));
const mediaType = v.pipe(text, v.maxLength(127), v.check(isMediaType));
const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(limits.itemBytes));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(limits.itemsPerOffer - 1));
const entries = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(limits.folderEntries));
const path = v.pipe(text, v.minLength(1), v.maxBytes(limits.folderNameToldBytes));
const bytes32 = v.pipe(text, v.regex(base64Url32));

const peerInfo = v.object({
  protocol: v.literal(1),
  name,
  app: word,
  window: token,
  focusedMsAgo: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  capabilities: v.pipe(v.array(word), v.maxLength(32)),
  sealKey: v.optional(v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: bytes32, y: bytes32 })),
  workspace: v.optional(name),
});

const context = v.object({
  languageId: v.exactOptional(word),
  encoding: v.exactOptional(word),
  path: v.exactOptional(v.pipe(text, v.check(isContextPath))),
  lines: v.exactOptional(v.pipe(text, v.check(isLines))),
  blob: v.exactOptional(v.pipe(text, v.check(isBlobId))),
});

export const plainItem = v.object({
  kind: v.picklist(['file', 'dictionary', 'folder', 'snippet']),
  name: fileName,
  size: bytes,
  mediaType,
  context: v.exactOptional(context),
  folder: v.exactOptional(
    v.object({
      files: entries,
      folders: entries,
      names: v.pipe(v.array(path), v.maxLength(limits.folderNamesTold), v.readonly()),
    }),
  ),
});

const sealedItem = v.object({
  kind: v.literal('sealed'),
  size: bytes,
  form: v.picklist(['compact', 'records']),
  for: v.picklist(['key', 'passphrase']),
});

export const offer = v.object({
  id: token,
  sender: v.object({ name }),
  items: v.pipe(v.array(v.variant('kind', [plainItem, sealedItem])), v.minLength(1), v.maxLength(limits.itemsPerOffer)),
});

const acceptedItem = v.object({
  n: count,
  from: bytes,
  complete: v.exactOptional(v.boolean()),
  ahead: v.exactOptional(v.pipe(bytes, v.minValue(limits.aheadLeastBytes))),
});
const offerAnswer = v.object({
  items: v.pipe(v.array(acceptedItem), v.minLength(1), v.maxLength(limits.itemsPerOffer)),
});

/** One component of a path: nothing that leads elsewhere. */
const entryName = v.pipe(
  fileName,
  v.check((value) => value !== '.' && value !== '..' && !/[/\0]/.test(value)),
);
const sharedId = v.pipe(text, v.maxLength(limits.sharedIdBytes), v.regex(/^[A-Za-z0-9_-]+$/));
const sharedPage = v.object({
  entries: v.pipe(
    v.array(
      v.object({
        id: sharedId,
        kind: v.picklist(['file', 'folder']),
        name: entryName,
        size: v.exactOptional(bytes),
        modified: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
      }),
    ),
    v.maxLength(limits.sharedPageEntries),
    v.check((entries) => new Set(entries.map(({ id }) => id)).size === entries.length),
  ),
  next: v.exactOptional(sharedId),
});
const sharedItem = v.object({ item: plainItem, etag: v.pipe(text, v.regex(/^"[!#-~]{1,128}"$/)) });

const pairingRequest = v.object({ name, commitment: bytes32 });
const pairingAnswer = v.object({ id: token, nonce: bytes32 });
const pairingReveal = v.object({ nonce: bytes32 });
const pairingConfirmation = v.object({});

export const messageText = v.pipe(text, v.minLength(1));
export const sentAt = v.pipe(text, v.maxLength(30), v.isoTimestamp(), v.endsWith('Z'));
const textMessage = v.object({ id: token, sender: v.object({ name }), text: messageText, sentAt: v.exactOptional(sentAt) });

const problem = v.object({ type: v.pipe(text, v.maxLength(200)) });

/** Parses the answer to `GET /v1/peer`. */
export function parsePeerInfo(body: unknown): PeerInfo {
  return parse(peerInfo, body, 'peer information');
}

/** Parses the body of `POST /v1/offers`. */
export function parseOffer(body: unknown): Offer {
  const parsed = parse(offer, body, 'offer');
  const isSaid = parsed.items.every((item) => item.kind === 'sealed' || (item.kind === 'folder') === (item.folder !== undefined));
  if (!isSaid) throw new FerryError('ERR_MESSAGE_INVALID', 'an offer says of folders, and of them alone, what is in them');
  return parsed;
}

/**
 * Parses the answer to an offer of `items`; one that was not offered or is named twice is refused, and so are bytes behind its
 * end.
 */
export function parseOfferAnswer(body: unknown, items: readonly { readonly size: number }[]): OfferAnswer {
  const answer = parse(offerAnswer, body, 'answer to an offer');
  const named = new Set(answer.items.map((item) => item.n));
  const fits = named.size === answer.items.length && answer.items.every(({ n, from }) => from <= (items[n]?.size ?? -1));
  if (!fits) throw new FerryError('ERR_MESSAGE_INVALID', 'the answer names items that were not offered');
  return answer;
}

/** Parses the answer to `GET /v1/shared`. One that says that more follows has entries itself: else it could go on for ever. */
export function parseSharedPage(body: unknown): SharedPage {
  const page = parse(sharedPage, body, 'list of what is shared');
  if (page.next !== undefined && page.entries.length === 0) {
    throw new FerryError('ERR_MESSAGE_INVALID', 'a list that goes on has nothing in it');
  }
  return page;
}

/** Parses the answer to `GET /v1/shared/{id}/item`: a file or a folder. */
export function parseSharedItem(body: unknown): SharedItem {
  const { item, etag } = parse(sharedItem, body, 'description of what is shared');
  if (item.folder === undefined ? item.kind !== 'file' : item.kind !== 'folder') {
    throw new FerryError('ERR_MESSAGE_INVALID', 'what is shared is a file, or a folder with what is in it');
  }
  return { item, etag };
}

/** Parses the body of `POST /v1/pairings`. */
export function parsePairingRequest(body: unknown): PairingRequest {
  return parse(pairingRequest, body, 'request to pair');
}

/** Parses the answer to `POST /v1/pairings`. */
export function parsePairingAnswer(body: unknown): PairingAnswer {
  return parse(pairingAnswer, body, 'answer to a request to pair');
}

/** Parses the body of `POST /v1/pairings/{id}`: the nonce that was committed to, 32 bytes in base64url. */
export function parsePairingReveal(body: unknown): { readonly nonce: string } {
  return parse(pairingReveal, body, 'reveal');
}

/** Parses the body of `POST /v1/pairings/{id}/confirmation`: an object, in which nothing is needed. */
export function parsePairingConfirmation(body: unknown): void {
  parse(pairingConfirmation, body, 'confirmation');
}

/** Parses the body of `POST /v1/messages`. Fails with ERR_BODY_TOO_LARGE where its text is longer than the limit. */
export function parseTextMessage(body: unknown): TextMessage {
  const message = parse(textMessage, body, 'message');
  checkMessageText(message.text);
  return message;
}

/** Fails with ERR_BODY_TOO_LARGE (detail `text`) where a text is longer than a message may be, in UTF-8. */
export function checkMessageText(value: string): void {
  if (new TextEncoder().encode(value).length <= limits.messageBytes) return;
  throw new FerryError('ERR_BODY_TOO_LARGE', 'the text is longer than a message may be', { detail: { text: true } });
}

/** The problem type of an error body, or '' where the body is none. */
export function parseProblemType(body: unknown): string {
  const result = v.safeParse(problem, body);
  return result.success ? result.output.type : '';
}

/** Decodes a JSON body (UTF-8, strictly, without a byte order mark). Fails with ERR_MESSAGE_INVALID. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)) as unknown;
  } catch (cause) {
    throw new FerryError('ERR_MESSAGE_INVALID', 'the body is no JSON in UTF-8', { cause });
  }
}

function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown, what: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? '';
  throw new FerryError('ERR_MESSAGE_INVALID', `no valid ${what}: ${path}`.slice(0, 200), {
    detail: { path: path.slice(0, 100) },
  });
}

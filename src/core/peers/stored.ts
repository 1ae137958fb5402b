// What Ferry keeps between sessions, as it is read back: an identity, the book of peers. Files and secret stores are outside
// like a socket is; their contents are `unknown` until they passed here.

import * as v from 'valibot';

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { base64Url32, type SealKeyPairJwk } from '../wire/sealKey.ts';
import { blankEntry } from './book.ts';
import { isPeerId, type PeerId } from './peerId.ts';
import { autoAcceptKinds, type BookEntry } from './peers.ts';

/** The stored form of an identity, version 1. PEM texts; the seal key is a private JWK. */
export type StoredIdentity = {
  readonly version: 1;
  readonly certificate: string;
  readonly privateKey: string;
  readonly sealKey: SealKeyPairJwk;
};

const pem = v.pipe(v.string(), v.maxLength(4096));
const p256Number = v.pipe(v.string(), v.regex(base64Url32));
const identity = v.object({
  version: v.literal(1),
  certificate: pem,
  privateKey: pem,
  sealKey: v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: p256Number, y: p256Number, d: p256Number }),
});

const peerId = v.custom<PeerId>((value) => typeof value === 'string' && isPeerId(value));
const address = v.object({
  host: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
  port: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(65_535)),
});
const moment = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const autoAccept = v.object({
  // A kind of a later version is passed over: it must not cost the peer.
  kinds: v.pipe(
    v.array(v.string()),
    v.maxLength(32),
    v.transform((kinds) => autoAcceptKinds.filter((kind) => kinds.includes(kind))),
  ),
  maxBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
const bookEntry = v.object({
  id: peerId,
  name: v.pipe(v.string(), v.maxBytes(limits.displayNameBytes)),
  trust: v.picklist(['unknown', 'known', 'paired', 'blocked']),
  addresses: v.pipe(v.array(address), v.maxLength(16)),
  lastUsed: moment,
  nickname: v.exactOptional(v.pipe(v.string(), v.maxBytes(limits.displayNameBytes))),
  firstSeen: v.exactOptional(moment),
  lastSeen: v.exactOptional(moment),
  autoAccept: v.exactOptional(autoAccept),
  receiveFolder: v.exactOptional(v.pipe(v.string(), v.maxBytes(16_384), v.regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)/))),
  grants: v.exactOptional(v.object({ list: v.boolean(), get: v.boolean() })),
  sealKey: v.exactOptional(v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: p256Number, y: p256Number })),
});
const book = v.object({
  version: v.literal(1),
  peers: v.pipe(v.array(bookEntry), v.maxLength(limits.peersRemembered)),
});
const bookOfAnyVersion = v.object({ version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
const bookOfAnyPeers = v.object({ version: v.literal(1), peers: v.array(v.unknown()) });
const blockedPeer = v.object({ id: peerId, trust: v.literal('blocked') });

/** Reads a stored identity; throws where the text is none. */
export function parseStoredIdentity(text: string): StoredIdentity {
  return v.parse(identity, JSON.parse(text));
}

/**
 * Reads the book of peers; throws where the text is not one, in any part. Tests hold what is written to it.
 * @internal
 */
export function parseBook(text: string): readonly BookEntry[] {
  return v.parse(book, JSON.parse(text)).peers;
}

/**
 * Reads the book of peers, whatever became of it: an entry that is wrong costs that entry, unless it is a block, of which nothing
 * but its ID is needed. Fails with ERR_VERSION_UNSUPPORTED for the book of a later version, and with ERR_BOOK_INVALID where the
 * text is no book.
 */
export function readBook(text: string): { readonly entries: readonly BookEntry[]; readonly lost: number } {
  const value = jsonOf(text);
  const version = v.safeParse(bookOfAnyVersion, value);
  if (version.success && version.output.version > 1) {
    throw new FerryError('ERR_VERSION_UNSUPPORTED', 'the book of peers is of a later version', { detail: version.output });
  }
  const read = v.safeParse(bookOfAnyPeers, value);
  if (!read.success) throw new FerryError('ERR_BOOK_INVALID', 'the file is no book of peers');
  const entries = distinct(read.output.peers.flatMap(entryOf));
  return { entries, lost: read.output.peers.length - entries.length };
}

/**
 * What can be read of a text that is no whole book any more: entries have a line each, and blocks are found wherever they stand.
 */
export function salvageBook(text: string): readonly BookEntry[] {
  const whole = text.split('\n').flatMap((line) => entryOf(jsonOf(line.trim().replace(/,$/, ''))));
  const blocked = text.split(/(?="id"\s*:)/).flatMap((piece) => {
    const id = /^"id"\s*:\s*"([A-Z2-7-]{1,100})"/.exec(piece)?.[1];
    const trust = /"trust"\s*:\s*"blocked"/.test(piece) ? 'blocked' : undefined;
    return entryOf({ id, trust });
  });
  return distinct([...whole, ...blocked]);
}

function jsonOf(text: string): unknown {
  try {
    // Editors put a byte order mark before text that nobody sees.
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch {
    return undefined;
  }
}

function entryOf(value: unknown): readonly BookEntry[] {
  const entry = v.safeParse(bookEntry, value);
  if (entry.success) return [entry.output];
  const blocked = v.safeParse(blockedPeer, value);
  return blocked.success ? [{ ...blankEntry(blocked.output.id), trust: 'blocked' }] : [];
}

/** One entry a peer: the first, or the one that blocks it. */
function distinct(entries: readonly BookEntry[]): readonly BookEntry[] {
  const kept = new Map<PeerId, BookEntry>();
  for (const entry of entries) {
    const other = kept.get(entry.id);
    if (other === undefined || (entry.trust === 'blocked' && other.trust !== 'blocked')) kept.set(entry.id, entry);
  }
  return [...kept.values()];
}

/** Writes the book of peers, one line a peer, so that a person can read it. */
export function formatBook(peers: readonly BookEntry[]): string {
  const lines = peers.map((peer) => `    ${JSON.stringify(peer)}`);
  return `{\n  "version": 1,\n  "peers": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

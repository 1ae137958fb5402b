// What Ferry keeps between sessions, as it is read back: an identity, the book of peers. Files and secret stores are outside
// like a socket is; their contents are `unknown` until they passed here.

import * as v from 'valibot';

import { limits } from '../base/limits.ts';
import { base64Url32, type SealKeyPairJwk } from '../wire/sealKey.ts';
import { isPeerId, type PeerId } from './peerId.ts';
import type { BookEntry } from './peers.ts';

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
  kinds: v.pipe(v.array(v.picklist(['file', 'dictionary', 'sealed'])), v.maxLength(8)),
  maxBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
const book = v.object({
  version: v.literal(1),
  peers: v.pipe(
    v.array(
      v.object({
        id: peerId,
        name: v.pipe(v.string(), v.maxBytes(limits.displayNameBytes)),
        trust: v.picklist(['unknown', 'known', 'paired', 'blocked']),
        addresses: v.pipe(v.array(address), v.maxLength(16)),
        lastUsed: moment,
        nickname: v.exactOptional(v.pipe(v.string(), v.maxBytes(limits.displayNameBytes))),
        firstSeen: v.exactOptional(moment),
        lastSeen: v.exactOptional(moment),
        autoAccept: v.exactOptional(autoAccept),
        grants: v.exactOptional(v.object({ list: v.boolean(), get: v.boolean() })),
        sealKey: v.exactOptional(v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: p256Number, y: p256Number })),
      }),
    ),
    v.maxLength(limits.peersRemembered),
  ),
});

/** Reads a stored identity; throws where the text is none. */
export function parseStoredIdentity(text: string): StoredIdentity {
  return v.parse(identity, JSON.parse(text));
}

/** Reads the book of peers; throws where the text is none. */
export function parseBook(text: string): readonly BookEntry[] {
  return v.parse(book, JSON.parse(text)).peers;
}

/** Writes the book of peers, one line a peer, so that a person can read it. */
export function formatBook(peers: readonly BookEntry[]): string {
  const lines = peers.map((peer) => `    ${JSON.stringify(peer)}`);
  return `{\n  "version": 1,\n  "peers": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

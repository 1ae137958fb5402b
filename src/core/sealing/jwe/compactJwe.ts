// One compact JWE (RFC 7516 section 7.1): sealed for a key or a passphrase, and opened with every bound in place. This is
// where `jose` is used, and where it is not on hosts that lack AES-KW.

import { CompactEncrypt, compactDecrypt, importJWK } from 'jose';

import { FerryError } from '../../base/errors.ts';
import type { SealKeyJwk, SealKeyPairJwk } from '../../wire/sealKey.ts';
import { algorithmNotAllowed, unsealFailed } from '../failures.ts';
import {
  contentEncryption,
  generatedRounds,
  keyAlgorithm,
  maxRounds,
  passphraseAlgorithm,
  type SealedTypes,
  typedRounds,
} from '../format.ts';
import { hasAesKw } from './aesKeyWrap.ts';
import { openWithPassphrase, passphraseBytes, sealWithPassphrase } from './passphraseJwe.ts';
import { headerPart, parseHeader, type SealedHead } from './sealedHead.ts';
import { sealKeyThumbprint, toSealPublicKey } from './sealKeys.ts';

/** A passphrase to seal with. A generated one is strong of itself and gets fewer rounds, so that every tool opens it. */
export type SealingPassphrase = { readonly passphrase: string; readonly generated: boolean };

/** For whom to seal. */
export type Recipient =
  | { readonly kind: 'key'; readonly key: SealKeyJwk }
  | ({ readonly kind: 'passphrase' } & SealingPassphrase);

/** With what to open: one's own seal keys, old ones included, or a passphrase. */
export type Opener =
  | { readonly kind: 'key'; readonly keys: readonly SealKeyPairJwk[] }
  | { readonly kind: 'passphrase'; readonly passphrase: string };

/** The WebCrypto to work with for a passphrase; tests give one without AES-KW. */
export type SealingHost = { readonly subtle?: SubtleCrypto | undefined };

/**
 * Seals bytes into a compact JWE, as ASCII bytes. The length depends on the length of the plaintext alone. Throws TypeError
 * for an empty passphrase, ERR_MESSAGE_INVALID for a key that is not on its curve.
 */
export async function sealCompact(
  plaintext: Uint8Array<ArrayBuffer>,
  types: SealedTypes,
  recipient: Recipient,
  host: SealingHost = {},
): Promise<Uint8Array> {
  const token =
    recipient.kind === 'key'
      ? await sealForKey(plaintext, types, recipient.key)
      : await sealForPassphrase(plaintext, types, recipient, host);
  return new TextEncoder().encode(token);
}

/**
 * Checks whether this opener can be the right one, without opening anything, and gives the secret to open with. Throws
 * ERR_KEY_MISSING where the file is for a key that is not among these, ERR_ALGORITHM_NOT_ALLOWED where it is for a passphrase
 * and a key was given, or the other way round.
 */
export async function matchOpener(head: SealedHead, opener: Opener): Promise<SealKeyPairJwk | string> {
  if (head.for === 'passphrase') {
    if (opener.kind !== 'passphrase') throw algorithmNotAllowed('alg');
    return opener.passphrase;
  }
  if (opener.kind !== 'key') throw algorithmNotAllowed('alg');
  for (const key of opener.keys) {
    if ((await sealKeyThumbprint(key)) === head.kid) return key;
  }
  throw new FerryError('ERR_KEY_MISSING', 'the item is sealed for another key');
}

/**
 * Opens a compact JWE of the given `typ`. Throws what readSealedHead and matchOpener throw, and ERR_UNSEAL_FAILED for a
 * passphrase that is not the one or a file that was changed anywhere. The caller bounds the length.
 */
export async function openCompact(jwe: Uint8Array, type: string, opener: Opener, host: SealingHost = {}): Promise<Uint8Array> {
  const head = parseHeader(headerPart(jwe), type);
  const secret = await matchOpener(head, opener);
  // RFC 7518 section 4.6 has no encrypted key; 4.8 with A256KW has one of 40 bytes.
  checkParts(jwe, head.for === 'key' ? 0 : 54);
  const token = new TextDecoder().decode(jwe);
  try {
    return typeof secret === 'string' ? await openForPassphrase(token, secret, host) : await openForKey(token, secret);
  } catch (cause) {
    throw unsealFailed(cause);
  }
}

async function sealForKey(plaintext: Uint8Array, { typ, cty }: SealedTypes, key: SealKeyJwk): Promise<string> {
  const kid = await sealKeyThumbprint(key);
  // A private key is a public key to the compiler; sealing for oneself must not depend on which of them was given.
  const imported = await importJWK({ ...toSealPublicKey(key) }, keyAlgorithm).catch((cause: unknown) => {
    throw new FerryError('ERR_MESSAGE_INVALID', 'a seal key is not a public key on P-256', { cause });
  });
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: keyAlgorithm, enc: contentEncryption, typ, cty, kid })
    .encrypt(imported);
}

async function sealForPassphrase(
  plaintext: Uint8Array<ArrayBuffer>,
  types: SealedTypes,
  { passphrase, generated }: SealingPassphrase,
  { subtle = crypto.subtle }: SealingHost,
): Promise<string> {
  if (passphrase === '') throw new TypeError('a passphrase has at least one character');
  const p2c = generated ? generatedRounds : typedRounds;
  if (!(await hasAesKw(subtle))) return sealWithPassphrase(plaintext, types, { passphrase, p2c }, subtle);
  // The salt of `jose` is what ours is: 16 fresh random bytes.
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: passphraseAlgorithm, enc: contentEncryption, typ: types.typ, cty: types.cty })
    .setKeyManagementParameters({ p2c })
    .encrypt(passphraseBytes(passphrase));
}

async function openForKey(token: string, key: SealKeyPairJwk): Promise<Uint8Array> {
  const { plaintext } = await compactDecrypt(token, await importJWK({ ...key }, keyAlgorithm), {
    keyManagementAlgorithms: [keyAlgorithm],
    contentEncryptionAlgorithms: [contentEncryption],
    maxDecompressedLength: 0,
    maxPBES2Count: 1,
  });
  return plaintext;
}

async function openForPassphrase(
  token: string,
  passphrase: string,
  { subtle = crypto.subtle }: SealingHost,
): Promise<Uint8Array> {
  if (!(await hasAesKw(subtle))) return openWithPassphrase(token, passphrase, subtle);
  const { plaintext } = await compactDecrypt(token, passphraseBytes(passphrase), {
    keyManagementAlgorithms: [passphraseAlgorithm],
    contentEncryptionAlgorithms: [contentEncryption],
    maxDecompressedLength: 0,
    maxPBES2Count: maxRounds,
  });
  return plaintext;
}

const dot = 0x2e;

/** What each ASCII byte stands for in base64url (RFC 4648 section 5), 64 where it is not of that alphabet. */
const sextets = Uint8Array.from({ length: 256 }, (_, byte) => {
  const place = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(String.fromCharCode(byte));
  return place < 0 ? 64 : place;
});

/**
 * Checks that the bytes are five parts of base64url with the lengths that the algorithms give, each written in the one
 * canonical way: a decoder passes over the spare bits of a last character, and a file that was changed there would open.
 */
function checkParts(jwe: Uint8Array, encryptedKeyLength: number): void {
  const lengths: number[] = [];
  let start = 0;
  for (let at = 0; at <= jwe.length; at += 1) {
    const byte = jwe[at];
    if (byte !== undefined && byte !== dot) {
      if (sextets[byte] === 64) throw unsealFailed('a character that is not of base64url');
      continue;
    }
    if (!isCanonicalEnd(at - start, jwe[at - 1] ?? dot)) throw unsealFailed('a part that is not canonical base64url');
    lengths.push(at - start);
    start = at + 1;
    if (lengths.length > 5) break;
  }
  const [, encryptedKey, initializationVector, , tag] = lengths;
  if (lengths.length !== 5 || encryptedKey !== encryptedKeyLength || initializationVector !== 16 || tag !== 22) {
    throw unsealFailed('not the five parts of a sealed file');
  }
}

/** Whether a part of that length may end with that character: its bits that belong to no byte are zero. */
function isCanonicalEnd(length: number, last: number): boolean {
  const beyond = length % 4;
  const spare = beyond === 2 ? 0b1111 : beyond === 3 ? 0b11 : 0;
  return beyond !== 1 && (length === 0 || ((sextets[last] ?? 64) & spare) === 0);
}

// The constants of the sealed format: its names, its algorithms and the bounds that a reader holds to. docs/PROTOCOL.md has
// the format in words.

import { limits } from '../base/limits.ts';

/** `typ` of a sealed item. Another kind of sealed file has another one, so that neither is ever taken for the other. */
export const sealedItemType = 'ferry-sealed+jwe';

/** `cty` where the plaintext is the manifest and, after its line feed, the content. */
export const wholeItemContent = 'ferry-item';

/** `cty` where the plaintext is the manifest alone and the content follows the JWE as RFC 8188 records. */
export const manifestContent = 'ferry-manifest';

/** The `typ` of a sealed file, and the `cty` of what is in it (RFC 7516 sections 4.1.11 and 4.1.12). */
export type SealedTypes = { readonly typ: string; readonly cty: string };

/** Key agreement for a recipient's key (RFC 7518 section 4.6). Works on every host, unlike those that wrap a key with AES-KW. */
export const keyAlgorithm = 'ECDH-ES';

/** Key derivation for a passphrase (RFC 7518 section 4.8). */
export const passphraseAlgorithm = 'PBES2-HS512+A256KW';

/** The one content encryption (RFC 7518 section 5.3). */
export const contentEncryption = 'A256GCM';

/**
 * PBKDF2 rounds. A generated passphrase has over 75 bits of its own, and other JOSE tools refuse more rounds than this; one
 * that a person typed needs the 600 000 to be expensive to guess.
 */
export const generatedRounds = 16_384;
export const typedRounds = 600_000;

/** More rounds than this are refused unread: a hostile header could ask for minutes of work. */
export const maxRounds = 1_000_000;

/** Bytes of PBES2 salt that Ferry writes, and the least that RFC 7518 section 4.8.1.1 allows. */
export const saltBytes = 16;
export const minSaltBytes = 8;

/** The longest protected header in its base64url form. */
export const { sealedHeadBytes } = limits;

/** The longest manifest, in bytes of UTF-8, and the longest name in it: 255 units of a Windows name are at most 765 bytes. */
export const manifestBytes = 16_384;
export const manifestNameBytes = 1024;

/**
 * Bytes of one RFC 8188 record as Ferry writes it. Measured on two cores, file to file: 285 MB/s with 512 KiB, 259 with 256 KiB,
 * 248 with 128 KiB, where the cost of each record shows; 218 with 1 MiB, which no longer fits the caches.
 */
export const recordBytes = 524_288;

/** The shortest record (RFC 8188 section 2.1): one byte of content, its delimiter and the 16 bytes of the tag. */
export const minRecordBytes = 18;

/**
 * Records below this size cost far more time for a byte than longer ones, and there may be so many of them: opening these takes a
 * quarter of a second. Examples and small writers have short records; whoever has much to seal does not.
 */
export const shortRecordBytes = 4096;
export const shortRecordsAtMost = 4096;

/** The longest record that is read: what a reader holds in memory is a few of them. */
export const maxRecordBytes = 1_048_576;

/** Bytes of input keying material for the records: as many as the AES-128 key that comes of it. */
export const recordKeyBytes = 16;

/** The longest plaintext of a JWE: a manifest, its line feed and the largest content that is not put into records. */
export const maxPlaintextBytes = manifestBytes + 1 + limits.compactUnsealBytes;

/** The longest compact JWE with a plaintext of that many bytes: five parts in base64url (RFC 7516 section 3.1) and four dots. */
export function maxCompactBytes(plaintextBytes: number): number {
  const encryptedKey = 54;
  const initializationVector = 16;
  const tag = 22;
  return sealedHeadBytes + encryptedKey + initializationVector + Math.ceil((plaintextBytes * 4) / 3) + tag + 4;
}

// The protected header of a sealed file: what it says in the clear, and what of it is refused before any key is touched. Cheap
// on purpose: a hostile file ends here, whatever its length.

import { base64Url32 } from '../../wire/sealKey.ts';
import { algorithmNotAllowed, unsealFailed } from '../failures.ts';
import {
  contentEncryption,
  keyAlgorithm,
  manifestContent,
  maxRounds,
  minSaltBytes,
  passphraseAlgorithm,
  sealedHeadBytes,
  sealedItemType,
  wholeItemContent,
} from '../format.ts';

/** Whom a sealed file is for: the holder of the seal key with that thumbprint, or whoever knows the passphrase. */
export type SealedFor = { readonly for: 'key'; readonly kid: string } | { readonly for: 'passphrase' };

/** A header that was checked, with its content type (RFC 7516 section 4.1.12), which is empty where there is none. */
export type SealedHead = SealedFor & { readonly contentType: string };

const dot = 0x2e;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads whom a sealed item is for from its first bytes; `sealedHeadBytes` of them are always enough, more do no harm. No key
 * is needed and nothing is proven: the header can be a lie until the item was unsealed. Throws ERR_ALGORITHM_NOT_ALLOWED for
 * algorithms that no sealed item has, ERR_UNSEAL_FAILED for anything else that is no header of a sealed item.
 */
export function readSealedHead(bytes: Uint8Array): SealedFor {
  const head = parseHeader(headerPart(bytes), sealedItemType);
  if (head.contentType !== wholeItemContent && head.contentType !== manifestContent) throw unsealFailed('foreign content type');
  return head.for === 'key' ? { for: 'key', kid: head.kid } : { for: 'passphrase' };
}

/** The first part of a compact JWE, without its dot. Throws ERR_UNSEAL_FAILED where it does not end in time. */
export function headerPart(bytes: Uint8Array): Uint8Array {
  const end = bytes.subarray(0, sealedHeadBytes + 1).indexOf(dot);
  if (end < 0) throw unsealFailed('the header does not end');
  return bytes.subarray(0, end);
}

/**
 * Parses a protected header and refuses, before any key is used, what no sealed file of that type has: another `typ`, `zip`,
 * `crit`, foreign algorithms, too many rounds. The codes are those of readSealedHead.
 */
export function parseHeader(part: Uint8Array, type: string): SealedHead {
  const header = headerObject(part);
  const { alg, enc, typ, cty, kid } = header;
  if (alg !== keyAlgorithm && alg !== passphraseAlgorithm) throw algorithmNotAllowed('alg');
  if (enc !== contentEncryption) throw algorithmNotAllowed('enc');
  if (typ !== type) throw unsealFailed('foreign type');
  // Neither has a place in the format, and both change how the rest would have to be read (RFC 7516 sections 4.1.3, 4.1.13).
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'zip')) throw unsealFailed('crit or zip in the header');
  const contentType = typeof cty === 'string' ? cty : '';
  if (alg === passphraseAlgorithm) {
    checkDerivation(header['p2s'], header['p2c']);
    return { for: 'passphrase', contentType };
  }
  if (typeof kid !== 'string' || !base64Url32.test(kid)) throw unsealFailed('no thumbprint in the header');
  return { for: 'key', kid, contentType };
}

function headerObject(part: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const text = decoder.decode(part);
    // atob would pass over white space and padding, and takes the other alphabet; a JWE has none of them.
    if (/[^A-Za-z0-9_-]/.test(text)) throw new TypeError('the header is not in base64url');
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw unsealFailed(cause);
  }
  throw unsealFailed('the header is no object');
}

/** RFC 7518 sections 4.8.1.1 and 4.8.1.2, with an upper bound for the rounds. */
function checkDerivation(salt: unknown, rounds: unknown): void {
  const leastSalt = Math.ceil((minSaltBytes * 4) / 3);
  if (typeof salt !== 'string' || salt.length < leastSalt) throw unsealFailed('the salt is too short');
  if (typeof rounds !== 'number' || !Number.isSafeInteger(rounds) || rounds < 1 || rounds > maxRounds) {
    throw unsealFailed('the number of rounds is out of bounds');
  }
}

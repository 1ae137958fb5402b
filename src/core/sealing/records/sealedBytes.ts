// A few bytes sealed for a passphrase as one compact JWE with a `typ` of their own: what a backup of the identity is made of.

import { limits } from '../../base/limits.ts';
import { unsealFailed } from '../failures.ts';
import { maxCompactBytes, type SealedTypes } from '../format.ts';
import { openCompact, type SealingHost, type SealingPassphrase, sealCompact } from '../jwe/compactJwe.ts';

/**
 * Seals bytes for a passphrase. `typ` keeps one kind of file from being taken for another, `cty` says what the bytes are.
 * Gives ASCII bytes without a line feed. Throws TypeError for an empty passphrase or more than `limits.compactSealBytes`.
 */
export async function sealBytes(
  plaintext: Uint8Array,
  types: SealedTypes,
  passphrase: SealingPassphrase,
  host: SealingHost = {},
): Promise<Uint8Array> {
  if (plaintext.length > limits.compactSealBytes) throw new TypeError('too much for one compact JWE');
  return sealCompact(new Uint8Array(plaintext), types, { kind: 'passphrase', ...passphrase }, host);
}

/**
 * Opens what sealBytes gave for the same `typ`, with or without a line feed behind it. Throws ERR_ALGORITHM_NOT_ALLOWED for
 * foreign algorithms, ERR_UNSEAL_FAILED for another type, another passphrase, or a file that was changed or is too long.
 */
export async function unsealBytes(
  sealed: Uint8Array,
  typ: string,
  passphrase: string,
  host: SealingHost = {},
): Promise<Uint8Array> {
  if (sealed.length > maxCompactBytes(limits.compactUnsealBytes) + 1) throw unsealFailed('the sealed file is too long');
  const jwe = sealed.at(-1) === 0x0a ? sealed.subarray(0, -1) : sealed;
  return openCompact(jwe, typ, { kind: 'passphrase', passphrase }, host);
}

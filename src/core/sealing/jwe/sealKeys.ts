// The key pair that items are sealed for: ECDH on P-256, as JWKs (RFC 7517, RFC 7518 section 6.2).

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';

import { FerryError } from '../../base/errors.ts';
import { base64Url32, type SealKeyJwk, type SealKeyPairJwk } from '../../wire/sealKey.ts';
import { keyAlgorithm } from '../format.ts';

export type SealKeyPair = { readonly publicKey: SealKeyJwk; readonly privateKey: SealKeyPairJwk };

/** Members that only a secret key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Makes a new seal key pair. */
export async function generateSealKeyPair(): Promise<SealKeyPair> {
  const pair = await generateKeyPair(keyAlgorithm, { crv: 'P-256', extractable: true });
  const privateKey = await parseSealPrivateKey(await exportJWK(pair.privateKey));
  return { publicKey: toSealPublicKey(privateKey), privateKey };
}

/** The public half of a key, which may be public already. */
export function toSealPublicKey(key: SealKeyJwk): SealKeyJwk {
  return { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
}

/**
 * Reads a peer's seal key. Throws ERR_MESSAGE_INVALID unless it is an EC key on P-256 with two coordinates of 32 bytes and
 * nothing secret in it, whose point lies on the curve. Other members are passed over.
 */
export async function parseSealPublicKey(value: unknown): Promise<SealKeyJwk> {
  const key = publicMembers(value);
  if (key === undefined || holdsSecret(value) || !(await isUsable(key))) {
    throw new FerryError('ERR_MESSAGE_INVALID', 'a seal key is not a public key on P-256');
  }
  return key;
}

/** Reads one's own seal key from where it is kept. Throws ERR_IDENTITY_UNREADABLE unless it is a whole key pair on P-256. */
export async function parseSealPrivateKey(value: unknown): Promise<SealKeyPairJwk> {
  const key = publicMembers(value);
  const d: unknown = key !== undefined && value instanceof Object && 'd' in value ? value.d : undefined;
  const privateKey = key !== undefined && typeof d === 'string' && base64Url32.test(d) ? { ...key, d } : undefined;
  if (privateKey === undefined || !(await isUsable(privateKey))) {
    throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the stored seal key is not a key pair on P-256');
  }
  return privateKey;
}

/** The name of a seal key: its RFC 7638 thumbprint with SHA-256, 43 characters of base64url. */
export function sealKeyThumbprint(key: SealKeyJwk): Promise<string> {
  return calculateJwkThumbprint({ ...toSealPublicKey(key) }, 'sha256');
}

function holdsSecret(value: unknown): boolean {
  return value instanceof Object && secretMembers.some((member) => member in value);
}

function publicMembers(value: unknown): SealKeyJwk | undefined {
  if (typeof value !== 'object' || value === null || !('kty' in value && 'crv' in value && 'x' in value && 'y' in value))
    return undefined;
  const { kty, crv, x, y } = value;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') return undefined;
  // A key that its owner set aside for signatures is not to be used for anything else (RFC 7517 section 4.2).
  if ('use' in value && value.use !== 'enc') return undefined;
  return base64Url32.test(x) && base64Url32.test(y) ? { kty, crv, x, y } : undefined;
}

/** Importing checks that the point is on the curve and that both halves of a private key belong together. */
async function isUsable(key: SealKeyJwk | SealKeyPairJwk): Promise<boolean> {
  try {
    await importJWK({ ...key }, keyAlgorithm);
    return true;
  } catch {
    return false;
  }
}

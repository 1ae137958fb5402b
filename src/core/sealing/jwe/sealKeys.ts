// The names of the keys that items are sealed for: ECDH on P-256, as JWKs (RFC 7517, RFC 7518 section 6.2).

import { calculateJwkThumbprint } from 'jose';

import type { SealKeyJwk } from '../../wire/sealKey.ts';

/** The public half of a key, which may be public already. */
export function toSealPublicKey(key: SealKeyJwk): SealKeyJwk {
  return { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
}

/** The name of a seal key: its RFC 7638 thumbprint with SHA-256, 43 characters of base64url. */
export function sealKeyThumbprint(key: SealKeyJwk): Promise<string> {
  return calculateJwkThumbprint({ ...toSealPublicKey(key) }, 'sha256');
}

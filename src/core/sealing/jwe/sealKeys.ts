// The key pair that items are sealed for: ECDH on P-256, as JWKs (RFC 7517, RFC 7518 section 6.2).

import { calculateJwkThumbprint } from 'jose';

/** A seal key as a peer publishes it: both coordinates in base64url, 32 bytes each. */
export type SealPublicKey = { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };

/** The secret half of a seal key pair, with the public half in it. */
export type SealPrivateKey = SealPublicKey & { readonly d: string };

/** The public half of a key, which may be public already. */
export function toSealPublicKey(key: SealPublicKey): SealPublicKey {
  return { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
}

/** The name of a seal key: its RFC 7638 thumbprint with SHA-256, 43 characters of base64url. */
export function sealKeyThumbprint(key: SealPublicKey): Promise<string> {
  return calculateJwkThumbprint({ ...toSealPublicKey(key) }, 'sha256');
}

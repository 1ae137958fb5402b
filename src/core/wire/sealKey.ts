// The keys that items are sealed for, as JWKs on P-256 (RFC 7517, RFC 7518 section 6.2): their types, and how 32 bytes are
// written.

/**
 * A seal key as a peer publishes it: both coordinates in base64url. That its point is on the curve is checked where it is used.
 */
export type SealKeyJwk = { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };

/** A seal key pair: the public key with its secret. */
export type SealKeyPairJwk = SealKeyJwk & { readonly d: string };

/** 32 bytes in base64url (RFC 4648 section 5): 43 characters, of which the last has two bits to spare, which are zero. */
export const base64Url32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

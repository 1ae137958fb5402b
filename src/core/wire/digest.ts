// The digest fields of RFC 9530, for the one algorithm that Ferry uses: `Repr-Digest: sha-256=:base64:`.

import { decodeBase64, encodeBase64 } from '../base/bytes.ts';

/** The field value for a SHA-256. */
export function formatDigest(sha256: Uint8Array): string {
  return `sha-256=:${encodeBase64(sha256)}:`;
}

/** The SHA-256 of a field value (a dictionary of RFC 8941 that may hold other algorithms), or undefined where there is none. */
export function parseDigest(field: string): Uint8Array | undefined {
  const match = /(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/=]{44}):[ \t]*(?:,|$)/.exec(field.slice(0, 1024));
  const sha256 = match?.[1] === undefined ? undefined : decodeBase64(match[1]);
  return sha256?.length === 32 ? sha256 : undefined;
}

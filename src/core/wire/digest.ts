// Writes the digest fields of RFC 9530, for the one algorithm that Ferry uses: `Repr-Digest: sha-256=:base64:`.

import { encodeBase64 } from '../base/bytes.ts';

/** The field value for a SHA-256. */
export function formatDigest(sha256: Uint8Array): string {
  return `sha-256=:${encodeBase64(sha256)}:`;
}

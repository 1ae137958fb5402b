// The digest fields of RFC 9530, for the one algorithm that Ferry uses: `Repr-Digest: sha-256=:base64:`.

import { encodeBase64 } from '../base/bytes.ts';
import { parseStructuredField } from './structuredFields.ts';

/** The field value for a SHA-256. */
export function formatDigest(sha256: Uint8Array): string {
  return `sha-256=:${encodeBase64(sha256)}:`;
}

/**
 * The SHA-256 of a field (RFC 9530 section 3), given as one text or line by line, or undefined where there is none. Other
 * algorithms and all parameters are passed over; of several SHA-256 the last one counts, whatever it is.
 */
export function parseDigest(field: string | readonly string[]): Uint8Array | undefined {
  const digests = parseStructuredField('dictionary', typeof field === 'string' ? [field] : field);
  const [value] = digests?.get('sha-256') ?? [];
  return value instanceof ArrayBuffer && value.byteLength === 32 ? new Uint8Array(value) : undefined;
}

// Reads the digest fields of RFC 9530. Apart from what writes them, since the parser that this takes is loaded with the first
// item.

import { parseStructuredField } from './structuredFields.ts';

/**
 * The SHA-256 of a field (RFC 9530 section 3), given as one text or line by line, or undefined where there is none. Other
 * algorithms and all parameters are passed over; of several SHA-256 the last one counts, whatever it is.
 */
export function parseDigest(field: string | readonly string[]): Uint8Array | undefined {
  const digests = parseStructuredField('dictionary', typeof field === 'string' ? [field] : field);
  const [value] = digests?.get('sha-256') ?? [];
  return value instanceof ArrayBuffer && value.byteLength === 32 ? new Uint8Array(value) : undefined;
}

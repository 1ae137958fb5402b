// The key of a certificate as its bytes say it. A key can be written in several ways, and a peer ID is the hash of one of them:
// whoever hashed what a library makes of a certificate would have a second ID for the same key, or another one with another
// library.

import type { X509Certificate } from 'node:crypto';

/**
 * All of a P-256 SubjectPublicKeyInfo but the point: the curve by its name (RFC 5480 section 2.1.1.1), and the mark of a point
 * with both coordinates (section 2.2).
 */
const head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const pointBytes = 64;

/**
 * The fields of a TBSCertificate before its key: version, serial number, algorithm, issuer, validity, subject (RFC 5280 section
 * 4.1).
 */
const fieldsBefore = 6;
const sequence = 0x30;

/**
 * The 91 bytes of the SubjectPublicKeyInfo of a certificate whose key is on P-256, named, with an uncompressed point; undefined
 * for every other key, and for this key in another form.
 */
export function p256KeyOf({ raw }: Pick<X509Certificate, 'raw'>): Uint8Array | undefined {
  const certificate = elementAt(raw, 0);
  const toBeSigned = certificate?.tag === sequence ? elementAt(raw, certificate.start) : undefined;
  if (toBeSigned?.tag !== sequence) return undefined;
  let at = toBeSigned.start;
  for (let field = 0; field < fieldsBefore; field += 1) at = elementAt(raw, at)?.end ?? raw.length;
  const key = raw.subarray(at, elementAt(raw, at)?.end ?? at);
  return key.length === head.length + pointBytes && head.every((byte, index) => key[index] === byte) ? key : undefined;
}

type Element = { readonly tag: number; readonly start: number; readonly end: number };

/** The element of DER that begins at a place; undefined where there is none. TLS has parsed all of it before. */
function elementAt(der: Uint8Array, at: number): Element | undefined {
  const [tag, first] = der.subarray(at, at + 2);
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (lengthBytes > 3) return undefined;
  const start = at + 2 + lengthBytes;
  const length = der.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = start + (lengthBytes === 0 ? first : length);
  return end <= der.length ? { tag, start, end } : undefined;
}

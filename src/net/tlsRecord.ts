// How a TLS connection begins, seen from below TLS: as much of it as tells whether a TLS layer is worth its memory.

/** RFC 8446 section 5.1: content type 22 is a handshake; a record has a head of 5 bytes, and 2^14 bytes at most. */
const handshakeType = 22;
const headBytes = 5;
const recordBytes = 2 ** 14;

/** Whether bytes begin with a whole record of a handshake, with a part of one, or with something else. */
export function firstRecord(bytes: Uint8Array): 'whole' | 'partial' | 'foreign' {
  const [type = handshakeType, major = 3, , high = 0, low = 0] = bytes;
  const length = high * 256 + low;
  if (type !== handshakeType || major !== 3 || length > recordBytes) return 'foreign';
  if (bytes.length < headBytes) return 'partial';
  if (length === 0) return 'foreign';
  return bytes.length >= headBytes + length ? 'whole' : 'partial';
}

// How a TLS connection begins, seen from below TLS: as much of it as tells whether a TLS layer is worth its memory.

/** RFC 8446 section 5.1: content type 22 is a handshake; a record has a head of 5 bytes, and 2^14 bytes at most. */
const handshakeType = 22;
const headBytes = 5;
const recordBytes = 2 ** 14;

/**
 * How many bytes have to be there to know more: those of the head, then those of the whole record; undefined where they do not
 * begin with a record of a handshake.
 */
export function firstRecordBytes(begun: Uint8Array): number | undefined {
  const [type = handshakeType, major = 3, , high = 0, low = 0] = begun;
  if (type !== handshakeType || major !== 3) return undefined;
  if (begun.length < headBytes) return headBytes;
  const length = high * 256 + low;
  return length === 0 || length > recordBytes ? undefined : headBytes + length;
}

// UTF-8 (RFC 3629) with places: text from peers must be well-formed to the last byte, and an error names the byte.

import { FerryError } from '../base/errors.ts';
import type { FormatId } from './formats/format.ts';

/**
 * The text of well-formed UTF-8. A byte order mark stays in the text. Anything else is ERR_DICTIONARY_INVALID with the offset
 * of the first bad byte.
 */
export function decodeUtf8(bytes: Uint8Array, format: FormatId): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new FerryError('ERR_DICTIONARY_INVALID', 'the text is not UTF-8', {
      cause: error,
      detail: { format, offset: Math.max(0, firstInvalidUtf8(bytes, 0, bytes.length)) },
    });
  }
}

/** The offset of the first byte that is no part of a well-formed sequence, between `start` and `end`, or -1. */
export function firstInvalidUtf8(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** How many bytes of UTF-8 stand before the character at `index` (UTF-16 code units) of a well-formed text. */
export function byteOffset(text: string, index: number): number {
  return new TextEncoder().encode(text.slice(0, index)).length;
}

/** The length in bytes of the sequence at `at`, or 0 where RFC 3629 section 4 knows none. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  const second = bytes[at + 1] ?? 0;
  // The first continuation byte excludes overlong forms, surrogates, and what lies beyond U+10FFFF.
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let next = at + 2; next < at + length; next += 1) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

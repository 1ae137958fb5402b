// The first wall before the CBOR library: one pass over the heads that refuses, with its offset, everything outside Ferry's
// subset of RFC 8949, before anything is allocated for it. The library has no limit of depth, count or size of its own and
// replaces bad UTF-8 silently.

import type { FerryError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import { firstInvalidUtf8 } from '../utf8.ts';
import { integerDigits } from '../value.ts';
import { invalid, tooDeep, tooMany, unsupported } from './format.ts';

type Head = { readonly major: number; readonly argument: number; readonly next: number };
type Cursor = { readonly bytes: Uint8Array; readonly view: DataView; at: number; nodes: number };

/** Bytes of an integer with the most digits that are allowed, rounded up: log(10)/log(256) is less than 0.4153. */
const bignumBytes = Math.ceil(integerDigits * 0.4153);

/**
 * Lets exactly one item of the subset through, to the last byte: integers, tags 2 and 3 around what 64 bits cannot hold,
 * finite floats, text strings, arrays, maps with text keys, false, true and null, all of definite length and with the shortest
 * heads. Throws as `Format.decode` says; equal keys are left to the library.
 */
export function scanCbor(bytes: Uint8Array): void {
  const cursor: Cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at: 0, nodes: 0 };
  scanItem(cursor, 0);
  if (cursor.at < bytes.length) throw fault(cursor, 'bytes after the end of the item');
}

function scanItem(cursor: Cursor, depth: number): void {
  cursor.nodes += 1;
  if (cursor.nodes > limits.dictionaryNodes) throw tooMany('cbor', cursor.at);
  const start = cursor.at;
  if ((cursor.bytes[start] ?? 0) >> 5 === 7) {
    scanSimple(cursor);
    return;
  }
  const head = readHead(cursor);
  switch (head.major) {
    case 0:
    case 1:
      cursor.at = head.next;
      return;
    case 3: {
      scanString(cursor, head);
      return;
    }
    case 4:
    case 5: {
      scanContainer(cursor, head, depth);
      return;
    }
    case 6: {
      scanBignum(cursor, head);
      return;
    }
    default:
      throw unsupported('cbor', start, 'a byte string');
  }
}

function scanContainer(cursor: Cursor, head: Head, depth: number): void {
  if (depth === limits.dictionaryDepth) throw tooDeep('cbor', cursor.at);
  // Each value takes at least one byte, so a count beyond the limit or beyond the bytes is refused before the first of them.
  if (head.argument > limits.dictionaryNodes) throw tooMany('cbor', cursor.at);
  if (head.argument > cursor.bytes.length - head.next) throw fault(cursor, 'an item is cut off');
  cursor.at = head.next;
  for (let index = 0; index < head.argument; index += 1) {
    if (head.major === 5) {
      const key = readHead(cursor);
      if (key.major !== 3) throw unsupported('cbor', cursor.at, 'a key that is no text');
      scanString(cursor, key);
    }
    scanItem(cursor, depth + 1);
  }
}

function scanString(cursor: Cursor, head: Head): void {
  const end = head.next + head.argument;
  if (end > cursor.bytes.length) throw fault(cursor, 'a text is cut off');
  const bad = firstInvalidUtf8(cursor.bytes, head.next, end);
  if (bad >= 0) throw invalid('cbor', bad, 'a text is not UTF-8');
  cursor.at = end;
}

function scanBignum(cursor: Cursor, tag: Head): void {
  if (tag.argument !== 2 && tag.argument !== 3) throw unsupported('cbor', cursor.at, 'an unknown tag');
  cursor.at = tag.next;
  const head = readHead(cursor);
  if (head.major !== 2) throw fault(cursor, 'a big integer is no byte string');
  if (head.argument > bignumBytes) throw unsupported('cbor', cursor.at, 'an integer has too many digits');
  const end = head.next + head.argument;
  if (end > cursor.bytes.length) throw fault(cursor, 'a big integer is cut off');
  // RFC 8949 section 3.4.3: preferred serialisation has no leading zero, and uses major types 0 and 1 up to 64 bits.
  if (head.argument <= 8 || cursor.bytes[head.next] === 0) throw fault(cursor, 'a big integer is not in its shortest form');
  cursor.at = end;
}

function scanSimple(cursor: Cursor): void {
  const first = cursor.bytes[cursor.at] ?? 0;
  if (first === 0xf4 || first === 0xf5 || first === 0xf6) {
    cursor.at += 1;
    return;
  }
  const width = first === 0xf9 ? 2 : first === 0xfa ? 4 : first === 0xfb ? 8 : 0;
  if (width === 0) {
    if (first === 0xff || (first >= 0xfc && first <= 0xfe)) throw fault(cursor, 'a break or a reserved head');
    throw unsupported('cbor', cursor.at, 'undefined or an unknown simple value');
  }
  if (cursor.at + 1 + width > cursor.bytes.length) throw fault(cursor, 'a number is cut off');
  if (!isFiniteFloat(cursor.view, cursor.at + 1, width)) throw unsupported('cbor', cursor.at, 'a number that is not finite');
  cursor.at += 1 + width;
}

function isFiniteFloat(view: DataView, at: number, width: 2 | 4 | 8): boolean {
  if (width === 2) return (view.getUint16(at) & 0x7c00) !== 0x7c00;
  return Number.isFinite(width === 4 ? view.getFloat32(at) : view.getFloat64(at));
}

/** The head at the cursor; the cursor stays. Refuses indefinite lengths, reserved heads and longer heads than needed. */
function readHead(cursor: Cursor): Head {
  const { bytes, view, at } = cursor;
  const first = bytes[at];
  if (first === undefined) throw fault(cursor, 'the bytes end before the item');
  const major = first >> 5;
  const short = first & 31;
  if (short < 24) return { major, argument: short, next: at + 1 };
  if (short === 31) throw fault(cursor, 'an indefinite length');
  if (short > 27) throw fault(cursor, 'a reserved head');
  const width = 1 << (short - 24);
  if (at + 1 + width > bytes.length) throw fault(cursor, 'a head is cut off');
  const argument = readArgument(view, at + 1, width);
  const least = width === 1 ? 24 : 2 ** (4 * width);
  if (argument < least) throw fault(cursor, 'a head is longer than needed');
  return { major, argument, next: at + 1 + width };
}

/** Eight bytes may lose their last digits here, which no length and no tag that is accepted has. */
function readArgument(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at);
  return width === 4 ? view.getUint32(at) : view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}

function fault(cursor: Cursor, message: string): FerryError {
  return invalid('cbor', cursor.at, message);
}

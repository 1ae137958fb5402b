// CBOR as other programs write it to files (RFC 8949), which is more than a dictionary on the wire may be: keys that are no text,
// byte strings, dates in tag 0 and 1, indefinite lengths, longer heads than needed. The library of the wire reads no indefinite
// strings, and its answers do not tell integers from floats, so this reads the items itself.

import { encodeBase64 } from '../../base/bytes.ts';
import type { FerryError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import { doubleText } from '../numbers.ts';
import { type DictionaryValue, integerDigits, isIntegerInRange } from '../value.ts';
import { checkSize, invalid, tooDeep, tooMany, unsupported } from './format.ts';

/** A value, and what had to be changed to make it a dictionary, one sentence each. */
export type ConvertedFile = { readonly value: DictionaryValue; readonly notes: readonly string[] };

/** Reads one CBOR item of at most 1 MiB. Throws what `Format.decode` throws where it is malformed or cannot be carried. */
export function readCborFile(bytes: Uint8Array): ConvertedFile {
  checkSize('cbor', bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor: Cursor = { bytes, view, at: 0, nodes: 0, notes: new Set() };
  const value = readItem(cursor, 0);
  if (cursor.at < bytes.length) throw fault(cursor, 'bytes after the end of the item');
  return { value, notes: [...cursor.notes] };
}

type Cursor = { readonly bytes: Uint8Array; readonly view: DataView; at: number; nodes: number; readonly notes: Set<string> };
/** `argument` is undefined for an indefinite length. */
type Head = { readonly major: number; readonly short: number; readonly argument: bigint | undefined; readonly start: number };

const breakByte = 0xff;

function readItem(cursor: Cursor, depth: number): DictionaryValue {
  cursor.nodes += 1;
  if (cursor.nodes > limits.dictionaryNodes) throw tooMany('cbor', cursor.at);
  const head = readHead(cursor);
  switch (head.major) {
    case 0:
      return head.argument ?? 0n;
    case 1:
      return -1n - (head.argument ?? 0n);
    case 2:
      cursor.notes.add('Byte strings became base64 text.');
      return encodeBase64(readString(cursor, head));
    case 3:
      return readText(cursor, head);
    case 4:
      return readList(cursor, head, depth);
    case 5:
      return readMap(cursor, head, depth);
    case 6:
      return readTagged(cursor, head, depth);
    default:
      return readSimple(cursor, head);
  }
}

function readHead(cursor: Cursor): Head {
  const { view, at: start } = cursor;
  if (start >= view.byteLength) throw fault(cursor, 'the bytes end before the item');
  const first = view.getUint8(start);
  const [major, short] = [first >> 5, first & 31];
  cursor.at += 1;
  if (short < 24) return { major, short, argument: BigInt(short), start };
  if (short === 31 && major >= 2 && major <= 5) return { major, short, argument: undefined, start };
  if (short > 27) throw invalid('cbor', start, 'a break or a reserved head');
  const width = 1 << (short - 24);
  if (cursor.at + width > view.byteLength) throw invalid('cbor', start, 'a head is cut off');
  let argument = 0n;
  for (let index = 0; index < width; index += 1) argument = argument * 256n + BigInt(view.getUint8(cursor.at + index));
  cursor.at += width;
  return { major, short, argument, start };
}

/** The bytes of a string, those of all its chunks where its length is indefinite (section 3.2.3). */
function readString(cursor: Cursor, head: Head): Uint8Array {
  if (head.argument !== undefined) {
    const end = BigInt(cursor.at) + head.argument;
    if (end > BigInt(cursor.bytes.length)) throw invalid('cbor', head.start, 'a string is cut off');
    const piece = cursor.bytes.subarray(cursor.at, Number(end));
    cursor.at = Number(end);
    return piece;
  }
  cursor.notes.add('Items of indefinite length became ordinary ones.');
  const pieces: number[] = [];
  while (!atBreak(cursor)) {
    const chunk = readHead(cursor);
    if (chunk.major !== head.major || chunk.argument === undefined) throw invalid('cbor', chunk.start, 'a chunk of another kind');
    for (const byte of readString(cursor, chunk)) pieces.push(byte);
  }
  return Uint8Array.from(pieces);
}

function readText(cursor: Cursor, head: Head): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readString(cursor, head));
  } catch (error) {
    if (error instanceof TypeError) throw invalid('cbor', head.start, 'a text is not UTF-8', error);
    throw error;
  }
}

/** Calls `read` for every item of a container, and checks its depth. */
function eachItem(cursor: Cursor, head: Head, depth: number, read: () => void): void {
  if (depth === limits.dictionaryDepth) throw tooDeep('cbor', head.start);
  if (head.argument === undefined) {
    cursor.notes.add('Items of indefinite length became ordinary ones.');
    while (!atBreak(cursor)) read();
    return;
  }
  if (head.argument > BigInt(limits.dictionaryNodes)) throw tooMany('cbor', head.start);
  for (let index = 0n; index < head.argument; index += 1n) read();
}

function readList(cursor: Cursor, head: Head, depth: number): DictionaryValue {
  const list: DictionaryValue[] = [];
  eachItem(cursor, head, depth, () => list.push(readItem(cursor, depth + 1)));
  return list;
}

function readMap(cursor: Cursor, head: Head, depth: number): DictionaryValue {
  const map = new Map<string, DictionaryValue>();
  eachItem(cursor, head, depth, () => {
    const start = cursor.at;
    const isText = (cursor.bytes[start] ?? 0) >> 5 === 3;
    const key = isText ? readText(cursor, readHead(cursor)) : keyText(cursor, readItem(cursor, depth + 1), start);
    if (map.has(key)) throw invalid('cbor', start, 'two keys are, or would become, the same text');
    map.set(key, readItem(cursor, depth + 1));
  });
  return map;
}

function keyText(cursor: Cursor, key: DictionaryValue, start: number): string {
  if (key !== null && typeof key === 'object') throw unsupported('cbor', start, 'a key that is a container');
  cursor.notes.add('Keys that are no text became text.');
  return typeof key === 'number' ? doubleText(key) : String(key);
}

function readTagged(cursor: Cursor, { argument, start }: Head, depth: number): DictionaryValue {
  if (argument === 2n || argument === 3n) {
    const head = readHead(cursor);
    if (head.major !== 2) throw invalid('cbor', start, 'a big integer is no byte string');
    return bigInteger(cursor, readString(cursor, head), argument === 3n, start);
  }
  // A tag is nested like a container, so that a row of them ends.
  if (depth === limits.dictionaryDepth) throw tooDeep('cbor', start);
  const value = readItem(cursor, depth + 1);
  if (argument === 0n && typeof value === 'string') cursor.notes.add('Dates became text.');
  else if (argument === 1n && (typeof value === 'bigint' || typeof value === 'number'))
    return epochText(cursor, Number(value), start);
  else if (argument === 55_799n) cursor.notes.add('The mark of CBOR files was left out.');
  else throw unsupported('cbor', start, `the tag ${argument ?? ''}`);
  return value;
}

function bigInteger(cursor: Cursor, content: Uint8Array, negative: boolean, start: number): bigint {
  if (content.length > integerDigits) throw unsupported('cbor', start, 'an integer has too many digits');
  const digits = Array.from(content, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const magnitude = BigInt(`0x${digits === '' ? '0' : digits}`);
  const value = negative ? -1n - magnitude : magnitude;
  if (!isIntegerInRange(value)) throw unsupported('cbor', start, 'an integer has too many digits');
  return value;
}

function epochText({ notes }: Cursor, seconds: number, start: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw unsupported('cbor', start, 'a date out of range');
  notes.add('Dates became text.');
  return date.toISOString();
}

function readSimple({ notes, view, at }: Cursor, { short, argument, start }: Head): DictionaryValue {
  switch (short) {
    case 20:
    case 21:
      return short === 21;
    case 22:
      return null;
    case 23:
      notes.add('undefined became null.');
      return null;
    case 25:
      return finite(halfFloat(Number(argument)), start);
    case 26:
      return finite(view.getFloat32(at - 4), start);
    case 27:
      return finite(view.getFloat64(at - 8), start);
    default:
      throw unsupported('cbor', start, 'an unknown simple value');
  }
}

/** A float of 16 bits (RFC 8949 appendix D). */
function halfFloat(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 0x3ff];
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function finite(value: number, start: number): number {
  if (Number.isFinite(value)) return value;
  throw unsupported('cbor', start, 'a number that is not finite');
}

/** Whether the break of an indefinite item stands here; it is stepped over. */
function atBreak(cursor: Cursor): boolean {
  if (cursor.bytes[cursor.at] !== breakByte) return false;
  cursor.at += 1;
  return true;
}

function fault(cursor: Cursor, message: string): FerryError {
  return invalid('cbor', cursor.at, message);
}

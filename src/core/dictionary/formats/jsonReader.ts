// A strict reader of JSON. JSON.parse rounds large integers, takes the last of two equal keys, and has no limit of depth; this
// one keeps every digit, refuses the second key, and checks depth and count before it goes deeper.

import { limits } from '../../base/limits.ts';
import { jsonNumber, readJsonNumber } from '../numbers.ts';
import { byteOffset, decodeUtf8 } from '../utf8.ts';
import type { DictionaryValue } from '../value.ts';
import { invalid, tooDeep, tooMany, unsupported } from './format.ts';

/** What has been read of one text, and where the reader stands in it, in UTF-16 code units. */
type Cursor = { readonly text: string; at: number; nodes: number };

const blank = /[ \t\n\r]*/y;
const word = /true|false|null/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 forbids exactly these unescaped.
const plainRun = /[^"\\\u0000-\u001f]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads one JSON text of at most 1 MiB; throws as `Format.decode` says. */
export function readJson(bytes: Uint8Array): DictionaryValue {
  const cursor: Cursor = { text: decodeUtf8(bytes, 'json'), at: 0, nodes: 0 };
  skipBlank(cursor);
  const value = readValue(cursor, 0);
  skipBlank(cursor);
  if (cursor.at < cursor.text.length) stop(cursor, 'text after the end of the value');
  return value;
}

function readValue(cursor: Cursor, depth: number): DictionaryValue {
  cursor.nodes += 1;
  if (cursor.nodes > limits.dictionaryNodes) throw tooMany('json', byteOffset(cursor.text, cursor.at));
  const first = cursor.text[cursor.at];
  if (first === '{' || first === '[') {
    if (depth === limits.dictionaryDepth) throw tooDeep('json', byteOffset(cursor.text, cursor.at));
    cursor.at += 1;
    return first === '{' ? readObject(cursor, depth + 1) : readArray(cursor, depth + 1);
  }
  if (first === '"') return readString(cursor);
  const start = cursor.at;
  const number = take(cursor, jsonNumber);
  if (number !== '') {
    const value = readJsonNumber(number);
    if (value === undefined) throw unsupported('json', byteOffset(cursor.text, start), 'a number is out of range');
    return value;
  }
  const name = take(cursor, word);
  if (name === '') stop(cursor, 'a value is expected');
  return name === 'null' ? null : name === 'true';
}

function readObject(cursor: Cursor, depth: number): DictionaryValue {
  const map = new Map<string, DictionaryValue>();
  skipBlank(cursor);
  if (eat(cursor, '}')) return map;
  do {
    skipBlank(cursor);
    const start = cursor.at;
    if (cursor.text[start] !== '"') stop(cursor, 'a key is expected');
    const key = readString(cursor);
    if (map.has(key)) throw invalid('json', byteOffset(cursor.text, start), 'a key stands twice in one object');
    skipBlank(cursor);
    if (!eat(cursor, ':')) stop(cursor, 'a colon is expected');
    skipBlank(cursor);
    map.set(key, readValue(cursor, depth));
    skipBlank(cursor);
  } while (eat(cursor, ','));
  if (!eat(cursor, '}')) stop(cursor, 'a comma or the end of the object is expected');
  return map;
}

function readArray(cursor: Cursor, depth: number): DictionaryValue {
  const list: DictionaryValue[] = [];
  skipBlank(cursor);
  if (eat(cursor, ']')) return list;
  do {
    skipBlank(cursor);
    list.push(readValue(cursor, depth));
    skipBlank(cursor);
  } while (eat(cursor, ','));
  if (!eat(cursor, ']')) stop(cursor, 'a comma or the end of the array is expected');
  return list;
}

function readString(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at += 1;
  let value = take(cursor, plainRun);
  while (!eat(cursor, '"')) {
    if (!eat(cursor, '\\')) stop(cursor, 'a string is not closed, or holds a control character');
    value += readEscape(cursor);
    if (cursor.text[cursor.at] !== '\\') value += take(cursor, plainRun);
  }
  if (!value.isWellFormed()) {
    throw invalid('json', byteOffset(cursor.text, start), 'a string holds an unpaired surrogate');
  }
  return value;
}

function readEscape(cursor: Cursor): string {
  const letter = cursor.text[cursor.at] ?? '';
  const simple = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (simple !== undefined) {
    cursor.at += 1;
    return simple;
  }
  const digits = cursor.text.slice(cursor.at + 1, cursor.at + 5);
  if (letter !== 'u' || !/^[\da-fA-F]{4}$/.test(digits)) stop(cursor, 'an escape is unknown');
  cursor.at += 5;
  return String.fromCharCode(Number.parseInt(digits, 16));
}

function skipBlank(cursor: Cursor): void {
  blank.lastIndex = cursor.at;
  blank.test(cursor.text);
  cursor.at = blank.lastIndex;
}

/** What a sticky pattern matches here, stepped over; the empty string where it does not match. */
function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function eat(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function stop(cursor: Cursor, message: string): never {
  throw invalid('json', byteOffset(cursor.text, cursor.at), message);
}

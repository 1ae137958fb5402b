// The scalars of Python literals: strings and bytes (Python reference section 2.4), numbers, and dates as `repr` writes them.

import { encodeBase64 } from '../../base/bytes.ts';
import { dayExists } from './dates.ts';
import type { Scanner } from './scanner.ts';

/** What one reading of Python carries around. */
export type PythonContext = { readonly scanner: Scanner; readonly notes: Set<string> };

const opening = /([rRbBuUfF]{0,2})('''|"""|'|")/y;
const prefixes = new Set(['', 'r', 'b', 'u', 'f', 'rb', 'br', 'rf', 'fr']);
const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const radix = /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+/y;
const decimal = /(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const dateCall =
  /(?:datetime\.)?(datetime|date|time)\(\s*(\d+(?:\s*,\s*\d+){0,6})?\s*(,\s*tzinfo\s*=\s*(?:datetime\.)?(?:timezone\.utc|UTC))?\s*,?\s*\)/y;

/** Whether a string or bytes literal begins here. */
export function stringAhead(scanner: Scanner): boolean {
  opening.lastIndex = scanner.at;
  return opening.test(scanner.text);
}

/** One string, or several side by side, which are one; bytes become base64, and a note says so. */
export function readStrings(context: PythonContext, skip: () => void): string {
  const { scanner } = context;
  const start = scanner.at;
  const first = readString(scanner);
  let text = first.text;
  let end = scanner.at;
  skip();
  while (stringAhead(scanner)) {
    scanner.countValue();
    const next = readString(scanner);
    if (next.bytes !== first.bytes) scanner.stop('bytes and text cannot be joined', start);
    text += next.text;
    end = scanner.at;
    skip();
  }
  scanner.at = end;
  if (!first.bytes) return scanner.wellFormed(text, start);
  context.notes.add('Bytes became base64 text.');
  return encodeBase64(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

function readString(scanner: Scanner): { readonly text: string; readonly bytes: boolean } {
  const start = scanner.at;
  const [, written = '', quote = ''] = scanner.take(opening) ?? scanner.stop('a string is expected');
  const prefix = written.toLowerCase();
  if (!prefixes.has(prefix)) scanner.stop('an unknown prefix of a string', start);
  const kind: StringKind = {
    quote,
    raw: prefix.includes('r'),
    bytes: prefix.includes('b'),
    formatted: prefix.includes('f'),
    start,
  };
  let text = '';
  while (!scanner.eat(quote)) text += readPiece(scanner, kind);
  return { text, bytes: kind.bytes };
}

type StringKind = {
  readonly quote: string;
  readonly raw: boolean;
  readonly bytes: boolean;
  readonly formatted: boolean;
  readonly start: number;
};

function readPiece(scanner: Scanner, kind: StringKind): string {
  const plain = scanner.take(/[^\\'"{}\n\r]+/y)?.[0];
  if (plain !== undefined) return checkBytes(scanner, kind, plain);
  if (scanner.done()) scanner.stop('a string is not closed', kind.start);
  if (scanner.sees('\\')) return readEscape(scanner, kind);
  const lineEnd = scanner.take(/\r\n|\r|\n/y);
  if (lineEnd !== undefined) return kind.quote.length === 3 ? '\n' : scanner.stop('a string is not closed', kind.start);
  const character = scanner.text[scanner.at] ?? '';
  if (kind.formatted && (character === '{' || character === '}')) {
    // A doubled brace is a brace; a single one begins an expression.
    if (!scanner.eat(character + character)) scanner.stop('an expression in a string is no literal');
    return character;
  }
  scanner.at += 1;
  return character;
}

function readEscape(scanner: Scanner, kind: StringKind): string {
  const start = scanner.at;
  if (kind.raw) return checkBytes(scanner, kind, scanner.take(/\\[^]?/uy)?.[0] ?? '');
  scanner.at += 1;
  if (scanner.take(/\r\n|\r|\n/y) !== undefined) return '';
  const octal = scanner.take(/[0-7]{1,3}/y)?.[0];
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & (kind.bytes ? 0xff : 0x1ff));
  const hexadecimal = scanner.take(kind.bytes ? /x([\da-fA-F]{2})/y : /x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})/y);
  if (hexadecimal !== undefined) {
    const point = Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? hexadecimal[3] ?? '', 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : scanner.stop('an escape gives no character', start);
  }
  const character = scanner.take(/[^]/uy)?.[0] ?? scanner.stop('a string is not closed', kind.start);
  if (character === 'x' || (!kind.bytes && (character === 'u' || character === 'U')))
    scanner.stop('an escape is malformed', start);
  if (character === 'N' && !kind.bytes) scanner.stop('a character by its name cannot be read', start);
  // An unknown escape stands for itself, backslash included (Python reference section 2.4.1).
  return simpleEscapes[character] ?? checkBytes(scanner, kind, `\\${character}`);
}

function checkBytes(scanner: Scanner, kind: StringKind, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a bytes literal holds ASCII only.
  return !kind.bytes || /^[\u0000-\u007f]*$/.test(text) ? text : scanner.stop('bytes hold only ASCII', kind.start);
}

/** A number with its sign: an integer where it has neither fraction nor exponent. */
export function readNumber(scanner: Scanner): bigint | number {
  const start = scanner.at;
  const sign = scanner.take(/[+-]\s*/y)?.[0][0] ?? '';
  if (scanner.take(/(?:nan|inf)\b|float\(/y) !== undefined) scanner.stop('a number that is not finite cannot be carried', start);
  const prefixed = scanner.take(radix)?.[0];
  const digits = (prefixed ?? scanner.take(decimal)?.[0] ?? scanner.stop('a number is expected', start)).replaceAll('_', '');
  if (/[jJ]/.test(scanner.text[scanner.at] ?? '')) scanner.stop('a complex number cannot be carried', start);
  if (/[\p{ID_Continue}]/u.test(scanner.text[scanner.at] ?? '')) scanner.stop('a number is malformed', start);
  if (prefixed === undefined && /[.eE]/.test(digits)) return scanner.double(sign + digits, start);
  if (prefixed === undefined && /^0+[1-9]/.test(digits)) scanner.stop('a number is malformed', start);
  const magnitude = scanner.integer(digits, start);
  return sign === '-' ? -magnitude : magnitude;
}

/** A date, time or both as `repr` writes them, as ISO 8601; undefined where none stands here. */
export function readDate(scanner: Scanner): string | undefined {
  const start = scanner.at;
  const found = scanner.take(dateCall);
  if (found === undefined) return undefined;
  const parts = (found[2] ?? '').split(',').map((part) => Number(part));
  const zone = found[3] === undefined ? '' : '+00:00';
  const iso = isoOf(found[1] ?? '', parts);
  return iso === undefined ? scanner.stop('a date is malformed', start) : iso + (found[1] === 'date' ? '' : zone);
}

function isoOf(kind: string, parts: readonly number[]): string | undefined {
  if (kind === 'time') return timeOf(parts);
  const [year = 0, month = 0, day = 0] = parts;
  const exists = year >= 1 && year <= 9999 && dayExists(year, month, day);
  const dateText = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  if (!exists || (kind === 'date' && parts.length !== 3)) return undefined;
  if (kind === 'date') return dateText;
  const time = timeOf(parts.slice(3));
  return time === undefined ? undefined : `${dateText}T${time}`;
}

function timeOf(parts: readonly number[]): string | undefined {
  const [hour = 0, minute = 0, second = 0, micro = 0] = parts;
  if (parts.length > 4 || hour > 23 || minute > 59 || second > 59 || micro > 999_999) return undefined;
  return `${two(hour)}:${two(minute)}:${two(second)}${micro === 0 ? '' : `.${String(micro).padStart(6, '0')}`}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

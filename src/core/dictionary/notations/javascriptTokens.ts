// The scalars of JavaScript literals: strings, templates, numbers and dates (ECMA-262 section 12.9).

import { isIsoDate } from './dates.ts';
import type { Scanner } from './scanner.ts';

const run: Readonly<Record<string, RegExp>> = {
  '"': /[^"\\\n\r]*/y,
  "'": /[^'\\\n\r]*/y,
  '`': /[^`\\$\r]*/y,
};
const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '0': '\0' };
const radix = /0[xX][\da-fA-F](?:_?[\da-fA-F])*|0[oO][0-7](?:_?[0-7])*|0[bB][01](?:_?[01])*/y;
const decimal = /(?:(?:0|[1-9](?:_?\d)*)(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const dateCall = /new\s+Date\s*\(\s*(?:"([^"\\\n]*)"|'([^'\\\n]*)'|(-?\d+))\s*\)/y;

/** A string in double or single quotes. */
export function readQuoted(scanner: Scanner): string {
  const start = scanner.at;
  const quote = scanner.text[start] ?? '';
  const plain = run[quote] ?? scanner.stop('a string is expected');
  scanner.at += 1;
  const pieces: string[] = [];
  for (;;) {
    if (!scanner.sees('\\')) pieces.push(scanner.take(plain)?.[0] ?? '');
    if (scanner.eat(quote)) return scanner.wellFormed(pieces.join(''), start);
    if (!scanner.sees('\\')) scanner.stop('a string is not closed', start);
    pieces.push(readEscape(scanner));
  }
}

/** A template without substitutions; its line ends become LF, as the language says. */
export function readTemplate(scanner: Scanner): string {
  const start = scanner.at;
  const plain = run['`'] ?? /(?:)/y;
  scanner.at += 1;
  let value = '';
  for (;;) {
    value += scanner.take(plain)?.[0] ?? '';
    if (scanner.eat('`')) return scanner.wellFormed(value, start);
    if (scanner.sees('${')) scanner.stop('a substitution in a template is no literal');
    if (scanner.done()) scanner.stop('a template is not closed', start);
    if (scanner.sees('\\')) value += readEscape(scanner);
    else if (scanner.eat('\r\n') || scanner.eat('\r')) value += '\n';
    else {
      scanner.at += 1;
      value += '$';
    }
  }
}

/** A number with its sign: an integer where it has neither fraction nor exponent. `-0` is the double, as in the language. */
export function readNumber(scanner: Scanner): bigint | number {
  const start = scanner.at;
  const sign = scanner.take(/[+-]\s*/y)?.[0][0] ?? '';
  const prefixed = scanner.take(radix)?.[0];
  const digits = (prefixed ?? scanner.take(decimal)?.[0] ?? scanner.stop('a number is expected', start)).replaceAll('_', '');
  const big = scanner.eat('n');
  if (/[\p{ID_Continue}$]/u.test(scanner.text[scanner.at] ?? '')) scanner.stop('a number is malformed', start);
  if (prefixed === undefined && /[.eE]/.test(digits)) {
    if (big) scanner.stop('a number is malformed', start);
    return scanner.double(sign + digits, start);
  }
  const magnitude = scanner.integer(digits, start);
  if (sign !== '-') return magnitude;
  return magnitude === 0n && !big ? -0 : -magnitude;
}

/** `new Date(...)` around an ISO 8601 text, which is carried as it stands, or around milliseconds. */
export function readDateCall(scanner: Scanner): string {
  const start = scanner.at;
  const found = scanner.take(dateCall) ?? scanner.stop('a call is no literal', start);
  const text = found[1] ?? found[2];
  if (text !== undefined) {
    return isIsoDate(text) ? text : scanner.stop('a date that does not exist or is not ISO 8601', start);
  }
  const date = new Date(Number(found[3]));
  return Number.isNaN(date.getTime()) ? scanner.stop('a date is out of range', start) : date.toISOString();
}

function readEscape(scanner: Scanner): string {
  const start = scanner.at;
  scanner.at += 1;
  const letter = scanner.text[scanner.at] ?? '';
  const simple = /[bfnrtv]/.test(letter) ? simpleEscapes[letter] : undefined;
  if (simple !== undefined) {
    scanner.at += 1;
    return simple;
  }
  if (scanner.take(/\r\n|[\n\r\u2028\u2029]/y) !== undefined) return '';
  const code = scanner.take(/u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})/y);
  if (code !== undefined) {
    const point = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : scanner.stop('an escape gives no character', start);
  }
  const character = scanner.take(/[^]/uy)?.[0] ?? scanner.stop('a string is not closed', start);
  if (/[1-9ux]/.test(character)) scanner.stop('an escape is malformed', start);
  if (character === '0' && /\d/.test(scanner.text[scanner.at] ?? '')) scanner.stop('an escape is malformed', start);
  return simpleEscapes[character] ?? character;
}

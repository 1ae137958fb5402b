// Numbers as text. The grammar of RFC 8259 section 6 is shared by the JSON and XML formats and by several notations; a number
// with neither fraction nor exponent is an integer, every other one is a double.

import { integerDigits } from './value.ts';

/** A number as RFC 8259 section 6 writes it, to be matched at one place of a text. */
export const jsonNumber = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The shortest text of a finite double that reads back as the same double. It always has a fraction, so that no reader takes
 * it for an integer, YAML 1.1 readers included, to whom `1e+21` is a string: `1.0`, `-0.0`, `1.0e+21`.
 */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  if (text.includes('.')) return text;
  const exponent = text.indexOf('e');
  return exponent < 0 ? `${text}.0` : `${text.slice(0, exponent)}.0${text.slice(exponent)}`;
}

/**
 * The value of a text that matches `jsonNumber`: a bigint without fraction and exponent, else a number. `-0` is the double,
 * for no integer has that sign. Undefined where it is out of range: beyond the doubles, or more than `integerDigits` digits.
 */
export function readJsonNumber(text: string): bigint | number | undefined {
  if (text === '-0') return -0;
  if (/[.eE]/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  return readInteger(text);
}

/**
 * The integer of a text of digits, with sign or a prefix 0x, 0o or 0b, or undefined where it has more than `integerDigits`
 * digits.
 */
export function readInteger(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  const digits = negative || text.startsWith('+') ? text.slice(1) : text;
  if (digits.length > integerDigits) return undefined;
  const value = BigInt(digits);
  return negative ? -value : value;
}

// What a reading has to say about numbers that are not quite what stood in the text.

import { type DictionaryValue, isList, isMap } from '../value.ts';

/** So many numbers are named; the rest is of the same kind. */
const mostExamples = 3;
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** Says that a double has fewer digits than were written. */
export function noteDigits(notes: Set<string>, written: string, value: number): void {
  if (significant(written) !== significant(String(value))) addExample(notes, written, `${value}`);
}

/** Says that digits before or behind a number, which a version or a code may have, are gone: `3.10`, `01234`. */
export function noteZeros(notes: Set<string>, written: string, value: number | bigint): void {
  if (/^[-+]?0\d/.test(written) || /^[-+]?\d*\.\d*[1-9]0+$|^[-+]?\d*\.\d*00$/.test(written))
    addExample(notes, written, `${value}`);
}

/** Says that a value holds integers that many programs round. */
export function noteLargeIntegers(notes: Set<string>, value: DictionaryValue): void {
  if (hasLargeInteger(value)) notes.add('Integers beyond 2^53 keep all their digits; some programs that read JSON round them.');
}

function addExample(notes: Set<string>, written: string, value: string): void {
  const note = `${written.length > 40 ? `${written.slice(0, 40)}…` : written} became the number ${value}.`;
  const examples = [...notes].filter((other) => / became the number /.test(other)).length;
  if (examples < mostExamples) notes.add(note);
}

function hasLargeInteger(value: DictionaryValue): boolean {
  if (typeof value === 'bigint') return value > largest || value < -largest;
  if (value === null || typeof value !== 'object') return false;
  if (isList(value)) return value.some(hasLargeInteger);
  return isMap(value) && [...value.values()].some(hasLargeInteger);
}

/** The digits of a number from the first to the last that is no zero. */
function significant(number: string): string {
  return number
    .replace(/[eE].*$/, '')
    .replaceAll(/[^\d]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '');
}

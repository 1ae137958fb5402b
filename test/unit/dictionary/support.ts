// What the dictionary tests share: a builder of values out of plain objects, the arbitrary dictionary, and the vectors.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';

import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import { type DictionaryMap, type DictionaryValue, isList, isMap } from '../../../src/core/dictionary/value.ts';

const vectorsFolder = path.join(import.meta.dirname, '../../vectors/dictionary');

/** Properties run this often: FERRY_PROPERTY_RUNS, or 3 000 times. */
export const propertyRuns = Number(process.env['FERRY_PROPERTY_RUNS'] ?? 3000);

/** A map of entries. */
export function mapOf(...entries: readonly (readonly [string, DictionaryValue])[]): DictionaryMap {
  return new Map(entries);
}

/** The cases of one vector file, read with our own strict JSON, which keeps 1 and 1.0 apart. */
export function readVectors(name: string): readonly DictionaryMap[] {
  const value = jsonFormat.decode(readFileSync(path.join(vectorsFolder, `${name}.json`)));
  if (value === null || typeof value !== 'object' || !isList(value)) throw new TypeError(`${name} holds no list`);
  return value.map(asMap);
}

/** The text of a vector file. */
export function readVector(name: string): string {
  return readFileSync(path.join(vectorsFolder, name), 'utf8');
}

export function asMap(value: DictionaryValue | undefined): DictionaryMap {
  if (value === null || typeof value !== 'object' || !isMap(value)) throw new TypeError('a map is expected');
  return value;
}

export function asText(value: DictionaryValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('a text is expected');
  return value;
}

/** Texts of every kind: any scalar, control characters, markup, words with a meaning of their own. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('\u0000', '\t', '\n', '\r', '\u001b', '\\', '"', "'", '&', '<', '>', ']', '\ufeff', '\uffff', ' '),
    maxLength: 8,
  }),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toString',
    '<map>',
    '</string>',
    '&lt;',
    ']]>',
    '<!--',
    '&#0;',
    '\\u0000',
    '\u2028',
  ),
  fc.constantFrom(
    'true',
    'null',
    '1',
    '1.0',
    'yes',
    '~',
    '- a',
    'a: b',
    '# no',
    "'",
    '{',
    '%',
    '@',
    '!!str x',
    '<<',
    '=',
    '0x1',
    '1_000',
  ),
);
const anyDouble = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    1,
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    2 ** -24,
    3 * 2 ** -24,
    65_504,
    65_505,
    2 ** 53,
    1e21,
  ),
  fc.integer({ min: 0, max: 1023 }).map((bits) => bits * 2 ** -24),
);
const anyInteger = fc.oneof(
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
  fc.bigInt({ min: -300n, max: 300n }),
  fc
    .tuple(fc.constantFrom(8n, 16n, 32n, 53n, 63n, 64n, 128n, 200n), fc.constantFrom(-1n, 0n, 1n), fc.constantFrom(-1n, 1n))
    .map(([power, delta, sign]) => sign * (2n ** power + delta)),
);

/** Any dictionary value, containers a few levels deep. */
const anyValue: fc.Arbitrary<DictionaryValue> = fc.letrec<{ value: DictionaryValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof<[fc.Arbitrary<DictionaryValue>, ...fc.Arbitrary<DictionaryValue>[]]>(
      fc.constant(null),
      fc.boolean(),
      anyInteger,
      anyDouble,
      anyText,
    ),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(anyText, tie('value')), { maxLength: 5 }).map((entries): DictionaryValue => new Map(entries)),
  ),
})).value;

/** Any map or list. */
export const anyDictionary: fc.Arbitrary<DictionaryValue> = fc.oneof(
  fc.array(anyValue, { maxLength: 6 }),
  fc.array(fc.tuple(anyText, anyValue), { maxLength: 6 }).map((entries): DictionaryValue => new Map(entries)),
);

// CBOR against RFC 8949: the examples of its appendix A that fall in the subset, both ways, and what lies outside of it.

import assert from 'node:assert/strict';

import { encode as encodeWithLibrary } from 'cborg';
import fc from 'fast-check';

import { diagnosticText } from '../../../src/core/dictionary/diagnostic.ts';
import { cborFormat } from '../../../src/core/dictionary/formats/cbor.ts';
import type { DictionaryValue } from '../../../src/core/dictionary/value.ts';
import { mapOf } from './support.ts';

function fromHex(hexadecimal: string): Uint8Array {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** RFC 8949 appendix A: value, encoding, and its diagnostic notation where that is not obvious. */
const examples: readonly (readonly [value: DictionaryValue, hexadecimal: string, diagnostic: string])[] = [
  [0n, '00', '0'],
  [1n, '01', '1'],
  [10n, '0a', '10'],
  [23n, '17', '23'],
  [24n, '1818', '24'],
  [25n, '1819', '25'],
  [100n, '1864', '100'],
  [1000n, '1903e8', '1000'],
  [1_000_000n, '1a000f4240', '1000000'],
  [1_000_000_000_000n, '1b000000e8d4a51000', '1000000000000'],
  [18_446_744_073_709_551_615n, '1bffffffffffffffff', '18446744073709551615'],
  [18_446_744_073_709_551_616n, 'c249010000000000000000', '18446744073709551616'],
  [-18_446_744_073_709_551_616n, '3bffffffffffffffff', '-18446744073709551616'],
  [-18_446_744_073_709_551_617n, 'c349010000000000000000', '-18446744073709551617'],
  [-1n, '20', '-1'],
  [-10n, '29', '-10'],
  [-100n, '3863', '-100'],
  [-1000n, '3903e7', '-1000'],
  [0, 'f90000', '0.0'],
  [-0, 'f98000', '-0.0'],
  [1, 'f93c00', '1.0'],
  [1.1, 'fb3ff199999999999a', '1.1'],
  [1.5, 'f93e00', '1.5'],
  [65_504, 'f97bff', '65504.0'],
  [100_000, 'fa47c35000', '100000.0'],
  [3.4028234663852886e38, 'fa7f7fffff', '3.4028234663852886e+38'],
  [1e300, 'fb7e37e43c8800759c', '1.0e+300'],
  [5.960464477539063e-8, 'f90001', '5.960464477539063e-8'],
  [0.00006103515625, 'f90400', '0.00006103515625'],
  [-4, 'f9c400', '-4.0'],
  [-4.1, 'fbc010666666666666', '-4.1'],
  [false, 'f4', 'false'],
  [true, 'f5', 'true'],
  [null, 'f6', 'null'],
  ['', '60', '""'],
  ['a', '6161', '"a"'],
  ['IETF', '6449455446', '"IETF"'],
  ['"\\', '62225c', '"\\"\\\\"'],
  ['\u00fc', '62c3bc', '"\u00fc"'],
  ['\u6c34', '63e6b0b4', '"\u6c34"'],
  ['\u{10151}', '64f0908591', '"\u{10151}"'],
  [[], '80', '[]'],
  [[1n, 2n, 3n], '83010203', '[1, 2, 3]'],
  [[1n, [2n, 3n], [4n, 5n]], '8301820203820405', '[1, [2, 3], [4, 5]]'],
  [
    Array.from({ length: 25 }, (_, index) => BigInt(index + 1)),
    '98190102030405060708090a0b0c0d0e0f101112131415161718181819',
    '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]',
  ],
  [mapOf(), 'a0', '{}'],
  [mapOf(['a', 1n], ['b', [2n, 3n]]), 'a26161016162820203', '{"a": 1, "b": [2, 3]}'],
  [['a', mapOf(['b', 'c'])], '826161a161626163', '["a", {"b": "c"}]'],
  [
    mapOf(['a', 'A'], ['b', 'B'], ['c', 'C'], ['d', 'D'], ['e', 'E']),
    'a56161614161626142616361436164614461656145',
    '{"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}',
  ],
];

const invalid = 'ERR_DICTIONARY_INVALID';
const unsupported = 'ERR_DICTIONARY_VALUE_UNSUPPORTED';

/** Appendix A outside of the subset, and what breaks the rules of preferred serialisation or of CBOR itself. */
const refused: readonly (readonly [name: string, hexadecimal: string, code: string, offset: number])[] = [
  ['half infinity', 'f97c00', unsupported, 0],
  ['half NaN', 'f97e00', unsupported, 0],
  ['half minus infinity', 'f9fc00', unsupported, 0],
  ['single infinity', 'fa7f800000', unsupported, 0],
  ['double NaN', 'fb7ff8000000000000', unsupported, 0],
  ['undefined', 'f7', unsupported, 0],
  ['a simple value', 'f0', unsupported, 0],
  ['a simple value of two bytes', 'f8ff', unsupported, 0],
  ['a date as text', 'c074323031332d30332d32315432303a30343a30305a', unsupported, 0],
  ['a date as seconds', 'c11a514b67b0', unsupported, 0],
  ['a base16 tag', 'd74401020304', unsupported, 0],
  ['an address tag', 'd82076687474703a2f2f7777772e6578616d706c652e636f6d', unsupported, 0],
  ['a byte string', '4401020304', unsupported, 0],
  ['an empty byte string in a list', '8140', unsupported, 1],
  ['a key that is a number', 'a201020304', unsupported, 1],
  ['a key that is a list', 'a18001', unsupported, 1],
  ['indefinite bytes', '5f42010243030405ff', invalid, 0],
  ['indefinite text', '7f657374726561646d696e67ff', invalid, 0],
  ['an indefinite list', '9fff', invalid, 0],
  ['an indefinite map', 'bf6161019fff', invalid, 0],
  ['a break alone', 'ff', invalid, 0],
  ['a reserved head', '1c', invalid, 0],
  ['a reserved simple head', 'fc', invalid, 0],
  ['24 in two bytes too many', '1817', invalid, 0],
  ['1 in three bytes', '190001', invalid, 0],
  ['1 in five bytes', '1a00000001', invalid, 0],
  ['1 in nine bytes', '1b0000000000000001', invalid, 0],
  ['2^32 - 1 in nine bytes', '1b00000000ffffffff', invalid, 0],
  ['a long head for a short text', '780161', invalid, 0],
  ['a long head for a short list', '9801f6', invalid, 0],
  ['a big integer that fits 64 bits', 'c24101', invalid, 1],
  ['a big integer with leading zeroes', 'c24a00010000000000000000', invalid, 1],
  ['a big integer around a text', 'c26161', invalid, 1],
  ['a big integer that is indefinite', 'c25f41ffff', invalid, 1],
  ['a text that is not UTF-8', '8162c328', invalid, 2],
  ['a text cut short', '6361', invalid, 0],
  ['a list cut short', '8201', invalid, 0],
  ['a list of more than there is', '850102', invalid, 0],
  ['a map without its last value', 'a16161', invalid, 3],
  ['nothing', '', invalid, 0],
  ['two items', '0101', invalid, 1],
  ['a key that stands twice', 'a2616101616102', invalid, 4],
  ['a head cut short', '19ff', invalid, 0],
  ['a number cut short', 'fb3ff1', invalid, 0],
];

describe('CBOR as RFC 8949 has it', () => {
  for (const [value, hexadecimal, diagnostic] of examples) {
    it(`${diagnostic} is ${hexadecimal}`, () => {
      assert.equal(toHex(cborFormat.encode(value)), hexadecimal);
      assert.deepStrictEqual(cborFormat.decode(fromHex(hexadecimal)), value);
      assert.equal(diagnosticText(fromHex(hexadecimal)), diagnostic);
    });
  }

  for (const [name, hexadecimal, code, offset] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => cborFormat.decode(fromHex(hexadecimal)), { code, detail: { format: 'cbor', offset } });
    });
  }

  it('reads floats that are wider than they had to be, which many encoders write', () => {
    assert.deepStrictEqual(cborFormat.decode(fromHex('82fa3fc00000fb3ff8000000000000')), [1.5, 1.5]);
  });

  it('writes every half-precision number in three bytes', () => {
    for (let bits = 0; bits < 0x7c00; bits += 1) {
      const exponent = bits >> 10;
      const fraction = bits & 0x3ff;
      const value = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
      assert.equal(toHex(cborFormat.encode(value)), `f9${bits.toString(16).padStart(4, '0')}`);
      assert.equal(toHex(cborFormat.encode(-value)), `f9${(bits | 0x8000).toString(16)}`);
    }
  });

  it('writes what the library writes, where the library keeps the types', () => {
    const plain = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
        fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }).filter((number) => Math.abs(number) > 1e-4),
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        fc.array(tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(plain, (value) => {
        assert.equal(toHex(cborFormat.encode(asValue(value))), toHex(encodeWithLibrary(value)));
      }),
      { numRuns: 1000 },
    );
  });
});

function asValue(value: unknown): DictionaryValue {
  if (Array.isArray(value)) return value.map(asValue);
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  throw new TypeError('a plain value is expected');
}

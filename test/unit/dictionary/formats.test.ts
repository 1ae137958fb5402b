// What all three formats promise: what goes in comes out, in every format the same, and nothing beyond the limits.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { limits } from '../../../src/core/base/limits.ts';
import { cborFormat } from '../../../src/core/dictionary/formats/cbor.ts';
import type { Format } from '../../../src/core/dictionary/formats/format.ts';
import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import { xmlFormat, xmlText } from '../../../src/core/dictionary/formats/xml.ts';
import { formatFacts, formatIds, formatOfMediaType, formatOfName, loadFormat } from '../../../src/core/dictionary/formats.ts';
import { type DictionaryValue, equalDictionaries, integerDigits } from '../../../src/core/dictionary/value.ts';
import { anyDictionary, mapOf, propertyRuns, readVector } from './support.ts';

const formats: readonly Format[] = [jsonFormat, xmlFormat, cborFormat];

function again(format: Format, value: DictionaryValue): DictionaryValue {
  return format.decode(format.encode(value));
}

for (const format of formats) {
  describe(`the ${format.id} format`, () => {
    it(`gives back what it took, ${propertyRuns} times`, function () {
      this.timeout(20_000 + propertyRuns * 10);
      fc.assert(
        fc.property(anyDictionary, (value) => equalDictionaries(again(format, value), value)),
        { numRuns: propertyRuns },
      );
    });

    it('carries every Unicode scalar in keys and in texts', () => {
      for (const text of everyScalar()) {
        const value = mapOf(...Array.from(text, (character): [string, string] => [character, character]).slice(0, 2), [
          text,
          text,
        ]);
        assert.ok(equalDictionaries(again(format, value), value), `from ${text.codePointAt(0)?.toString(16)}`);
      }
    });

    it('carries the numbers at the edges with their types and signs', () => {
      const value: DictionaryValue = [
        [0n, -1n, 1n, 23n, 24n, 255n, 256n, 65_535n, 65_536n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n],
        [
          2n ** 64n - 1n,
          2n ** 64n,
          -(2n ** 64n),
          -(2n ** 64n) - 1n,
          2n ** 200n,
          -(2n ** 200n),
          10n ** BigInt(integerDigits) - 1n,
        ],
        [0, -0, 1, -1, 1.5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 2 ** -24, 3 * 2 ** -24, 65_504, 1e21, 0.1],
      ];
      assert.ok(equalDictionaries(again(format, value), value));
    });

    it('keeps keys in their order, whole numbers and empty ones too', () => {
      const value = mapOf(['b', 1n], ['10', 2n], ['2', 3n], ['', 4n], ['__proto__', mapOf(['polluted', true])], ['a', 5n]);
      assert.ok(equalDictionaries(again(format, value), value));
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
    });

    it('takes 32 levels and refuses the 33rd, both ways', () => {
      assert.ok(equalDictionaries(again(format, nested(32)), nested(32)));
      assert.throws(() => format.encode(nested(33)), { code: 'ERR_DICTIONARY_TOO_DEEP' });
    });

    it('takes 10 000 values and refuses one more', () => {
      const value: DictionaryValue = Array.from({ length: limits.dictionaryNodes - 1 }, () => null);
      assert.ok(equalDictionaries(again(format, value), value));
      assert.throws(() => format.encode([...value, null]), { code: 'ERR_DICTIONARY_TOO_LARGE' });
    });

    it('refuses more than 1 MiB, both ways', () => {
      assert.throws(() => format.encode(['x'.repeat(limits.dictionaryBytes)]), { code: 'ERR_DICTIONARY_TOO_LARGE' });
      assert.throws(() => format.decode(new Uint8Array(limits.dictionaryBytes + 1)), { code: 'ERR_DICTIONARY_TOO_LARGE' });
    });

    for (const [name, value] of [
      ['NaN', Number.NaN],
      ['infinity', [Number.NEGATIVE_INFINITY]],
      ['an unpaired surrogate', ['\ud800']],
      ['a key with an unpaired surrogate', mapOf(['\udc00', 1n])],
      ['an integer of too many digits', [10n ** BigInt(integerDigits)]],
    ] satisfies [string, DictionaryValue][]) {
      it(`refuses to write ${name}`, () => {
        assert.throws(() => format.encode(value), { code: 'ERR_DICTIONARY_VALUE_UNSUPPORTED' });
      });
    }

    it('throws typed errors alone for bytes cut short or changed', () => {
      fc.assert(
        fc.property(anyDictionary, fc.nat(), fc.nat(255), fc.boolean(), (value, place, byte, cut) => {
          const bytes = format.encode(value);
          const at = place % bytes.length;
          const damaged = cut ? bytes.slice(0, at) : bytes.with(at, byte);
          try {
            format.decode(damaged);
          } catch (error) {
            assert.match(String(error instanceof Error && 'code' in error ? error.code : error), /^ERR_DICTIONARY_/);
          }
        }),
        { numRuns: 1000 },
      );
    });

    it('has the facts that are known without it', async () => {
      assert.equal(await loadFormat(format.id), format);
      assert.deepEqual(formatFacts[format.id], { mediaType: format.mediaType, extension: format.extension });
      assert.equal(formatOfMediaType(`${format.mediaType.toUpperCase()}; charset=utf-8`), format.id);
      assert.equal(formatOfName(`a.b.${format.extension.toUpperCase()}`), format.id);
    });
  });
}

describe('the formats together', () => {
  it('decode one dictionary to the same value', () => {
    fc.assert(
      fc.property(anyDictionary, (value) => {
        const [first, ...others] = formats.map((format) => again(format, value));
        return first !== undefined && others.every((other) => equalDictionaries(first, other));
      }),
      { numRuns: Math.min(propertyRuns, 3000) },
    );
  });

  it('are known by name and media type, and nothing else is', () => {
    assert.deepEqual(formatIds, ['json', 'xml', 'cbor']);
    assert.equal(formatOfMediaType('text/plain'), undefined);
    assert.equal(formatOfName('json'), 'json');
    assert.equal(formatOfName('a.txt'), undefined);
  });

  it('read the same XML, indented for people', () => {
    fc.assert(
      fc.property(anyDictionary, (value) => {
        const text = new TextEncoder().encode(xmlText(value, 'indented'));
        return equalDictionaries(xmlFormat.decode(text), value);
      }),
      { numRuns: 500 },
    );
  });
});

/** All 1 112 064 scalars, in texts of 4096. */
function* everyScalar(): Generator<string> {
  let text = '';
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    text += String.fromCodePoint(point);
    if (text.length >= 4096 || point === 0x10ffff) {
      yield text;
      text = '';
    }
  }
}

function nested(depth: number): DictionaryValue {
  let value: DictionaryValue = [];
  for (let level = 1; level < depth; level += 1) value = level % 2 === 0 ? [value] : mapOf(['k', value]);
  return value;
}

describe('the example of the protocol document', () => {
  const value = mapOf(
    ['name', 'studio "B" <2>'],
    ['port', 8080n],
    ['ratio', 1],
    ['serial', 2n ** 64n],
    ['tags', ['a', null, true]],
    ['nul\0', '\u0007'],
  );

  for (const [format, file] of [
    [jsonFormat, 'example.json.hex'],
    [xmlFormat, 'example.xml.hex'],
    [cborFormat, 'example.cbor.hex'],
  ] satisfies [Format, string][]) {
    it(`is the same bytes in ${format.id}, both ways`, () => {
      const bytes = Uint8Array.from(Buffer.from(readVector(file).replaceAll(/\s/g, ''), 'hex'));
      assert.deepEqual(format.encode(value), bytes);
      assert.deepStrictEqual(format.decode(bytes), value);
    });
  }
});

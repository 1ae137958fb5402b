// The value itself: equality, limits, printing.

import assert from 'node:assert/strict';

import { doubleText, readInteger, readJsonNumber } from '../../../src/core/dictionary/numbers.ts';
import { treeText } from '../../../src/core/dictionary/tree.ts';
import { byteOffset, decodeUtf8, firstInvalidUtf8 } from '../../../src/core/dictionary/utf8.ts';
import { checkDictionary, type DictionaryValue, equalDictionaries, integerDigits } from '../../../src/core/dictionary/value.ts';
import { mapOf } from './support.ts';

describe('the dictionary value', () => {
  for (const [name, a, b, same] of [
    ['an integer and the double beside it', 1n, 1, false],
    ['0 and -0', 0, -0, false],
    ['-0 and -0', -0, -0, true],
    ['a text and a number', '1', 1n, false],
    ['null and an empty map', null, mapOf(), false],
    ['an empty list and an empty map', [], mapOf(), false],
    ['an empty map and an empty list', mapOf(), [], false],
    ['lists of different length', [1n], [1n, 2n], false],
    ['a list that ends in null and a shorter one', [null], [], false],
    ['maps in another order', mapOf(['a', 1n], ['b', 2n]), mapOf(['b', 2n], ['a', 1n]), false],
    ['maps with another key', mapOf(['a', 1n]), mapOf(['b', 1n]), false],
    ['maps with another value', mapOf(['a', mapOf(['b', 1n])]), mapOf(['a', mapOf(['b', 2n])]), false],
    ['equal maps', mapOf(['a', [1n, mapOf(['b', null])]]), mapOf(['a', [1n, mapOf(['b', null])]]), true],
  ] satisfies [string, DictionaryValue, DictionaryValue, boolean][]) {
    it(`${same ? 'is' : 'is not'} equal: ${name}`, () => assert.equal(equalDictionaries(a, b), same));
  }

  it('refuses a value that holds itself', () => {
    const list: DictionaryValue[] = [];
    list.push(list);
    assert.throws(() => checkDictionary(list), { code: 'ERR_DICTIONARY_TOO_DEEP' });
  });

  it('refuses a value that is shared so often that it is too large', () => {
    let value: DictionaryValue = ['x'];
    for (let level = 0; level < 20; level += 1) value = [value, value];
    assert.throws(() => checkDictionary(value), { code: 'ERR_DICTIONARY_TOO_LARGE' });
  });

  for (const [value, text] of [
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [1e21, '1.0e+21'],
    [1.5e-7, '1.5e-7'],
    [5e-324, '5.0e-324'],
    [123456789, '123456789.0'],
  ] satisfies [number, string][]) {
    it(`writes the double ${text}`, () => {
      assert.equal(doubleText(value), text);
      assert.ok(Object.is(readJsonNumber(text), value));
    });
  }

  it('reads integers of as many digits as may travel, and no more', () => {
    assert.equal(readInteger(`-${'9'.repeat(integerDigits)}`), 1n - 10n ** BigInt(integerDigits));
    assert.equal(readInteger('1'.repeat(integerDigits + 1)), undefined);
    assert.equal(readInteger('0xff'), 255n);
    assert.equal(readInteger('-0b11'), -3n);
  });

  it('names the first byte that is no UTF-8', () => {
    for (const [bytes, offset] of [
      [[0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80], -1],
      [[0x61, 0x80], 1],
      [[0xc1, 0x80], 0],
      [[0xe0, 0x9f, 0xbf], 0],
      [[0xed, 0xa0, 0x80], 0],
      [[0xf0, 0x8f, 0xbf, 0xbf], 0],
      [[0xf4, 0x90, 0x80, 0x80], 0],
      [[0xf5, 0x80, 0x80, 0x80], 0],
      [[0x61, 0xe2, 0x82], 1],
      [[0xe2, 0x82, 0x61], 0],
    ] satisfies [number[], number][]) {
      const found = Uint8Array.from(bytes);
      assert.equal(firstInvalidUtf8(found, 0, found.length), offset);
      if (offset < 0) assert.equal(decodeUtf8(found, 'json'), 'aé😀');
      else assert.throws(() => decodeUtf8(found, 'json'), { code: 'ERR_DICTIONARY_INVALID', detail: { format: 'json', offset } });
    }
    assert.equal(byteOffset('aé😀b', 4), 7);
  });
});

describe('the printed tree', () => {
  it('has a line for every value, with counts and types', () => {
    const value = mapOf(['name', 'a "b"'], ['two words', [1n, 1, null, true, []]], ['empty', mapOf()]);
    assert.equal(
      treeText(value),
      'map, 3 keys\n  name: "a \\"b\\""\n  "two words": list, 5 items\n    - 1\n    - 1.0\n    - null\n    - true\n    - list, 0 items\n  empty: map, 0 keys',
    );
  });

  it('makes every unseen character visible and cuts long texts', () => {
    const text = treeText(mapOf(['\u202ekey\n', `\u001b[31m\u200b${'x'.repeat(300)}`]));
    assert.equal(text, `map, 1 key\n  "\\u202ekey\\n": "\\u001b[31m\\u200b${'x'.repeat(194)}" … 306 characters`);
  });

  it('counts one item as one', () => assert.equal(treeText([['x']]), 'list, 1 item\n  - list, 1 item\n    - "x"'));
});

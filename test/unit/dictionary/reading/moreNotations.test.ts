// More that people have: JSON Lines, XML of any vocabulary, arithmetic, numpy, heads of requests, and CBOR of other programs.

import assert from 'node:assert/strict';

import { cborFormat } from '../../../../src/core/dictionary/formats/cbor.ts';
import { readDictionaryFile } from '../../../../src/core/dictionary/readFile.ts';
import { equalDictionaries } from '../../../../src/core/dictionary/value.ts';
import { mapOf } from '../support.ts';
import { bestOf } from './labels.ts';

const compact = async (text: string, languageId: string): Promise<string> =>
  (await bestOf(text, languageId)).replaceAll(/(?<=[[{,])\s+|\s+(?=[\]}])/g, '');

describe('more notations are read', () => {
  for (const [name, languageId, text, best] of [
    ['JSON Lines', 'plaintext', '{"a": 1}\n{"a": 2}\n', 'jsonl [{"a": 1},{"a": 2}]'],
    ['JSON Lines in their own documents', 'jsonl', '{"a": 1}\n[2]\n', 'jsonl [{"a": 1},[2]]'],
    ['one line of JSON Lines', 'jsonl', '{"a": 1}\n', 'jsonl {"a": 1}'],
    ['XML of any vocabulary', 'xml', '<a b="1"><c>x</c><c/></a>', 'elements {"a": {"@b": "1","c": ["x",""]}}'],
    ['XML in plain text', 'plaintext', '<note><to>Ann</to></note>', 'elements {"note": {"to": "Ann"}}'],
    [
      'the W3C form as what it is',
      'xml',
      '<map xmlns="http://www.w3.org/2005/xpath-functions"><null key="a"/></map>',
      'xml {"a": null}',
    ],
    ['undefined', 'typescript', '{ a: undefined }', 'javascript {"a": null}'],
    [
      'arithmetic',
      'typescript',
      'const x = { a: 60 * 1000, b: (1 + 2) * 3, c: 1 << 4 };',
      'javascript {"a": 60000,"b": 9,"c": 16}',
    ],
    ['arithmetic of Python', 'python', "{'a': 60 * 60 * 24, 'b': 7 // 2, 'c': 2 ** 10}", 'python {"a": 86400,"b": 3,"c": 1024}'],
    [
      'scalars of numpy',
      'python',
      "{'a': np.float64(1.5), 'b': np.int64(3), 'c': np.str_('x')}",
      'python {"a": 1.5,"b": 3,"c": "x"}',
    ],
    [
      'arrays of numpy',
      'plaintext',
      "{'a': array([[1, 2], [3, 4]]), 'b': array([1.], dtype=float32)}",
      'python {"a": [[1,2],[3,4]],"b": [1.0]}',
    ],
    ['a request head', 'plaintext', 'GET / HTTP/1.1\nHost: a\nAccept: b\n', 'headers {"Host": "a","Accept": "b"}'],
    [
      'pseudo-headers',
      'plaintext',
      ':authority: a\n:method: GET\naccept: b\n',
      'headers {":authority": "a",":method": "GET","accept": "b"}',
    ],
    ['a curl command', 'plaintext', "curl 'https://a/' -H 'accept: b' --data '{\"a\": [\n1]}'", 'headers {"accept": "b"}'],
    [
      'elements that are called like parts of JavaScript',
      'xml',
      '<__proto__ constructor="1"><toString/></__proto__>',
      'elements {"__proto__": {"@constructor": "1","toString": ""}}',
    ],
    ['a curl command behind a prompt', 'plaintext', "$ curl https://a/ -H 'accept: b'", 'headers {"accept": "b"}'],
    ['a curl command in a script', 'shellscript', "curl https://a/ \\\n  -H 'accept: b'", 'headers {"accept": "b"}'],
  ] satisfies [string, string, string, string][]) {
    it(`reads ${name}`, async () => assert.equal(await compact(text, languageId), best));
  }

  for (const [languageId, text] of [
    ['javascript', '{ a: 10 ** 1000000 }'],
    ['javascript', '{ a: 1 / 0 }'],
    ['javascript', '{ a: x * 2 }'],
    ['javascript', '{ a: 9007199254740991 * 9007199254740991 }'],
    ['javascript', '{ a: -2 ** 2 }'],
    ['javascript', '{ d: 2024-10-12 }'],
    ['python', "{'a': 9 ** 9 ** 9 ** 9}"],
    ['python', "{'a': 1 << 1000000000}"],
    ['python', "{'a': 1 % 0}"],
    ['python', "{'a': array([1, ..., 9])}"],
    ['python', "{'a': np.float64(nan)}"],
    ['python', "{'a': np.float64('nan')}"],
  ] satisfies [string, string][]) {
    it(`refuses ${text}`, async () => assert.match(await bestOf(text, languageId), /^refused/));
  }

  it('takes no date and no score in plain text for arithmetic', async () => {
    assert.equal(await compact('date: 2024-10-12\nscore: 3 - 2\n', 'plaintext'), 'yaml {"date": "2024-10-12","score": "3 - 2"}');
  });
});

describe('a CBOR file of another program is converted with a note', () => {
  const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

  for (const [name, hex, value, note] of [
    ['integer keys', 'a201616120f5', mapOf(['1', 'a'], ['-1', true]), /^Keys that are no text/],
    ['byte strings', 'a161614301ff02', mapOf(['a', 'Af8C']), /^Byte strings became base64/],
    ['a date in tag 0', 'a16161c06a323032342d30322d3239', mapOf(['a', '2024-02-29']), /^Dates became text/],
    ['a date in tag 1', 'a16161c100', mapOf(['a', '1970-01-01T00:00:00.000Z']), /^Dates became text/],
    ['maps, lists and texts of indefinite length', 'bf61619f01ff61627f6178617aff', undefined, /^Items of indefinite length/],
    ['a byte string of indefinite length', 'a161615f41014102ff', mapOf(['a', 'AQI=']), /^Byte strings/],
    ['undefined', 'a16161f7', mapOf(['a', null]), /^undefined became null/],
    ['the mark of a file', 'd9d9f7a0', mapOf(), /^The mark/],
  ] satisfies [string, string, ReturnType<typeof mapOf> | undefined, RegExp][]) {
    it(name, async () => {
      const whole = name.includes('texts') ? bytes(`${hex}ff`) : bytes(hex);
      const file = await readDictionaryFile('cbor', whole);
      const expected = value ?? mapOf(['a', [1n]], ['b', 'xz']);
      assert.ok(equalDictionaries(file.value, expected));
      assert.ok(
        file.notes.some((found) => note.test(found)),
        file.notes.join(' '),
      );
      assert.throws(() => cborFormat.decode(whole), { name: 'FerryError' }, 'the wire stays strict');
    });
  }

  it('reads what travels as it stands', async () => {
    const value = mapOf(['a', 1n], ['b', [1.5, null, 'x', 2n ** 70n, -0.0]]);
    const file = await readDictionaryFile('cbor', cborFormat.encode(value));
    assert.deepEqual(file.notes, []);
    assert.ok(equalDictionaries(file.value, value));
  });

  for (const [name, hex, code] of [
    ['a key twice', 'a2016161016162', 'ERR_DICTIONARY_INVALID'],
    ['a number and a text that become one key', 'a201616161316162', 'ERR_DICTIONARY_INVALID'],
    ['a cut-off string', '62ff', 'ERR_DICTIONARY_INVALID'],
    ['a text that is not UTF-8', '61ff', 'ERR_DICTIONARY_INVALID'],
    ['a length beyond the bytes', '5b7fffffffffffffff', 'ERR_DICTIONARY_INVALID'],
    ['a list of more than the limit', '9affffffff', 'ERR_DICTIONARY_TOO_LARGE'],
    ['tags within each other', 'd9d9f7'.repeat(40), 'ERR_DICTIONARY_TOO_DEEP'],
    ['lists within each other', '9f'.repeat(40), 'ERR_DICTIONARY_TOO_DEEP'],
    ['nan', 'f97e00', 'ERR_DICTIONARY_VALUE_UNSUPPORTED'],
    ['an unknown tag', 'd82600', 'ERR_DICTIONARY_VALUE_UNSUPPORTED'],
    ['a break alone', 'ff', 'ERR_DICTIONARY_INVALID'],
    ['bytes after the item', '0000', 'ERR_DICTIONARY_INVALID'],
    ['nothing', '', 'ERR_DICTIONARY_INVALID'],
  ] satisfies [string, string, string][]) {
    it(`refuses ${name}`, async () => assert.rejects(readDictionaryFile('cbor', bytes(hex)), { name: 'FerryError', code }));
  }

  it('converts XML of any vocabulary, and refuses what is none with the place', async () => {
    const file = await readDictionaryFile('xml', new TextEncoder().encode('<a><b>1</b></a>'));
    assert.ok(equalDictionaries(file.value, mapOf(['a', mapOf(['b', '1'])])));
    assert.equal(file.notes.length, 1);
    await assert.rejects(readDictionaryFile('xml', new TextEncoder().encode('<a>')), { code: 'ERR_DICTIONARY_INVALID' });
    await assert.rejects(readDictionaryFile('json', new TextEncoder().encode('{a: 1}')), { code: 'ERR_DICTIONARY_INVALID' });
  });
});

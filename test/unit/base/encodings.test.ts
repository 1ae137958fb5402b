// Base32, base64 and hexadecimal, held against the vectors of RFC 4648 and against Node.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { base32Alphabet, encodeBase32 } from '../../../src/core/base/base32.ts';
import { decodeBase64, encodeBase64, encodeBase64Url, encodeHex, equalBytes } from '../../../src/core/base/bytes.ts';
import { randomToken } from '../../../src/core/base/token.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const utf8 = new TextEncoder();

/** RFC 4648 section 10. */
const vectors: readonly (readonly [text: string, base64: string, base32: string, hex: string])[] = [
  ['', '', '', ''],
  ['f', 'Zg==', 'MY', '66'],
  ['fo', 'Zm8=', 'MZXQ', '666f'],
  ['foo', 'Zm9v', 'MZXW6', '666f6f'],
  ['foob', 'Zm9vYg==', 'MZXW6YQ', '666f6f62'],
  ['fooba', 'Zm9vYmE=', 'MZXW6YTB', '666f6f6261'],
  ['foobar', 'Zm9vYmFy', 'MZXW6YTBOI', '666f6f626172'],
];

describe('Encodings', () => {
  for (const [text, base64, base32, hex] of vectors) {
    it(`write ${JSON.stringify(text)} as RFC 4648 does`, () => {
      const given = utf8.encode(text);
      assert.equal(encodeBase64(given), base64);
      assert.equal(encodeBase64Url(given), base64.replaceAll('=', ''));
      assert.equal(encodeBase32(given), base32);
      assert.equal(encodeHex(given), hex);
      assert.deepEqual(decodeBase64(base64), given);
    });
  }

  it('write what Node writes', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const buffer = Buffer.from(given);
        assert.equal(encodeBase64(given), buffer.toString('base64'));
        assert.equal(encodeBase64Url(given), buffer.toString('base64url'));
        assert.equal(encodeHex(given), buffer.toString('hex'));
        assert.deepEqual(Buffer.from(decodeBase64(encodeBase64(given)) ?? []), buffer);
      }),
    );
  });

  it('write base32 from which every bit can be read again', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const bits = Array.from(encodeBase32(given), (character) =>
          base32Alphabet.indexOf(character).toString(2).padStart(5, '0'),
        );
        const octets = (bits.join('').match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2));
        assert.deepEqual(octets, Array.from(given));
      }),
    );
  });

  for (const text of [
    'Zg',
    'Zg=',
    'Zg===',
    'Z',
    'Zm9v=',
    '====',
    'Zm9-',
    'Zm9_',
    ' Zm9v',
    'Zm9v\n',
    'Zm 9v',
    'Zg==Zg==',
    'Zä==',
  ]) {
    it(`refuse ${JSON.stringify(text)} as base64`, () => assert.equal(decodeBase64(text), undefined));
  }

  it('compare bytes', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        assert.ok(equalBytes(a, Uint8Array.from(a)));
        assert.equal(equalBytes(a, b), Buffer.compare(a, b) === 0);
      }),
    );
    assert.equal(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2)), false);
    assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  });

  it('give tokens of 22 characters that do not repeat', () => {
    const tokens = Array.from({ length: 1_000 }, randomToken);
    assert.equal(new Set(tokens).size, 1_000);
    for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{22}$/);
  });
});

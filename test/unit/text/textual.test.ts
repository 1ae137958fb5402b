// What is text, and what kind of file a name suggests.

import assert from 'node:assert/strict';

import { isProse, looksLikeText, mediaTypeOf } from '../../../src/core/text/textual.ts';

const kibi = 1024;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('Text', () => {
  const texts: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array()],
    ['ASCII', utf8('a\n')],
    ['UTF-8', utf8('ä日😀')],
    ['UTF-8 with a byte order mark', utf8('\ufeffa')],
    ['UTF-16 little endian with a byte order mark', Uint8Array.of(0xff, 0xfe, 0x61, 0)],
    ['UTF-16 big endian with a byte order mark', Uint8Array.of(0xfe, 0xff, 0, 0x61)],
    ['control characters other than NUL', utf8('\u001b[31m\u0007')],
    ['just 64 KiB', utf8('a'.repeat(64 * kibi))],
    ['a character cut in two at 64 KiB', utf8(`${'a'.repeat(64 * kibi - 1)}ä`)],
    ['NUL after 64 KiB', utf8(`${'a'.repeat(64 * kibi)}\u0000`)],
  ];
  for (const [name, bytes] of texts) it(`is ${name}`, () => assert.equal(looksLikeText(bytes), true));

  const others: readonly (readonly [string, Uint8Array])[] = [
    ['a NUL', utf8('a\u0000b')],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)],
    ['Latin-1', Uint8Array.of(0x61, 0xe4, 0x62)],
    ['a character cut in two at the end', Uint8Array.of(0x61, 0xc3)],
    ['a surrogate in UTF-8', Uint8Array.of(0xed, 0xa0, 0x80)],
    ['an overlong form', Uint8Array.of(0xc0, 0xaf)],
    ['UTF-16 without a byte order mark', Uint8Array.of(0x61, 0, 0x62, 0)],
    ['a NUL as the last byte looked at', utf8(`${'a'.repeat(64 * kibi - 1)}\u0000a`)],
  ];
  for (const [name, bytes] of others) it(`is not ${name}`, () => assert.equal(looksLikeText(bytes), false));
});

describe('Prose', () => {
  for (const text of ['', 'a\tb\r\n\f', 'größer €', '日本', '\u001b[31m', 'next\u0085line']) {
    it(`is ${JSON.stringify(text)}`, () => assert.equal(isProse(text), true));
  }
  for (const text of ['a\u0000', '\u0001', 'gr\ufffdn', '\u0090', '\u007f']) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(isProse(text), false));
  }
});

describe('The media type of a name', () => {
  const table: readonly (readonly [string, string])[] = [
    ['a.txt', 'text/plain'],
    ['A.PNG', 'image/png'],
    ['a.b.json', 'application/json'],
    ['a.tar.gz', 'application/gzip'],
    ['.json', 'application/json'],
    ['a', 'application/octet-stream'],
    ['a.', 'application/octet-stream'],
    ['', 'application/octet-stream'],
    ['a.unheard', 'application/octet-stream'],
    ['a.constructor', 'application/octet-stream'],
    ['a.__proto__', 'application/octet-stream'],
    ['a.toString', 'application/octet-stream'],
  ];
  for (const [name, type] of table) it(`is ${type} for ${JSON.stringify(name)}`, () => assert.equal(mediaTypeOf(name), type));
});

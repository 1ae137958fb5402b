// Bytes that a peer may send to hurt, for each format, and the error that each of them gets.

import { limits } from '../../../src/core/base/limits.ts';

export type Hostile = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly code: 'INVALID' | 'TOO_DEEP' | 'TOO_LARGE' | 'VALUE_UNSUPPORTED';
  /** Read to its end before the fault is found: measured, not held to a time. */
  readonly whole?: boolean;
};

const most = limits.dictionaryBytes;

function text(name: string, content: string, code: Hostile['code'] = 'INVALID', whole = false): Hostile {
  return { name, bytes: new TextEncoder().encode(content), code, whole };
}

function raw(name: string, bytes: readonly number[], code: Hostile['code'] = 'INVALID', whole = false): Hostile {
  return { name, bytes: Uint8Array.from(bytes), code, whole };
}

/** A piece repeated until 1 MiB is full. */
function filled(piece: string, before = '', after = ''): string {
  const room = most - before.length - after.length;
  return before + piece.repeat(Math.floor(room / piece.length)) + after;
}

export const jsonInputs: readonly Hostile[] = [
  text('1 MiB of opening brackets', filled('['), 'TOO_DEEP'),
  text('1 MiB of opening braces', filled('{"a":'), 'TOO_DEEP'),
  text('33 levels, closed', '['.repeat(33) + ']'.repeat(33), 'TOO_DEEP'),
  text('33 levels of maps', '{"":'.repeat(33) + '1' + '}'.repeat(33), 'TOO_DEEP'),
  text('brackets of both kinds, alternating', filled('[{"a":'), 'TOO_DEEP'),
  text('a deep list at the end of a long one', `[${'1,'.repeat(9000)}${'['.repeat(40)}`, 'TOO_DEEP'),
  text('10 001 values', `[${'0,'.repeat(10_000)}0]`, 'TOO_LARGE'),
  text('a quarter of a million empty lists', filled('[],', '[', '0]'), 'TOO_LARGE'),
  text('10 001 keys', `{${Array.from({ length: 10_001 }, (_, index) => `"k${index}":0`).join(',')}}`, 'TOO_LARGE', true),
  raw(
    'one byte too many',
    [...new Array(most + 1).keys()].map(() => 0x20),
    'TOO_LARGE',
  ),
  text('nothing but white space', filled(' ')),
  text('nothing but digits', filled('9'), 'VALUE_UNSUPPORTED'),
  text('a number of 16 385 digits', `[${'9'.repeat(16_385)}]`, 'VALUE_UNSUPPORTED'),
  text('a fraction without end', filled('1', '0.', 'x')),
  text('an exponent of many digits', filled('9', '[1e', ']'), 'VALUE_UNSUPPORTED'),
  text('1e999', '[1e999]', 'VALUE_UNSUPPORTED'),
  text('-1e999', '{"a":-1e999}', 'VALUE_UNSUPPORTED'),
  text('NaN', '[NaN]'),
  text('Infinity', '[-Infinity]'),
  text('__proto__ twice', '{"__proto__":{"polluted":true},"__proto__":{"polluted":true}}'),
  text('__proto__ in a broken object', '{"__proto__":{"polluted":true},}'),
  text('constructor.prototype in a broken object', '{"constructor":{"prototype":{"polluted":true}}'),
  text('__proto__ hidden by escapes, twice', '{"__proto__":{"polluted":true},"\\u005f_proto__":1}'),
  text('a key twice, one of them escaped', '{"a":1,"\\u0061":2}'),
  text('10 000 keys, the last a second time', `{${Array.from({ length: 9000 }, (_, index) => `"k${index}":0,`).join('')}"k0":1}`),
  text('a string that is not closed, 1 MiB', filled('a', '"')),
  text('1 MiB of escapes, not closed', filled('\\n', '"'), 'INVALID', true),
  text('1 MiB of escaped surrogates', filled('\\ud800', '"', '"'), 'INVALID', true),
  text('1 MiB of escaped quotes, not closed', filled('\\"', '"'), 'INVALID', true),
  text('an escaped surrogate alone', '["\\ud800"]'),
  text('an escape cut short', '["\\u12'),
  text('a comment', '/* x */ {}'),
  text('a comment of 1 MiB', filled('*', '/*', '*/{}')),
  text('a byte order mark', '\ufeff{}'),
  text('code instead of data', '(function(){return 1})()'),
  text('a value and code behind it', '{}\n;process.exit(1)'),
  text('trailing bytes', `{}${'x'.repeat(1000)}`),
  text('trailing zero bytes', '{}\0\0\0'),
  raw('a lone continuation byte', [0x22, 0x80, 0x22]),
  raw('an overlong slash', [0x22, 0xc0, 0xaf, 0x22]),
  raw('an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]),
  raw('UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  raw('1 MiB of 0xff', new Array<number>(most).fill(0xff)),
  raw('bad UTF-8 at the end of 1 MiB', [...new Array<number>(most - 1).fill(0x20), 0xff]),
  raw('nothing', []),
  text('1 MiB of commas', filled(',', '[')),
  text('1 MiB of closing brackets', filled(']')),
  text('a key that is a list', '{[1]:2}'),
  text('1 MiB, correct but for the last byte', filled('a', '["', '"}'), 'INVALID', true),
];

const ns = 'xmlns="http://www.w3.org/2005/xpath-functions"';
const inMap = (content: string): string => `<map ${ns}>${content}</map>`;

export const xmlInputs: readonly Hostile[] = [
  text('a billion laughs', `<!DOCTYPE map [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>${inMap('<string key="k">&b;</string>')}`),
  text('an external entity', `<!DOCTYPE map [<!ENTITY x SYSTEM "file:///etc/passwd">]>${inMap('<string key="k">&x;</string>')}`),
  text('a document type alone', `<!DOCTYPE map>${inMap('')}`),
  text('a document type in small letters', `<!doctype map>${inMap('')}`),
  text('a document type from afar', `<!DOCTYPE map SYSTEM "http://example.org/x.dtd">${inMap('')}`),
  text('an entity declaration inside', inMap('<!ENTITY a "b">')),
  text('an entity that nobody declared', inMap('<string key="k">&nbsp;</string>')),
  text('an ampersand alone', inMap('<string key="k">a & b</string>')),
  text('a reference to NUL', inMap('<string key="k">&#0;</string>')),
  text('a reference to a control character', inMap('<string key="k">&#27;</string>')),
  text('a reference to a surrogate', inMap('<string key="k">&#xD800;</string>')),
  text('a reference beyond Unicode', inMap('<string key="k">&#x110000;</string>')),
  text('a reference of many digits', inMap(`<string key="k">&#${'9'.repeat(1000)};</string>`)),
  text('1 MiB of references to NUL', filled('&#0;', `<string ${ns}>`, '</string>')),
  text('a processing instruction', inMap('<?php system("x") ?>')),
  text('a style sheet', `<?xml-stylesheet href="x"?>${inMap('')}`),
  text('a declaration of another version', `<?xml version="1.1"?>${inMap('')}`),
  text('a declaration of another encoding', `<?xml version="1.0" encoding="UTF-7"?>${inMap('')}`),
  text('a declaration in the middle', inMap('<?xml version="1.0"?>')),
  text('CDATA', inMap('<string key="k"><![CDATA[x]]></string>')),
  text('a comment', inMap('<!-- x -->')),
  text('a comment that is not closed', filled('-', '<!--')),
  text('1 MiB of opening tags', filled('<array>', `<array ${ns}>`), 'TOO_DEEP'),
  text('33 levels, closed', `<array ${ns}>${'<array>'.repeat(32)}${'</array>'.repeat(33)}`, 'TOO_DEEP'),
  text('33 levels, the last one empty', `<array ${ns}>${'<array>'.repeat(31)}<array/>${'</array>'.repeat(32)}`, 'TOO_DEEP'),
  text('10 001 elements', `<array ${ns}>${'<null/>'.repeat(10_000)}</array>`, 'TOO_LARGE'),
  text('150 000 elements', filled('<null/>', `<array ${ns}>`, '</array>'), 'TOO_LARGE'),
  raw('one byte too many', new Array<number>(most + 1).fill(0x20), 'TOO_LARGE'),
  text('an element that is not closed', `<map ${ns}><array key="a"></map>`),
  text('a root that is not closed', `<map ${ns}>`),
  text('an end tag alone', '</map>'),
  text('a second root', `${inMap('')}${inMap('')}`),
  text('text behind the root', `${inMap('')}x`),
  text('text before the root', `x${inMap('')}`),
  text('text between elements', inMap('x')),
  text('an unknown element', inMap('<script>alert(1)</script>')),
  text('an element named __proto__', inMap('<__proto__ key="polluted"/>')),
  text('an element named constructor', `<constructor ${ns}/>`),
  text('an attribute named __proto__', inMap('<null key="a" __proto__="polluted"/>')),
  text('an unknown attribute', inMap('<null key="a" onload="x"/>')),
  text('an attribute twice', inMap('<null key="a" key="b"/>')),
  text('an attribute without quotes', inMap('<null key=a/>')),
  text('an attribute without value', inMap('<null key/>')),
  text('a key twice', inMap('<null key="a"/><null key="a"/>')),
  text('a key twice, one of them by reference', inMap('<null key="a"/><null key="&#97;"/>')),
  text('a key twice, one of them escaped', inMap('<null key="a"/><null key="\\u0061" escaped-key="true"/>')),
  text('__proto__ twice', inMap('<map key="__proto__"><true/></map>')),
  text('an entry without key', inMap('<null/>')),
  text('a key in a list', `<array ${ns}><null key="a"/></array>`),
  text('a key at the root', `<map ${ns} key="a"/>`),
  text('another namespace', '<map xmlns="http://www.w3.org/1999/xhtml"/>'),
  text('no namespace', '<map/>'),
  text('two prefixes', `<a:map xmlns:a="http://www.w3.org/2005/xpath-functions"><b:null key="k"/></a:map>`),
  text('a namespace declared again inside', inMap(`<null key="a" xmlns="http://www.w3.org/1999/xhtml"/>`)),
  text('NaN', `<number ${ns}>NaN</number>`),
  text('INF', `<number ${ns}>INF</number>`),
  text('1e999', `<number ${ns}>1e999</number>`, 'VALUE_UNSUPPORTED'),
  text('1 MiB of digits', filled('9', `<number ${ns}>`, '</number>'), 'VALUE_UNSUPPORTED', true),
  text('a hexadecimal number', `<number ${ns}>0x10</number>`),
  text('an empty number', `<number ${ns}/>`),
  text('a boolean that is none', `<boolean ${ns}>yes</boolean>`),
  text('a null with content', `<null ${ns}>x</null>`),
  text('an element in a text', `<string ${ns}><null/></string>`),
  text('an unknown escape', `<string ${ns} escaped="true">\\x41</string>`),
  text('an escaped surrogate alone', `<string ${ns} escaped="true">\\ud800</string>`),
  text('escaped that is neither', `<string ${ns} escaped="maybe">a</string>`),
  text('escaped on a number', `<number ${ns} escaped="true">1</number>`),
  text('a control character', inMap('<string key="k">\u001b</string>')),
  text('NUL', `${inMap('')}\0`),
  text('U+FFFF', inMap('<string key="k">\uffff</string>')),
  text('a byte order mark', `\ufeff${inMap('')}`),
  raw('bad UTF-8', [0x3c, 0x6d, 0xff, 0x3e]),
  raw('UTF-16', [0xff, 0xfe, 0x3c, 0x00, 0x6d, 0x00]),
  raw('nothing', []),
  text('1 MiB of white space', filled(' ')),
  text('1 MiB of less-than signs', filled('<')),
  text('1 MiB of white space in a tag', filled(' ', '<map')),
  text('1 MiB of attributes', filled(' a=""', '<map', '/>')),
  text('an attribute of 1 MiB that is not closed', filled('a', '<map key="')),
  text('a tag of 1 MiB', filled('a', '<', '/>')),
  text(
    '1 MiB, correct but for its last element',
    filled('a', `<array ${ns}><string>`, '</string><number>x</number></array>'),
    'INVALID',
    true,
  ),
  text(
    'thousands of keys, the last one twice',
    inMap(
      `${Array.from({ length: 9000 }, (_, index) => `<string key="k${index}">${'a'.repeat(70)}</string>`).join('')}<null key="k0"/>`,
    ),
    'INVALID',
    true,
  ),
];

const array = (count: number): number[] => [0x9a, count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255];

export const cborInputs: readonly Hostile[] = [
  raw('1 MiB of lists of one', new Array<number>(most).fill(0x81), 'TOO_DEEP'),
  raw('33 levels', [...new Array<number>(32).fill(0x81), 0x80], 'TOO_DEEP'),
  raw('33 levels of maps', [...Array.from({ length: 33 }, () => [0xa1, 0x60]).flat(), 0xf6], 'TOO_DEEP'),
  raw('1 MiB of maps', Array.from({ length: most / 2 }, () => [0xa1, 0x60]).flat(), 'TOO_DEEP'),
  raw('a list that claims four thousand million items', array(0xffffffff), 'TOO_LARGE'),
  raw('a list that claims 2^63 items', [0x9b, 0x80, 0, 0, 0, 0, 0, 0, 0], 'TOO_LARGE'),
  raw('a map that claims 2^64 - 1 entries', [0xbb, ...new Array<number>(8).fill(0xff)], 'TOO_LARGE'),
  raw('10 001 values', [0x99, 0x27, 0x10, ...new Array<number>(10_000).fill(0xf6)], 'TOO_LARGE'),
  raw(
    'lists of lists, 10 000 in all',
    [0x98, 101, ...Array.from({ length: 101 }, () => [0x98, 100, ...new Array<number>(100).fill(0)]).flat()],
    'TOO_LARGE',
  ),
  raw('one byte too many', new Array<number>(most + 1).fill(0), 'TOO_LARGE'),
  raw('a list that claims 10 000 items and has none', [0x99, 0x27, 0x10]),
  raw('a text that claims 2 GiB', [0x7a, 0x7f, 0xff, 0xff, 0xff]),
  raw('a text that claims 2^64 - 1 bytes', [0x7b, ...new Array<number>(8).fill(0xff)]),
  raw('bytes that claim 2 GiB', [0x5a, 0x7f, 0xff, 0xff, 0xff], 'VALUE_UNSUPPORTED'),
  raw('a big integer that claims 2 GiB', [0xc2, 0x5a, 0x7f, 0xff, 0xff, 0xff], 'VALUE_UNSUPPORTED'),
  raw(
    'a big integer of 1 MiB',
    [0xc2, 0x5a, 0, 0x0f, 0xff, 0xfa, ...new Array<number>(most - 6).fill(0xff)],
    'VALUE_UNSUPPORTED',
  ),
  raw(
    'a big integer just beyond the digits',
    [0xc2, 0x59, 0x1a, 0x94, ...new Array<number>(0x1a94).fill(0xff)],
    'VALUE_UNSUPPORTED',
  ),
  raw('an indefinite list', [0x9f, 0x01, 0xff]),
  raw('an indefinite map', [0xbf, 0xff]),
  raw('an indefinite text', [0x7f, 0x61, 0x61, 0xff]),
  raw('indefinite bytes', [0x5f, 0xff]),
  raw('1 MiB of indefinite lists', new Array<number>(most).fill(0x9f)),
  raw('a break alone', [0xff]),
  raw('a break in a list', [0x81, 0xff]),
  raw('a regular expression (tag 35)', [0xd8, 35, 0x61, 0x2e], 'VALUE_UNSUPPORTED'),
  raw('an object with its class (tag 27)', [0xd8, 27, 0x80], 'VALUE_UNSUPPORTED'),
  raw('a shared value (tags 28 and 29)', [0xd8, 28, 0x81, 0xd8, 29, 0x00], 'VALUE_UNSUPPORTED'),
  raw('a date (tag 0)', [0xc0, 0x60], 'VALUE_UNSUPPORTED'),
  raw('a decimal fraction (tag 4)', [0xc4, 0x82, 0x00, 0x00], 'VALUE_UNSUPPORTED'),
  raw('CBOR in CBOR (tag 24)', [0xd8, 24, 0x41, 0x00], 'VALUE_UNSUPPORTED'),
  raw('the mark of CBOR itself (tag 55799)', [0xd9, 0xd9, 0xf7, 0x00], 'VALUE_UNSUPPORTED'),
  raw('1 MiB of tags', new Array<number>(most).fill(0xc6), 'VALUE_UNSUPPORTED'),
  raw('tags 2 in tags 2', [0xc2, 0xc2, 0x40]),
  raw('undefined', [0xf7], 'VALUE_UNSUPPORTED'),
  raw('NaN', [0xf9, 0x7e, 0x00], 'VALUE_UNSUPPORTED'),
  raw('another NaN', [0xfb, 0xff, 0xf0, 0, 0, 0, 0, 0, 1], 'VALUE_UNSUPPORTED'),
  raw('infinity', [0xfa, 0x7f, 0x80, 0, 0], 'VALUE_UNSUPPORTED'),
  raw('an unknown simple value', [0xf8, 0x20], 'VALUE_UNSUPPORTED'),
  raw('a simple value in two bytes that has one', [0xf8, 0x14], 'VALUE_UNSUPPORTED'),
  raw('a number longer than needed', [0x18, 0x01]),
  raw('a length longer than needed', [0x78, 0x01, 0x61]),
  raw('a key that is a number', [0xa1, 0x01, 0x02], 'VALUE_UNSUPPORTED'),
  raw('a key that is null', [0xa1, 0xf6, 0x02], 'VALUE_UNSUPPORTED'),
  raw('a key twice', [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02]),
  raw('__proto__ twice', [0xa2, ...key('__proto__'), 0xa0, ...key('__proto__'), 0xa0]),
  raw('__proto__, then the end', [0xa1, ...key('__proto__')]),
  raw('bad UTF-8 in a text', [0x62, 0xc3, 0x28]),
  raw('bad UTF-8 in a key', [0xa1, 0x61, 0xff, 0x00]),
  raw('an encoded surrogate', [0x63, 0xed, 0xa0, 0x80]),
  raw('trailing bytes', [0x80, 0x00]),
  raw('1 MiB of zeroes', new Array<number>(most).fill(0)),
  raw('nothing', []),
  raw('a reserved head', [0x1f]),
  raw('JSON', [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x31, 0x7d]),
  raw(
    'thousands of keys, the last one twice',
    [
      0xb9,
      0x23,
      0x29,
      ...Array.from({ length: 9000 }, (_, index) => [...key(`key-${index}-${'x'.repeat(80)}`), 0]).flat(),
      ...key(`key-0-${'x'.repeat(80)}`),
      0,
    ],
    'INVALID',
    true,
  ),
];

function key(name: string): number[] {
  const bytes = [...new TextEncoder().encode(name)];
  return bytes.length < 24 ? [0x60 + bytes.length, ...bytes] : [0x78, bytes.length, ...bytes];
}

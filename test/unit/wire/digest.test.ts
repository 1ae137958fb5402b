// The digest field as RFC 9530 and RFC 9651 have it: one dictionary, of which only the SHA-256 counts, or no digest at all.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { formatDigest } from '../../../src/core/wire/digest.ts';
import { parseDigest } from '../../../src/core/wire/digestField.ts';
import { parseStructuredField } from '../../../src/core/wire/structuredFields.ts';

const sha256 = createHash('sha256').update('hello').digest();
const field = 'sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:';
const other = `sha-256=:${Buffer.alloc(32, 7).toString('base64')}:`;

describe('The digest field', () => {
  it('is written as RFC 9530 says', () => assert.equal(formatDigest(sha256), field));

  const read: readonly (readonly [string, string | readonly string[]])[] = [
    ['alone', field],
    ['after another algorithm', `md5=:XUFAKrxLKna5cZ2REBfFkg==:, ${field}`],
    ['before another algorithm', `${field}, sha-512=:AA==:`],
    ['without spaces', `unixsum=30637,${field},a=1`],
    ['with tabs around the comma, and spaces around all', `  a=1\t,\t${field}  `],
    ['with parameters of every type', `${field};a;b=1;c="x, y";d=:AA==:;e=?0;f=token/1;g=1.5;h=@1659578233;i=%"%c3%a4", z=1`],
    ['beside values of every type', `a, b="x", c=(1 2);d, e=@-1, f=%"@1", g=token;h=@2, ${field}`],
    ['as the last of two', `${other}, ${field}`],
    ['whatever the first one is', `sha-256=1, sha-256, ${field}`],
    ['beside a text that looks like another', `a="${other.replaceAll('"', '')}, x", ${field}, b="\\", ${other}"`],
    ['in the second of two lines', ['sha-512=:AA==:', field]],
    ['in the first of two lines', [field, 'sha-512=:AA==:']],
    ['in a later line than another', [other, field]],
    ['without its padding, which a parser may not ask for', field.replace('=:', ':').replace('sha-256:', 'sha-256=:')],
    ['behind other fields of a kilobyte', `a="${'b'.repeat(1100)}", ${field}`],
  ];
  for (const [name, text] of read) it(`is read ${name}`, () => assert.deepEqual(Buffer.from(parseDigest(text) ?? []), sha256));

  const refused: readonly (readonly [string, string | readonly string[]])[] = [
    ['nothing', ''],
    ['no line', []],
    ['another algorithm', 'sha-512=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:'],
    ['an algorithm whose name ends alike', field.replace('sha-256', 'x-sha-256')],
    ['an algorithm in capitals', field.replace('sha', 'SHA')],
    ['a text instead of bytes', field.replaceAll(':', '"')],
    ['a list around the bytes', field.replace('=:', '=(:').concat(')')],
    ['a text that holds a digest', `a="${field}"`],
    ['a text with a quote in it that holds a digest', `a="\\", ${field}, b=\\""`],
    ['a display string that holds a digest', `a=%"b, ${field}"`],
    ['a digest in a parameter', `a=1;${field}`],
    ['a digest and then another value', `${field}, sha-256=1`],
    ['a digest and then the name alone', `${field}, sha-256`],
    ['too few bytes', 'sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmA==:'],
    ['too many bytes', 'sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQA:'],
    ['base64url', field.replace('+', '-')],
    ['white space among the bytes', field.replace('+', ' +')],
    ['padding before the end', field.replace('LPJN', 'LP==')],
    ['what follows it', `${field}x`],
    ['no colon at the end', field.slice(0, -1)],
    ['a comma at the end', `${field},`],
    ['nothing between commas', `a,, ${field}`],
    ['a broken value elsewhere', `${field}, a="b`],
    ['a broken line elsewhere', [field, 'a=']],
    ['an empty line elsewhere', [field, '']],
    ['a date that is none', `${field}, a=@1.5`],
    ['a character beyond ASCII', `${field}, a=%"\u0141"`],
    ['a line feed', `${field},\n b=1`],
  ];
  for (const [name, text] of refused) it(`is refused for ${name}`, () => assert.equal(parseDigest(text), undefined));

  it('is read back as it was written, and never fails', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string({ unit: 'binary' }), (hash, noise) => {
        assert.deepEqual(parseDigest(formatDigest(hash)), hash);
        parseDigest(noise);
      }),
    );
  });

  it('takes time in step with its length', () => {
    for (const part of ['"', '%"', ':', '(', '@1', '\\', 'a=', ' ', ';a']) {
      assert.equal(parseDigest(`a=${part.repeat(100_000)}`), undefined);
    }
  }).timeout(5_000);
});

describe('A structured field', () => {
  it('has dates as their seconds, wherever they stand, and leaves those in texts alone', () => {
    assert.deepEqual(parseStructuredField('item', ['@-5;a=@7']), [-5, new Map([['a', 7]])]);
    assert.deepEqual(parseStructuredField('list', ['@1, (@2 "@3\\"@3");a', '%"@4"'])?.map(String), [
      '1,[object Map]',
      '2,[object Map],@3"@3,[object Map],[object Map]',
      '@4,[object Map]',
    ]);
  });

  it('is nothing where one member is broken', () => {
    assert.equal(parseStructuredField('list', ['1, @']), undefined);
    assert.equal(parseStructuredField('item', ['1 2']), undefined);
    assert.equal(parseStructuredField('dictionary', ['a=@1x']), undefined);
  });
});

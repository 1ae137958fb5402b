// Text of peers on the screen: nothing in it may become a link, an icon, a second line or an order to the terminal.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { plain, plainName, printable } from '../../../src/core/text/safeText.ts';
import { hostileNames } from '../../support/hostileNames.ts';
import { processorMs } from '../../support/processorTime.ts';

/** What grows with the square of the length would take hours. */
const muchMs = 20_000;

const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '[',
        ']',
        '(',
        ')',
        '$(',
        '$',
        '(',
        'command:',
        '\u200b',
        '\u202e',
        '\u001b[31m',
        '\n',
        '\r',
        '\t',
        '\ud800',
        '😀',
      ),
      fc.constantFrom(...hostileNames),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const invisible = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

function assertPlain(text: string, maxCharacters = 80): void {
  assert.doesNotMatch(text, invisible);
  assert.doesNotMatch(text, /[[\]]/);
  assert.ok(!text.includes('$('), text);
  assert.ok(text.isWellFormed());
  assert.equal(text, text.trim());
  assert.ok(Array.from(text).length <= maxCharacters);
}

describe('Plain text', () => {
  const table: readonly (readonly [string, string])[] = [
    ['', ''],
    ['Ada', 'Ada'],
    ['Ada Lovelace (home)', 'Ada Lovelace (home)'],
    ['[View](command:workbench.action.quit)', '(View)(command:workbench.action.quit)'],
    ['$(trash) a', '$ (trash) a'],
    ['$\u200b(trash)', '$ (trash)'],
    ['$[trash]', '$ (trash)'],
    ['$$(trash)', '$$ (trash)'],
    ['a\nb\r\nc\td', 'a b c d'],
    ['a\u2028b\u0085c', 'a b c'],
    ['\u001b[31mred\u001b[0m', '(31mred(0m'],
    ['gpj.\u202etxt\u202c', 'gpj.txt'],
    ['a\u2066b\u2069', 'ab'],
    ['\ufeffa\u00ad', 'a'],
    ['a\ud800b', 'a\ufffdb'],
    ['  a  ', 'a'],
    ['\u0000', ''],
    ['日本語 עברית 😀', '日本語 עברית 😀'],
    ['a \u00a0\u3000\u2800 b', 'a b'],
    ['A\u200cd\u200da', 'Ada'],
    ['A\u3164d\u115fa\u{e0061}', 'Ada'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['👩\u200d💻', '👩\u200d💻'],
  ];
  for (const [text, safe] of table) {
    it(`of ${JSON.stringify(text)} is ${JSON.stringify(safe)}`, () => {
      assert.equal(plain(text), safe);
      assertPlain(safe);
    });
  }

  it('has at most 80 characters, and the cut is seen', () => {
    assert.equal(plain('a'.repeat(80)), 'a'.repeat(80));
    assert.equal(plain('a'.repeat(81)), `${'a'.repeat(79)}…`);
    assert.equal(plain('😀'.repeat(81)), `${'😀'.repeat(79)}…`);
    assert.equal(plain('abcdef', 4), 'abc…');
  });

  it('is harmless for every hostile name', () => {
    for (const name of hostileNames) assertPlain(plain(name));
  });

  it('is harmless for whatever chance makes, and stays as it is when it passes twice', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 2, max: 100 }), (text, maxCharacters) => {
        const safe = plain(text, maxCharacters);
        assertPlain(safe, maxCharacters);
        assert.equal(plain(safe, maxCharacters), safe);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found fast for a megabyte', async () => {
    const parts = ['a', '\n', '[', '$(', '\u202e', '\ud800', ' ', '😀'].map((part) => part.repeat(1_000_000));
    assert.ok((await processorMs(() => parts.forEach((part) => assertPlain(plain(part))))) < muchMs);
  });
});

describe('The plain name of a file', () => {
  const table: readonly (readonly [string, number, string])[] = [
    ['a.txt', 60, 'a.txt'],
    [`${'a'.repeat(300)}.exe`, 20, 'aaaaaaa…aaaaaaaa.exe'],
    [`invoice.pdf${' '.repeat(200)}.exe`, 60, 'invoice.pdf .exe'],
    [`invoice.pdf${'\u00a0\u2800\u3000'.repeat(60)}.exe`, 60, 'invoice.pdf .exe'],
    [`invoice.pdf${'_'.repeat(100)}.desktop`, 30, 'invoice.pdf__…________.desktop'],
    ['a'.repeat(30), 12, 'aaaaaaa…aaaa'],
    ['$(trash)[a](command:b).sh', 60, '$ (trash)(a)(command:b).sh'],
  ];
  for (const [name, most, shown] of table)
    it(`in ${most} characters is ${JSON.stringify(shown)}`, () => assert.equal(plainName(name, most), shown));

  it('is never longer than it may be, and ends as the name ends', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 12, max: 80 }), (text, most) => {
        const shown = plainName(text, most);
        assertPlain(shown, most);
        const whole = Array.from(plainName(text, 1e6));
        if (whole.length > most) assert.equal(shown.at(-1), whole.at(-1)?.at(-1));
      }),
    );
  });
});

describe('Printable text', () => {
  const table: readonly (readonly [string, string])[] = [
    ['', ''],
    ['a\nb\n', 'a\nb\n'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['a\tb', 'a    b'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u0000\u0007\u007f\u009b', '\\u0000\\u0007\\u007f\\u009b'],
    ['a\u202eb', 'a\\u202eb'],
    ['\ufeffa', '\\ufeffa'],
    ['a\u2028b', 'a\\u2028b'],
    ['\ud800', '\ufffd'],
    ['[a](command:b) $(c)', '[a](command:b) $(c)'],
    ['\\u001b', '\\u001b'],
  ];
  for (const [text, safe] of table) {
    it(`of ${JSON.stringify(text)} is ${JSON.stringify(safe)}`, () => assert.equal(printable(text), safe));
  }

  it('has no byte below a space but line ends', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const bytes = Buffer.from(printable(text));
        assert.ok(bytes.every((byte) => (byte >= 0x20 && byte !== 0x7f) || byte === 0x0a));
        assert.doesNotMatch(printable(text).replaceAll('\n', ''), invisible);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps every character that can be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        if (invisible.test(text)) return;
        assert.equal(printable(text), text);
      }),
    );
  });

  it('is found fast for a megabyte', async () => {
    const parts = ['a', '\n', '\u001b', '\r', '\ud800'].map((part) => part.repeat(1_000_000));
    assert.ok((await processorMs(() => parts.forEach((part) => printable(part)))) < muchMs);
  });
});

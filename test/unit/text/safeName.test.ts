// Names of received files: whatever a peer sends, what comes out is one harmless component.

import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';

import fc from 'fast-check';

import { numberedName, safeFileName } from '../../../src/core/text/safeName.ts';
import { brokenRule, hostileNames } from '../../support/hostileNames.ts';
import { processorMs } from '../../support/processorTime.ts';

/** Characters out of which trouble is made, far more often than chance would give them. */
const troubleName = fc
  .array(
    fc.oneof(
      fc.constantFrom(...hostileNames),
      fc.constantFrom(
        '.',
        ' ',
        '/',
        '\\',
        ':',
        'con',
        'NUL',
        'com¹',
        '\u200d',
        '\u0301',
        '\u0338',
        '\ud800',
        '\udc00',
        'e',
        '<',
        '.tar',
        '.gz',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** Fails unless the name is one component that keeps the rules, and making it safe once more changes nothing. */
function assertSafe(name: string, from: string): void {
  assert.equal(brokenRule(name), undefined, `${JSON.stringify(from.slice(0, 200))} gave ${JSON.stringify(name)}`);
  assert.equal(safeFileName(name), name, `not stable: ${JSON.stringify(from.slice(0, 200))}`);
  for (const path of [posix, win32]) {
    assert.equal(path.basename(name), name);
    assert.equal(path.dirname(path.join('/folder', name)).replaceAll('\\', '/'), '/folder');
  }
}

describe('The safe name of a file', () => {
  it('is safe for each of more than 500 hostile names', () => {
    assert.ok(hostileNames.length > 500, String(hostileNames.length));
    for (const name of hostileNames) assertSafe(safeFileName(name), name);
  });

  it('is safe for what chance makes of them', () => {
    fc.assert(
      fc.property(troubleName, (name) => assertSafe(safeFileName(name), name)),
      { numRuns: 2_000 },
    );
  });

  it('has its rules checked by a checker that does find breaches', () => {
    const broken = [
      '',
      'a/b',
      'a:b',
      'con',
      'COM¹.txt',
      'nul .a',
      'a.',
      'a ',
      ' a',
      'e\u0301',
      'a\u200b',
      '\ud800',
      'ä'.repeat(101),
    ];
    for (const name of broken) assert.notEqual(brokenRule(name), undefined, JSON.stringify(name));
  });

  const kept = [
    'a',
    'a.ts',
    '.bashrc',
    '.env.local',
    'a b.txt',
    'con1',
    'console.log',
    'comet',
    'nulls',
    'ä.ö',
    '日本語.md',
    '😀.png',
    'می\u200cخواهم.txt',
    'क\u094d\u200dष.txt',
    'ന\u0d4d\u200d.txt',
    '👩\u200d💻.png',
    '❤\ufe0f\u200d🔥.png',
    '👨🏽\u200d🚀.png',
    '1\ufe0f\u20e3.txt',
    '葛\u{e0100}.txt',
    'a (1).ts',
  ];
  for (const name of kept) it(`leaves ${name} as it is`, () => assert.equal(safeFileName(name), name));

  const changed: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\win.ini', 'C__Windows_win.ini'],
    ['a\\b', 'a_b'],
    ['..\\..\\a', '.._.._a'],
    ['a\\', 'a_'],
    ['c\u200bo\u3164n', '_con'],
    ['a\u{e0041}b\u034f', 'ab'],
    ['a\ufe0fb', 'ab'],
    ['C:a.txt', 'C_a.txt'],
    ['a.txt:stream', 'a.txt_stream'],
    ['a\u0000.txt', 'a.txt'],
    ['gpj.\u202etxt', 'gpj.txt'],
    ['a\nb', 'ab'],
    ['con', '_con'],
    ['CON.txt', '_CON.txt'],
    ['com¹', '_com¹'],
    ['nul .tar.gz', '_nul .tar.gz'],
    ['a. . .', 'a'],
    ['   a', 'a'],
    ['..', 'item'],
    ['', 'item'],
    ['a/', 'item'],
    ['e\u0301', '\u00e9'],
    ['e\u200d\u0301', '\u00e9'],
    ['\ud800.txt', '\ufffd.txt'],
    [`con${' '.repeat(300)}x.txt`, '_con.txt'],
  ];
  for (const [name, safe] of changed) {
    it(`makes ${JSON.stringify(safe)} of ${JSON.stringify(name.replaceAll(/ {9,}/g, '   …   '))}`, () =>
      assert.equal(safeFileName(name), safe));
  }

  for (const extension of ['.txt', '.tar.gz', '.d', '.TypeScript', '.日本語']) {
    it(`keeps the extension ${extension} of a name that is too long, and uses the room there is`, () => {
      for (const character of ['a', 'ä', '😀']) {
        const safe = safeFileName(character.repeat(300) + extension);
        assert.ok(safe.endsWith(character + extension), safe);
        assert.ok(Buffer.byteLength(safe) <= 200 && Buffer.byteLength(safe) > 196, String(Buffer.byteLength(safe)));
      }
    });
  }

  it('loses a joiner at the place where it is cut', () => {
    for (const piece of ['👩\u200d💻', 'ن\u200cن', 'क\u094d\u200dष']) {
      for (let offset = 0; offset < 12; offset += 1) {
        const name = `${'a'.repeat(offset)}${piece.repeat(100)}.txt`;
        assertSafe(safeFileName(name), name);
        for (const count of [1, 999]) assertSafe(numberedName(safeFileName(name), count), name);
      }
    }
  });

  it('is found fast for a name of a million characters', async () => {
    const names = ['a', '.', ' ', '/', '\u202e', '\ud800', 'e\u0301'].map((character) => character.repeat(1_000_000));
    // What grows with the square of the length would take hours.
    assert.ok((await processorMs(() => names.forEach((name) => safeFileName(name)))) < 20_000);
  });
});

describe('The numbered name of a file', () => {
  const table: readonly (readonly [string, number, string])[] = [
    ['a.ts', 1, 'a (1).ts'],
    ['a', 2, 'a (2)'],
    ['a.tar.gz', 3, 'a (3).tar.gz'],
    ['.bashrc', 1, '.bashrc (1)'],
    ['.env.local', 1, '.env (1).local'],
    ['a (1).ts', 1, 'a (1) (1).ts'],
    ['a.b c', 1, 'a.b c (1)'],
  ];
  for (const [name, count, numbered] of table)
    it(`is ${numbered} for ${name}`, () => assert.equal(numberedName(name, count), numbered));

  it('is safe, new and distinct for every count', () => {
    fc.assert(
      fc.property(troubleName, (from) => {
        const name = safeFileName(from);
        const names = [1, 2, 9, 10, 999].map((count) => numberedName(name, count));
        for (const numbered of names) assertSafe(numbered, from);
        assert.equal(new Set([name, ...names]).size, 6);
      }),
    );
  });

  it('keeps within 200 bytes', () => {
    const numbered = numberedName(safeFileName(`${'😀'.repeat(100)}.tar.gz`), 999);
    assert.ok(Buffer.byteLength(numbered) <= 200);
    assert.ok(numbered.endsWith('😀 (999).tar.gz'));
  });
});

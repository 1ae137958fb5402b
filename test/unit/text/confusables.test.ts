// Names that look alike, whatever they are written with.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { readLookAlikes } from '../../../src/core/text/confusables.ts';
import { processorMs } from '../../support/processorTime.ts';

const keysOf = readLookAlikes();
const lookAlike = (a: string, b: string): boolean => {
  const keys = new Set(keysOf(a));
  return keysOf(b).some((key) => keys.has(key));
};

describe('Names that look alike', () => {
  const same: readonly (readonly [string, string])[] = [
    ['Ada', 'ADA'],
    ['Ada', 'Аdа'],
    ['Ada', 'Αda'],
    ['Ada', 'Ꭺda'],
    ['Ada', '𝐀𝐝𝐚'],
    ['Ada', 'Ａｄａ'],
    ['Ada', 'A\u200bda'],
    ['Ada', 'A\u200dd\u200ca'],
    ['Ada', 'Ad\u00ada\u034f'],
    ['Ada', 'A\u115fd\u1160\u3164a\uffa0'],
    ['Ada', 'Ada\u{e0041}\u{e007f}'],
    ['Ada', 'A\ufe0fd\u180ea\u{e0100}'],
    ['Ada', '\u202eAda\u2069'],
    ['Ada', ' A\u200ad a\u2800'],
    ['Grace', 'GRАСE'],
    ['paypal', 'раураl'],
    ['Ivo', 'lvo'],
    ['ivo', '1VO'],
    ['Otto', '0tt0'],
    ['Max', 'rnax'],
    ['MAX', 'rnax'],
    ['Bob', 'Воb'],
    ['Zoë', 'Zoe\u0308'],
    ['straße', 'STRASSE'],
    ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
    ['ﬁona', 'Fiona'],
    ['a-b', 'a‐b'],
    ["O'Neil", 'O’Neil'],
  ];
  for (const [a, b] of same) it(`are ${a} and ${JSON.stringify(b)}`, () => assert.ok(lookAlike(a, b)));

  const different: readonly (readonly [string, string])[] = [
    ['Ada', 'Bob'],
    ['Ada', 'Adam'],
    ['Jürgen', 'Jorgen'],
    ['Anna', 'Hanna'],
    ['Miller', 'Müller'],
    ['日本', '日木'],
    ['peer 1', 'peer 2'],
    ['desk-03', 'desk-08'],
  ];
  for (const [a, b] of different) it(`are not ${a} and ${b}`, () => assert.ok(!lookAlike(a, b)));

  it('have each its own name among them, in any case of letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        for (const other of [name, name.toLowerCase(), name.normalize('NFD'), name.normalize('NFC')])
          assert.ok(lookAlike(name, other));
      }),
    );
  });

  it('are found fast among a thousand', async () => {
    const names = Array.from({ length: 1_000 }, (_, number) => `a name of usual length ${number}`);
    assert.ok((await processorMs(() => names.forEach((name) => keysOf(name)))) < 5_000);
  });
});

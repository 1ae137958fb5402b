// Generated passphrases: their words, their strength, and a draw without bias.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { assessPassphrase } from '../../../../src/core/sealing/passphrase/assessPassphrase.ts';
import { generatePassphrase, passphraseBits, randomBelow } from '../../../../src/core/sealing/passphrase/passphrase.ts';
import { loadWords } from '../../../../src/core/sealing/passphrase/wordList.ts';

describe('generated passphrases', () => {
  it('are six words of the list with hyphens between them, and strong', async () => {
    const words = new Set(await loadWords());
    for (let count = 0; count < 50; count += 1) {
      const passphrase = await generatePassphrase();
      const parts = passphrase.split('-');
      assert.equal(parts.length, 6);
      assert.ok(
        parts.every((word) => words.has(word)),
        passphrase,
      );
      assert.equal(assessPassphrase(passphrase), 'strong', passphrase);
    }
  });

  it('come from a list of different words in lower case that is worth over 75 bits', async () => {
    const words = await loadWords();
    assert.equal(new Set(words).size, words.length);
    assert.ok(words.every((word) => /^[a-z]{3,9}$/.test(word)));
    assert.ok(passphraseBits(words.length) > 75);
  });

  it('differ', async () => {
    const passphrases = await Promise.all(Array.from({ length: 100 }, () => generatePassphrase()));
    assert.equal(new Set(passphrases).size, 100);
  });

  it('are not made from a list that is too short', () => assert.rejects(generatePassphrase(['a', 'b']), TypeError));
});

describe('random numbers below a bound', () => {
  it('are drawn again where a remainder would favour the small ones', () => {
    // 2^32 leaves 4656 over when divided by 7772, so the last 4656 values of a draw are of no use.
    assert.equal(2 ** 32 % 7772, 4656);
    const draws = [2 ** 32 - 1, 2 ** 32 - 4656, 2 ** 32 - 4657];
    assert.equal(
      randomBelow(7772, () => draws.shift() ?? assert.fail('drawn too often')),
      7771,
    );
    assert.deepEqual(draws, []);
  });

  it('are each as likely as the other over all that a draw can be', () => {
    // A bound just above half of 2^32 makes half of all draws useless, so a mistake would show at once.
    const bound = 2 ** 31 + 1;
    assert.equal(
      randomBelow(bound, () => bound - 1),
      bound - 1,
    );
    const draws = [bound, 5];
    assert.equal(
      randomBelow(bound, () => draws.shift() ?? assert.fail('drawn too often')),
      5,
    );
  });

  it('stay below the bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (bound) => {
        const drawn = randomBelow(bound);
        return Number.isInteger(drawn) && drawn >= 0 && drawn < bound;
      }),
    );
  });

  it('need a bound that is one', () => {
    for (const bound of [0, -1, 0.5, Number.NaN, 2 ** 33]) assert.throws(() => randomBelow(bound), TypeError);
  });
});

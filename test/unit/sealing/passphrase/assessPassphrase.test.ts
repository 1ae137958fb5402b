// How typed passphrases are judged: a table of what people type.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { assessPassphrase, passphraseEstimate } from '../../../../src/core/sealing/passphrase/assessPassphrase.ts';
import { processorMs } from '../../../support/processorTime.ts';

const examples = {
  weak: [
    '',
    ' ',
    'a',
    'password',
    'Password1!',
    'P4$$w0rd',
    'p@ssw0rd2024',
    'qwertyuiop',
    'asdfghjkl123',
    '1234567890',
    '12345678901234567890',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'abcdefghijklmnopqrstuvwxyz',
    'passwordpassword',
    'hunter2',
    'Summer2024!',
    'iloveyou',
    'Hamburg1999',
    'correct horse battery staple',
    'ferry ferry ferry ferry ferry',
    'to be or not',
    'Tr0ub4dor&3',
    'xK9$mQ2!',
    '08.07.1983',
    'пароль',
    'mississippi river',
  ],
  fair: ['wooden ferry crosses slowly', 'xK9$mQ2!pL7&', 'marry-oboe-outhouse-coastland', 'grüne Fähre überquert Fluss'],
  strong: [
    'marry-oboe-outhouse-coastland-sulphate-chill',
    'When the ferry leaves, wave 7 times!',
    'xK9$mQ2!pL7&vB4#',
    'qzjxkvbwmfhgtrplcd',
    '83920174650192837465162',
    'c2f3a9d4e8b1706f5d2c47',
  ],
} as const;

describe('assessing a passphrase', () => {
  for (const [strength, texts] of Object.entries(examples)) {
    for (const text of texts) {
      it(`calls ${JSON.stringify(text)} ${strength}`, () => {
        assert.equal(assessPassphrase(text), strength, `${passphraseEstimate(text).toFixed(1)} bits`);
      });
    }
  }

  it('never counts a repetition as much as something new', () => {
    const words = fc.stringMatching(/^[a-z]{3,10}$/);
    fc.assert(fc.property(words, (word) => passphraseEstimate(`${word} ${word}`) <= passphraseEstimate(word) + 7));
  });

  it('gives a number for any text, and at most 7 bits for each character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const bits = passphraseEstimate(text);
        return bits >= 0 && bits <= 7 * Array.from(text.normalize('NFC')).length + 2;
      }),
    );
  });

  it('takes no time for a long text', async () => {
    const texts = ['a', 'ab', 'qwerty', '1', '! ', 'aB1!'].map((unit) => unit.repeat(20_000 / unit.length));
    assert.ok((await processorMs(() => texts.forEach((text) => passphraseEstimate(text)))) < 10_000);
  });
});

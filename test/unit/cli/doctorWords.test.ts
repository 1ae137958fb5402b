// What the doctor says in a terminal, where there are no rows, no windows and no settings.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { ownSentences } from '../../../src/cli/commands/doctor.ts';

const advice = readFileSync(resolve(import.meta.dirname, '../../../src/core/doctor/advice.ts'), 'utf8');

describe('The sentences of the doctor in a terminal', () => {
  for (const [text, own] of Object.entries(ownSentences)) {
    it(`stand for one that the doctor says: ${text}`, () => {
      assert.ok(advice.includes(`'${text}'`));
      assert.deepEqual(text.match(/\{\d\}/g), own.match(/\{\d\}/g));
      assert.doesNotMatch(own, /editor\b(?!s)|window|"ferry\.|"Ferry: /);
    });
  }
});

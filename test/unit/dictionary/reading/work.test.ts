// Bounded work: no text of the largest size makes a library or a loop take more steps than a dictionary of the largest size
// needs. Steps are counted, not milliseconds; those are rows of the bench.

import assert from 'node:assert/strict';

import { limits } from '../../../../src/core/base/limits.ts';
import { surveyJson } from '../../../../src/core/dictionary/notations/jsonSurvey.ts';
import { attempt, entryCounter, filledLines, Limit } from '../../../../src/core/dictionary/notations/notation.ts';
import { surveyToml } from '../../../../src/core/dictionary/notations/tomlSurvey.ts';
import { surveyYaml } from '../../../../src/core/dictionary/notations/yamlSurvey.ts';
import { readSelection } from '../../../../src/core/dictionary/understand.ts';
import { adversarial } from './adversarial.ts';

const texts = [...adversarial(limits.dictionaryBytes)];

describe('work on a text is bounded before it is parsed', () => {
  it('hands no more tokens to the composer of YAML than the largest dictionary has', () => {
    for (const [name, text] of texts) {
      const { tokens } = surveyYaml(text);
      assert.ok(tokens.length <= limits.dictionaryNodes * 8 + 1, `${name}: ${tokens.length} tokens`);
    }
  });

  it('hands no more tokens to the parser of JSON than the largest dictionary has', () => {
    for (const [name, text] of texts) {
      for (const disallowComments of [true, false]) {
        const { tokens } = surveyJson(text, { disallowComments });
        assert.ok(tokens <= limits.dictionaryNodes * 4 + 5, `${name}: ${tokens} tokens`);
      }
    }
  });

  it('looks at no more signs of TOML than it takes to see a value too many', () => {
    for (const [name, text] of texts) {
      const { limit, steps } = surveyToml(text);
      if (limit !== undefined) assert.ok(steps <= 8 * limits.dictionaryNodes, `${name}: ${steps} steps`);
    }
  });

  it('reads no text of more lines than the largest dictionary has with its comments', () => {
    for (const [name, text] of texts) {
      let lines = 0;
      const reading = attempt(text, () => {
        lines = [...filledLines(text)].length;
        return [];
      });
      assert.ok(lines <= limits.dictionaryNodes * 5, `${name}: ${lines} lines`);
      assert.equal(reading.ok || reading.limit, true, name);
    }
  });

  it('counts a key as often as it stands there', () => {
    const count = entryCounter();
    for (let entry = 0; entry < limits.dictionaryNodes; entry += 1) count(entry);
    assert.throws(
      () => count(7),
      (error) => error instanceof Limit && error.offset === 7,
    );
  });

  for (const [languageId, unit] of [
    ['yaml', 'a:\n'],
    ['properties', 'a = 1\n'],
    ['ini', 'a = 1 2\n'],
    ['http', 'X-A: b\n'],
    ['dotenv', 'A=1\n'],
    ['plaintext', 'a=1&'],
    ['plaintext', 'a b: c\n'],
    ['json', '{"a": 1}\n'],
    ['toml', '[[a]]\n'],
  ] satisfies [string, string][]) {
    it(`refuses ${JSON.stringify(unit)} ten thousand times and once more in ${languageId} by the count`, async () => {
      const understanding = await readSelection(unit.repeat(limits.dictionaryNodes + 1), languageId);
      assert.ok(!understanding.ok);
      assert.match(understanding.message, /more|comma|end of/i);
      assert.deepEqual(understanding.others, []);
    });
  }
});

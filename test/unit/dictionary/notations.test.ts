// Golden selections, as people write them: each notation with what it reads and where it stops.

import assert from 'node:assert/strict';

import { csvNotation, tsvNotation } from '../../../src/core/dictionary/notations/csv.ts';
import { elementsNotation } from '../../../src/core/dictionary/notations/elements.ts';
import { envNotation } from '../../../src/core/dictionary/notations/env.ts';
import { headersNotation } from '../../../src/core/dictionary/notations/headers.ts';
import { iniNotation } from '../../../src/core/dictionary/notations/ini.ts';
import { javascriptNotation } from '../../../src/core/dictionary/notations/javascript.ts';
import { jsoncNotation, jsonNotation } from '../../../src/core/dictionary/notations/json.ts';
import { jsonlNotation } from '../../../src/core/dictionary/notations/jsonl.ts';
import { linesNotation } from '../../../src/core/dictionary/notations/lines.ts';
import type { Notation } from '../../../src/core/dictionary/notations/notation.ts';
import { propertiesNotation } from '../../../src/core/dictionary/notations/properties.ts';
import { pythonNotation } from '../../../src/core/dictionary/notations/python.ts';
import { queryNotation } from '../../../src/core/dictionary/notations/query.ts';
import { tomlNotation } from '../../../src/core/dictionary/notations/toml.ts';
import { xmlNotation } from '../../../src/core/dictionary/notations/xml.ts';
import { yamlNotation } from '../../../src/core/dictionary/notations/yaml.ts';
import { treeText } from '../../../src/core/dictionary/tree.ts';
import { type DictionaryValue, equalDictionaries } from '../../../src/core/dictionary/value.ts';
import { asMap, asText, readVectors } from './support.ts';

const notations: readonly Notation[] = [
  jsonNotation,
  jsoncNotation,
  jsonlNotation,
  javascriptNotation,
  pythonNotation,
  xmlNotation,
  elementsNotation,
  tomlNotation,
  headersNotation,
  queryNotation,
  envNotation,
  yamlNotation,
  iniNotation,
  propertiesNotation,
  csvNotation,
  tsvNotation,
  linesNotation,
];

for (const notation of notations) {
  describe(`the ${notation.label} notation`, () => {
    const cases = readVectors(notation.id);

    it('has at least twelve golden selections', () => {
      assert.ok(cases.length >= 12, `${cases.length} cases`);
    });

    for (const entry of cases) {
      it(asText(entry.get('name')), () => {
        const text = textOf(entry.get('text'));
        const reading = notation.read(text);
        const error = entry.get('error');
        if (error === undefined) {
          assert.ok(reading.ok, reading.ok ? '' : `${reading.message} at ${reading.line}:${reading.column}`);
          const expected = entry.get('value') ?? null;
          assert.ok(equalDictionaries(reading.value, expected), `${treeText(reading.value)}\nis not\n${treeText(expected)}`);
          assert.equal(reading.notes.length, Number(entry.get('notes') ?? 0n), reading.notes.join(' '));
          return;
        }
        assert.ok(!reading.ok, 'the text was read');
        const place = asMap(error);
        assert.deepEqual(
          [reading.line, reading.column],
          [Number(place.get('line')), Number(place.get('column'))],
          reading.message,
        );
        assert.equal(reading.offset, offsetOf(text, reading.line, reading.column));
        assert.notEqual(reading.message, '');
      });
    }
  });
}

function textOf(value: DictionaryValue | undefined): string {
  return Array.isArray(value) ? value.join('\n') : asText(value);
}

function offsetOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, part) => sum + part.length + 1, 0) + column - 1;
}

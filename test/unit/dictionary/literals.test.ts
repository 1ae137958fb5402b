// Literals for documents: what is inserted reads back as the same dictionary, and can do nothing else.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';

import fc from 'fast-check';

import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import { type LiteralKind, literalKindOf, literalText } from '../../../src/core/dictionary/literals.ts';
import { javascriptNotation } from '../../../src/core/dictionary/notations/javascript.ts';
import { jsonNotation } from '../../../src/core/dictionary/notations/json.ts';
import type { Notation } from '../../../src/core/dictionary/notations/notation.ts';
import { pythonNotation } from '../../../src/core/dictionary/notations/python.ts';
import { yamlNotation } from '../../../src/core/dictionary/notations/yaml.ts';
import { type DictionaryValue, equalDictionaries, isList } from '../../../src/core/dictionary/value.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { anyDictionary, mapOf } from './support.ts';

const place = { unit: '  ', base: '' };
const value = mapOf(
  ['name', "it's"],
  ['two words', [1n, 1, null, true]],
  ['__proto__', mapOf(['a', []], ['b', mapOf()])],
  ['big', 2n ** 64n],
);

describe('literals', () => {
  for (const [kind, expected] of [
    [
      'json',
      '{\n  "name": "it\'s",\n  "two words": [\n    1,\n    1.0,\n    null,\n    true\n  ],\n  "__proto__": {\n    "a": [],\n    "b": {}\n  },\n  "big": 18446744073709551616\n}',
    ],
    [
      'javascript',
      '{\n  name: "it\'s",\n  "two words": [\n    1,\n    1.0,\n    null,\n    true,\n  ],\n  ["__proto__"]: {\n    a: [],\n    b: {},\n  },\n  big: 18446744073709551616n,\n}',
    ],
    [
      'python',
      '{\n  "name": "it\'s",\n  "two words": [\n    1,\n    1.0,\n    None,\n    True,\n  ],\n  "__proto__": {\n    "a": [],\n    "b": {},\n  },\n  "big": 18446744073709551616,\n}',
    ],
    [
      'yaml',
      'name: "it\'s"\ntwo words:\n  - 1\n  - 1.0\n  - null\n  - true\n__proto__:\n  "a": []\n  "b": {}\nbig: 18446744073709551616',
    ],
  ] satisfies [LiteralKind, string][]) {
    it(`writes ${kind}`, () => assert.equal(literalText(value, kind, place), expected));
  }

  const orders = [
    "'; touch ran; '",
    '$(touch ran)',
    '`touch ran`',
    '"; touch ran; "',
    'a\\',
    "\\'",
    '\n touch ran \n',
    '‘; touch ran; ’',
    '!!',
  ];
  for (const shell of ['sh', 'bash', 'zsh', 'fish']) {
    it(`writes what ${shell} takes as one word, and runs nothing of it`, async function () {
      const folder = await tempFolder();
      const text = literalText(mapOf(['it\'s "$HOME"', orders]), 'shell', place);
      const run = (script: string) => spawnSync(shell, ['-c', script], { cwd: folder, encoding: 'utf8' });
      if (run('true').error !== undefined) skip(this, shell);
      assert.deepEqual(JSON.parse(run(`printf %s ${text}`).stdout), { 'it\'s "$HOME"': orders });
      for (const around of ['"', "'"]) run(`printf %s ${around}${text}${around}`);
      assert.deepEqual(await readdir(folder), []);
      await removeTempFolders();
    });
  }

  it('indents every line but the first by the place it goes to', () => {
    assert.equal(
      literalText(mapOf(['key', [1n]]), 'json', { unit: '\t', base: '\t\t' }),
      '{\n\t\t\t"key": [\n\t\t\t\t1\n\t\t\t]\n\t\t}',
    );
    assert.equal(
      literalText(mapOf(['key', [1n]], ['two', 2n]), 'yaml', { unit: '\t', base: '    ' }),
      'key:\n      - 1\n    two: 2',
    );
  });

  for (const [languageId, kind] of [
    ['python', 'python'],
    ['shellscript', 'shell'],
    ['typescriptreact', 'javascript'],
    ['dockercompose', 'yaml'],
    ['jsonc', 'json'],
    ['plaintext', 'json'],
  ] satisfies [string, LiteralKind][]) {
    it(`is ${kind} in ${languageId}`, () => assert.equal(literalKindOf(languageId), kind));
  }

  for (const [kind, notation, unit, base] of [
    ['json', jsonNotation, '  ', ''],
    ['javascript', javascriptNotation, '\t', '\t'],
    ['python', pythonNotation, '    ', '        '],
    ['yaml', yamlNotation, '  ', ''],
    ['yaml', yamlNotation, '    ', '      '],
  ] satisfies [LiteralKind, Notation, string, string][]) {
    it(`reads back from ${kind} as the same dictionary, indented by ${JSON.stringify(unit)} after ${JSON.stringify(base)}`, () => {
      fc.assert(
        fc.property(anyDictionary, (dictionary) => {
          const reading = notation.read(base + literalText(dictionary, kind, { unit, base }));
          assert.ok(reading.ok, reading.ok ? '' : `${reading.message} at ${reading.line}:${reading.column}`);
          assert.ok(equalDictionaries(reading.value, dictionary));
        }),
        { numRuns: 1000 },
      );
    });
  }

  it('is the same JSON for the strict reader', () => {
    fc.assert(
      fc.property(anyDictionary, (dictionary) => {
        const text = new TextEncoder().encode(literalText(dictionary, 'json', place));
        return equalDictionaries(jsonFormat.decode(text), dictionary);
      }),
      { numRuns: 500 },
    );
  });

  it('is what a JavaScript engine makes of it', () => {
    fc.assert(
      fc.property(anyDictionary, (dictionary) => {
        const made: unknown = runInNewContext(`(${literalText(dictionary, 'javascript', place)})`);
        assert.equal(describeEngine(made), describeEngine(asEngine(dictionary)));
      }),
      { numRuns: 500 },
    );
    assert.equal(Reflect.get({}, 'a'), undefined);
  });

  for (const hostile of [
    '"',
    "'",
    '\\',
    '${x}',
    '`',
    '</script>',
    '<!--',
    '*/',
    '\n# x',
    '\u2028alert(1)',
    '\u202e',
    '\u0000',
    '"""',
    "'''",
    '{{x}}',
    '#{x}',
  ]) {
    for (const kind of ['json', 'javascript', 'python', 'yaml'] satisfies LiteralKind[]) {
      it(`keeps ${JSON.stringify(hostile)} inside its quotes in ${kind}`, () => {
        const text = literalText(mapOf([hostile, hostile]), kind, place);
        assert.doesNotMatch(text, /<\/|<!|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
        const inside = text.match(/"(?:[^"\\\n]|\\.)*"/g) ?? [];
        assert.equal(inside.length, 2, text);
      });
    }
  }

  it('refuses what no dictionary may hold', () => {
    assert.throws(() => literalText([Number.NaN], 'json', place), { code: 'ERR_DICTIONARY_VALUE_UNSUPPORTED' });
  });
});

/** JavaScript's objects put whole numbers first, so both sides are compared in one order; -0 and bigints stay visible. */
function describeEngine(made: unknown): string {
  if (typeof made === 'bigint') return `${made}n`;
  if (Object.is(made, -0)) return '-0';
  if (typeof made !== 'object' || made === null) return JSON.stringify(made);
  if (Array.isArray(made)) return `[${made.map(describeEngine).join(',')}]`;
  return `{${Object.keys(made)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${describeEngine(Object.getOwnPropertyDescriptor(made, key)?.value)}`)
    .join(',')}}`;
}

/** What an engine would hold: small integers are numbers there. */
function asEngine(dictionary: DictionaryValue): unknown {
  if (typeof dictionary === 'bigint') return Number.isSafeInteger(Number(dictionary)) ? Number(dictionary) : dictionary;
  if (dictionary === null || typeof dictionary !== 'object') return dictionary;
  if (isList(dictionary)) return dictionary.map(asEngine);
  const made = {};
  for (const [key, item] of dictionary) Object.defineProperty(made, key, { value: asEngine(item), enumerable: true });
  return made;
}

// Which notation a selection is taken for, and what is said where it is none.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import { type NotationId, notationLanguages } from '../../../src/core/dictionary/notations/notation.ts';
import { type Shape, shapeOf } from '../../../src/core/dictionary/shape.ts';
import { readSelection, readSelections } from '../../../src/core/dictionary/understand.ts';
import { mapOf } from './support.ts';

async function best(text: string, languageId: string): Promise<string> {
  const understanding = await readSelection(text, languageId);
  return understanding.ok ? understanding.readings[0].label : `stopped at ${understanding.line}:${understanding.column}`;
}

describe('understanding a selection', () => {
  for (const [text, languageId, label] of [
    // The document's language goes first.
    ["{'a': 1, 'b': 2}", 'python', 'Python dict, 2 keys'],
    ["{'a': 1, 'b': 2}", 'typescript', 'JavaScript object, 2 keys'],
    ['[{"a": 1}]', 'python', 'Python list, 1 item'],
    ['{"a": 1}', 'json', 'JSON object, 1 key'],
    ['{"a": 1}', 'yaml', 'YAML, 1 key'],
    ['a = 1', 'toml', 'TOML, 1 key'],
    ['a = 1', 'ini', 'INI, 1 key'],
    ['a = 1', 'properties', 'Properties, 1 key'],
    ['A=1', 'dotenv', '.env, 1 key'],
    ['A=$(date)', 'shellscript', '.env, 1 key'],
    ['[core]\n\tbare = false', 'properties', 'INI, 1 key'],
    ['a,b\n1,2', 'csv', 'CSV list, 1 item'],
    ['key: f(x)', 'yaml', 'YAML, 1 key'],
    // In any other document, the strictest notation that reads it.
    ['{"a": 1}', 'plaintext', 'JSON object, 1 key'],
    ['{"a": 1, /* x */}', 'plaintext', 'JSON with comments, 1 key'],
    ['{a: 1}', 'plaintext', 'JavaScript object, 1 key'],
    ["{'a': None}", 'plaintext', 'Python dict, 1 key'],
    ['config = {\n  "a": 1,\n}', 'plaintext', 'JavaScript object, 1 key'],
    ['name: Bob\nage: 3', 'plaintext', 'YAML, 2 keys'],
    ['- a\n- b', 'markdown', 'YAML list, 2 items'],
    ['[a]\nb = 1', 'plaintext', 'TOML, 1 key'],
    ['[a]\nb = hello', 'plaintext', 'INI, 1 key'],
    ['x = 1\ny = [1, 2]', 'plaintext', 'TOML, 2 keys'],
    ['Content-Type: text/html\nX-A: b', 'plaintext', 'HTTP headers, 2 keys'],
    ['A=1\nB=two words', 'plaintext', '.env, 2 keys'],
    ['?a=1&b=2', 'plaintext', 'Query string, 2 keys'],
    ['id,name\n1,Ann', 'plaintext', 'CSV list, 1 item'],
    ['id\tname\n1\tAnn', 'plaintext', 'TSV list, 1 item'],
    ['a\\ b=1', 'plaintext', 'INI, 1 key'],
    ['Größe = 3\n- Farbe: rot', 'plaintext', 'INI, 2 keys'],
    ['<map xmlns="http://www.w3.org/2005/xpath-functions"/>', 'plaintext', 'XML (W3C form), 0 keys'],
    ['<note>\n<to>x</to>\n</note>', 'xml', 'XML elements, 1 key'],
    ['  "a": 1,\n  "b": 2,\n', 'plaintext', 'JSON object, 2 keys'],
  ] satisfies [string, string, string][]) {
    it(`takes ${JSON.stringify(text)} in ${languageId} for ${label}`, async () =>
      assert.equal(await best(text, languageId), label));
  }

  for (const [text, languageId, place] of [
    // A text that begins with a bracket is never taken for lines of text.
    ['{ a: foo(1) }', 'plaintext', 'stopped at 1:6'],
    ['{ a: foo(1) }', 'typescript', 'stopped at 1:6'],
    ['{"a": 1\n"b": 2}', 'json', 'stopped at 2:1'],
    ['{key = value}', 'properties', 'stopped at 1:6'],
    ['<a: 1', 'yaml', 'stopped at 1:1'],
    ['config = {\n  "a": load(),\n}', 'python', 'stopped at 2:8'],
    ['x = load(1)', 'python', 'stopped at 1:5'],
    ['const a = b.c();\nconst d = e();', 'plaintext', 'stopped at 1:11'],
    ['def f(a):\n    return a', 'python', 'stopped at 1:1'],
    ['', 'json', 'stopped at 1:1'],
  ] satisfies [string, string, string][]) {
    it(`refuses ${JSON.stringify(text)} in ${languageId}: ${place}`, async () =>
      assert.equal(await best(text, languageId), place));
  }

  it('gives every reading that worked, the best first', async () => {
    const understanding = await readSelection('{"a": 1}', 'plaintext');
    assert.ok(understanding.ok);
    assert.deepEqual(
      understanding.readings.map(({ notation }) => notation),
      ['json', 'javascript', 'python'] satisfies NotationId[],
    );
  });

  it('names the notations it tried, and what the most likely one expected', async () => {
    const understanding = await readSelection('{"a": 1,}', 'json');
    assert.ok(understanding.ok, 'JSON with comments reads a trailing comma');
    const refused = await readSelection('{"a": }', 'json');
    assert.ok(!refused.ok);
    assert.deepEqual(refused.tried, ['JSON', 'JSON with comments', 'JavaScript', 'Python']);
    assert.deepEqual([refused.notation, refused.line, refused.column, refused.offset], ['json', 1, 7, 6]);
    assert.equal(refused.message, 'value expected');
  });

  it('refuses a text that is longer than a dictionary may be', async () => {
    const understanding = await readSelection('a'.repeat(limits.dictionaryBytes + 1), 'json');
    assert.ok(!understanding.ok && understanding.offset === 0);
  });

  it('makes a list of several selections', async () => {
    const understanding = await readSelections(["{'a': 1}", "{'b': None}"], 'python');
    assert.ok(understanding.ok);
    assert.deepStrictEqual(understanding.readings[0].value, [mapOf(['a', 1n]), mapOf(['b', null])]);
    assert.equal(understanding.readings[0].label, '2 selections: Python dict, 1 key');
  });

  it('makes one list of selections in different notations', async () => {
    const understanding = await readSelections(['{"a": 1}', 'name: Bob'], 'plaintext');
    assert.ok(understanding.ok);
    assert.deepStrictEqual(understanding.readings[0].value, [mapOf(['a', 1n]), mapOf(['name', 'Bob'])]);
  });

  it('reads a single selection as itself', async () => {
    const understanding = await readSelections(['{"a": 1}'], 'json');
    assert.ok(understanding.ok);
    assert.deepStrictEqual(understanding.readings[0].value, mapOf(['a', 1n]));
  });

  it('says which of several selections it could not read', async () => {
    const understanding = await readSelections(['{"a": 1}', '{"a": ?}'], 'json');
    assert.ok(!understanding.ok);
    assert.deepEqual([understanding.selection, understanding.line, understanding.column], [1, 1, 7]);
  });

  it('has nothing to say about no selection', async () => {
    assert.equal((await readSelections([], 'json')).ok, false);
  });

  for (const [text, shape] of [
    ['{', 'bracket'],
    ['  [1]', 'bracket'],
    ['({a: 1})', 'bracket'],
    ['return [1]', 'assigned'],
    ['export const a: B<C> = {', 'assigned'],
    ['module.exports = {', 'assigned'],
    ['self.x["k"] = (1, 2)', 'assigned'],
    ['[a]\nb = 1', 'section'],
    ['[a] ; x\r\nb: 1', 'section'],
    ['[[a]]\nb = 1', 'section'],
    [' <a', 'markup'],
    ['a = f(1)', 'code'],
    ['if x:\n  y = [\n', 'code'],
    ['a = 1', 'text'],
    ['(c) somebody', 'text'],
    ['run: echo $(date)', 'text'],
  ] satisfies [string, Shape][]) {
    it(`sees the shape ${shape} in ${JSON.stringify(text)}`, () => assert.equal(shapeOf(text), shape));
  }

  it('knows its own notation in the documents of each language', async () => {
    for (const [id, languages] of Object.entries(notationLanguages)) {
      for (const languageId of languages) {
        const refused = await readSelection('\u0001', languageId);
        assert.ok(!refused.ok && refused.notation !== undefined, `${id} in ${languageId}`);
        assert.ok(notationLanguages[refused.notation].includes(languageId) || id === 'xml', `${id} in ${languageId}`);
      }
    }
  });
});

describe('a selection that is large or malicious', () => {
  // None of these is a time test: what takes quadratic time would run into the limit of the whole test instead.
  const long = 60_000;
  for (const [name, text] of [
    ['opening brackets', '['.repeat(long)],
    ['opening braces', '{a:'.repeat(long / 3)],
    ['parentheses', '('.repeat(long)],
    ['white space in a line', `key${' '.repeat(long)}x`],
    ['white space before a sign', `key${' '.repeat(long)}= 1`],
    ['white space behind a value', `key = 1${' '.repeat(long)}x`],
    ['white space in an assignment', `const a ${' '.repeat(long)}`],
    ['a type without end', `const a: ${'a'.repeat(long)}`],
    ['tabs', '\t'.repeat(long)],
    ['empty lines', '\n'.repeat(long)],
    ['carriage returns', '\r'.repeat(long)],
    ['lines', 'a: 1\n'.repeat(long / 5)],
    ['a comment without end', `/*${'*'.repeat(long)}`],
    ['a quote without end', `{a: "${'\\n'.repeat(long / 2)}`],
    ['a Python string without end', `{'a': '''${"'' ".repeat(long / 3)}`],
    ['ampersands', '&'.repeat(long)],
    ['pairs and spaces', `a=1&${' '.repeat(long)}b`],
    ['hash signs', '#'.repeat(long)],
    ['dots', 'a.'.repeat(long / 2)],
    ['digits', '9'.repeat(long)],
    ['YAML flow', `a: ${'['.repeat(long)}`],
    ['YAML dashes', '- '.repeat(long / 2)],
    ['YAML indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    [
      'a YAML bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
        .split('')
        .map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(',')}]`)
        .join('\n')}`,
    ],
    ['a YAML circle', 'a: &a\n  b: *a\n'],
    ['commas', ','.repeat(long)],
    ['quotes', '"'.repeat(long)],
    ['percent signs', `a=1&b=${'%41'.repeat(long / 3)}`],
    ['backslashes', `a=${'\\'.repeat(long)}`],
    ['TOML brackets', `a = ${'['.repeat(long)}`],
    ['angle brackets', '<'.repeat(long)],
  ] satisfies [string, string][]) {
    for (const languageId of ['plaintext', 'yaml', 'python', 'properties']) {
      it(`comes to an end: ${name} in ${languageId}`, async () => {
        const understanding = await readSelection(text, languageId);
        assert.ok(understanding.ok || understanding.message.length > 0);
        assert.equal(Reflect.get({}, 'polluted'), undefined);
      });
    }
  }
});

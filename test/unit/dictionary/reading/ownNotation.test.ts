// A document's own notation has the last word: where it refuses, no laxer notation answers in its place.

import assert from 'node:assert/strict';

import { limits } from '../../../../src/core/base/limits.ts';
import { readSelection, readSelections, type Understanding } from '../../../../src/core/dictionary/understand.ts';

type Refused = Extract<Understanding, { ok: false }>;

async function refusedIn(languageId: string, text: string): Promise<Refused> {
  const understanding = await readSelection(text, languageId);
  assert.ok(!understanding.ok, understanding.ok ? understanding.readings[0].label : '');
  return understanding;
}

const many = limits.dictionaryNodes + 1;
const rows = (line: (index: number) => string): string => Array.from({ length: many }, (_, index) => line(index)).join('\n');

describe("a document's own notation has the last word", () => {
  for (const [name, languageId, text, line, column] of [
    ['YAML with a tag', 'yaml', 'Name: web\nBucket: !Ref Logs\n', 2, 9],
    ['YAML with a tab', 'yaml', 'a: 1\nb:\n\tc: 2\n', 3, 1],
    ['YAML with a duplicate key', 'yaml', 'a: 1\nb: 2\na: 3\n', 3, 1],
    ['YAML with a quote that is not closed', 'dockercompose', 'a: "x\nb: 2\n', 3, 1],
    ['TOML with inf', 'toml', 'a = 1\nb = inf\n', 2, 5],
    ['TOML with a bare word', 'toml', '[a]\nb = hello\n', 2, 5],
    ['TOML with a broken section', 'toml', '[a\nb = 1\n', 1, 3],
    ['CSV with a ragged row', 'csv', 'a,b\n1,2\n3\n', 3, 1],
    ['TSV with a ragged row', 'tsv', 'a\tb\n1\t2\n3\n', 3, 1],
    ['Python with equal keys', 'python', "{1: 'a', '1': 'b'}", 1, 10],
    ['XML with a reference that it does not know', 'xml', '<a>\n<!-- &x; -->&amp;<![CDATA[&y;]]> &nbsp;</a>', 2, 34],
    ['XML with a character that it cannot hold', 'xml', '<a>\n &#0;</a>', 2, 2],
    ['XML with two roots', 'xml', '<a/>\n<b/>', 2, 1],
    ['Python with a name of JavaScript', 'python', '{"a": true}', 1, 7],
    ['JavaScript with a name of Python', 'typescript', '{ a: None }', 1, 6],
    ['.env with an escaped quote', 'dotenv', "A=1\nB='it\\'s'\n", 2, 8],
    ['JSON with a bare key', 'json', '{\n  a: 1\n}', 2, 3],
    ['JSON without a bracket', 'json', 'a: 1\nb: 2', 1, 1],
    ['INI with a line that is none', 'ini', 'a = 1\nhello there\n', 2, 1],
    ['headers that are prose', 'http', 'This: that\nand more\n', 2, 1],
    ['YAML in an XML document', 'xml', 'a: 1\nb: 2', 1, 1],
    ['markup in a JSON document', 'json', '<a>1</a>', 1, 1],
  ] satisfies [string, string, string, number, number][]) {
    it(`answers with the place: ${name}`, async () => {
      const refused = await refusedIn(languageId, text);
      assert.deepEqual([refused.line, refused.column], [line, column], refused.message);
    });
  }

  it('marks the readings of other notations, and never chooses one', async () => {
    const refused = await refusedIn('toml', 'a = 1\nb = inf\n');
    assert.notEqual(refused.others.length, 0);
    for (const { notes } of refused.others) assert.equal(notes[0], 'not TOML: line 2');
  });

  it('names the notation that refused in the mark', async () => {
    const refused = await refusedIn('yaml', 'a: 1\nb: 2\nc: !x 3\n');
    assert.equal(refused.notation, 'yaml');
    assert.deepEqual([...new Set(refused.others.map(({ notes }) => notes[0]))], ['not YAML: line 3']);
  });

  it('marks what one notation reads in every one of several selections', async () => {
    const understanding = await readSelections(['a = 1', 'a = inf'], 'toml');
    assert.ok(!understanding.ok);
    assert.deepEqual([understanding.selection, understanding.line, understanding.column], [1, 1, 5]);
    assert.ok(understanding.others.some(({ notation }) => notation === 'ini'));
  });

  for (const [languageId, text] of [
    ['json', `[${rows((index) => `${index},`)}0]`],
    ['yaml', rows((index) => `k${index}: ${index}`)],
    ['yaml', rows((index) => `- ${index}`)],
    ['yaml', `a: ${'['.repeat(40)}${']'.repeat(40)}`],
    ['toml', rows((index) => `k${index} = ${index}`)],
    ['ini', rows((index) => `k${index} = ${index}`)],
    ['properties', rows((index) => `k${index} = ${index}`)],
    ['dotenv', rows((index) => `K${index}=${index}`)],
    ['csv', rows((index) => `${index},x`)],
    ['http', rows((index) => `X-${index}: ${index}`)],
    ['python', `[${rows((index) => `${index},`)}]`],
    ['javascript', `{ a: ${'['.repeat(40)}${']'.repeat(40)} }`],
    ['jsonl', rows((index) => `{"a": ${index}}`)],
  ] satisfies [string, string][]) {
    for (const home of [languageId, 'plaintext']) {
      it(`does not pass a limit by another notation: ${text.slice(0, 8)} of ${languageId} in ${home}`, async () => {
        const refused = await refusedIn(home, text);
        assert.match(refused.message, /more than|nested/);
        assert.deepEqual(refused.others, []);
      });
    }
  }

  it('does not pass the limit of size', async () => {
    const refused = await refusedIn('plaintext', `a = ${'x'.repeat(limits.dictionaryBytes)}`);
    assert.deepEqual(refused.others, []);
  });

  it('holds the limits for several selections together', async () => {
    const half = Array.from({ length: 6000 }, (_, index) => `- ${index}`).join('\n');
    assert.equal((await readSelections([half, half], 'yaml')).ok, false);
    assert.equal((await readSelections(['x'.repeat(limits.dictionaryBytes), 'a: 1'], 'yaml')).ok, false);
  });

  it('still reads JSON in documents whose own notation has no brackets', async () => {
    for (const languageId of ['ini', 'dotenv', 'shellscript', 'http', 'csv', 'xml']) {
      const understanding = await readSelection('{"a": 1}', languageId);
      assert.ok(understanding.ok && understanding.readings[0].notation === 'json', languageId);
    }
  });
});

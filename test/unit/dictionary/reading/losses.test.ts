// Losses are said: what a reading changes stands in its notes.

import assert from 'node:assert/strict';

import { notesOf } from './labels.ts';

describe('losses are said with the reading', () => {
  for (const [name, languageId, text, note] of [
    ['a version that YAML takes for a number', 'yaml', 'version: 3.10\n', /^3\.10 became the number 3\.1\.$/],
    ['a price with its zero', 'yaml', 'price: 2.50', /^2\.50 became the number 2\.5\.$/],
    ['zeros before an integer', 'yaml', 'zip: 01234\n', /^01234 became the number 1234\.$/],
    ['words that YAML 1.1 takes for booleans', 'yaml', 'country: no\n', /YAML 1\.2/],
    ['dates of YAML', 'yaml', 'day: 2023-02-28\n', /^Dates are texts/],
    ['timestamps of YAML', 'yaml', 'day: !!timestamp 2023-02-28\n', /^Dates became text/],
    ['tuples', 'python', "{'a': (1, 2)}", /^Tuples became lists\.$/],
    ['sets of Python', 'python', "{'a': {1, 2}}", /^Sets became lists\.$/],
    ['sets of JavaScript', 'javascript', '{ a: new Set([1]) }', /^Sets became lists\.$/],
    ['dates of Python', 'python', "{'a': datetime.date(2024, 2, 29)}", /^Dates became ISO 8601 text\.$/],
    ['dates of JavaScript', 'javascript', '{ a: new Date(0) }', /^Dates became ISO 8601 text\.$/],
    ['dates of TOML', 'toml', 'a = 2024-02-29', /^Dates became ISO 8601 text\.$/],
    ['decimals', 'python', "{'a': Decimal('1.10')}", /became text/],
    ['bytes', 'python', "{'a': b'x'}", /base64/],
    ['undefined', 'javascript', '{ a: undefined }', /^undefined became null\.$/],
    ['arithmetic', 'javascript', '{ a: 60 * 1000 }', /^Arithmetic was worked out\.$/],
    ['big integers of JSON', 'json', '{"a": 12345678901234567890}', /2\^53/],
    ['big integers of Python', 'python', "{'a': -12345678901234567890}", /2\^53/],
    ['big integers of YAML', 'yaml', 'a: 12345678901234567890', /2\^53/],
    ['big integers of TOML', 'toml', 'a = 9007199254740993', /2\^53/],
    [
      'digits that a double has not',
      'json',
      '{"a": 0.12345678901234567890123}',
      /^0\.12345678901234567890123 became the number 0\.123/,
    ],
    ['digits that a double has not, in JavaScript', 'javascript', '{ a: 0.12345678901234567890123 }', /became the number/],
    ['keys that are no text', 'python', "{1: 'a'}", /^Keys that are no text became text\.$/],
    ['equal keys', 'json', '{"a": 1, "a": 2}', /^The key "a" stands twice/],
  ] satisfies [string, string, string, RegExp][]) {
    it(`says so: ${name}`, async () => {
      const notes = await notesOf(text, languageId);
      assert.ok(
        notes.some((found) => note.test(found)),
        notes.join(' '),
      );
    });
  }

  for (const [languageId, text] of [
    ['json', '{"a": 1.50, "b": 0.1, "c": 1e3, "d": 9007199254740991}'],
    ['javascript', '{ a: .5, b: 1_000.25, c: "3.10" }'],
    ['yaml', 'a: "3.10"\nb: 1.5\nc: 0\nd: 0.5\ne: 10\nf: 1.0\n'],
    ['toml', 'a = 0.1'],
  ] satisfies [string, string][]) {
    it(`has nothing to say where nothing is lost: ${text}`, async () => assert.deepEqual(await notesOf(text, languageId), []));
  }

  it('names a few numbers, not all', async () => {
    const text = Array.from({ length: 500 }, (_, index) => `k${index}: ${index + 1}.10`).join('\n');
    assert.equal((await notesOf(text, 'yaml')).length, 3);
  });
});

// Lax notations know their shape: they refuse what was never meant for them, and code goes to the readers of code.

import assert from 'node:assert/strict';

import { readSelection } from '../../../../src/core/dictionary/understand.ts';
import { bestOf } from './labels.ts';

describe('lax notations know their shape', () => {
  for (const [name, text] of [
    ['indentation under an empty value', 'a =\n  b = 1'],
    ['indentation under an empty value, later', 'x: 1\na:\n\tb = 1\nc = 2'],
    ['a bracket in a key', 'foo[bar = 1'],
    ['a brace in a key', 'a = 1\n} b = 2'],
    ['a call in a key', 'foo(a = 1'],
    ['a bare line after a separator', 'a = 1\nsome words'],
    ['a bare word after a separator', 'a = 1\nword'],
    ['a bare line in a section', '[a]\nb = 1\nsome words'],
    ['a printed map', 'Map(2) { "a" => 1, "b" => 2 }'],
  ] satisfies [string, string][]) {
    it(`refuses ${name}`, async () => {
      for (const languageId of ['plaintext', 'ini', 'properties']) {
        assert.match(await bestOf(text, languageId), /^refused/, languageId);
      }
    });
  }

  for (const text of [
    'Foo { a: 1 }',
    'if (x) { y: 1 }',
    'map[string]int{"a": 1}',
    'Object [Map] { a: 1 }',
    'x => 1\ny => 2',
    "'a' => 1, 'b' => 2",
    'a := 1\nb := 2',
    'a == 1',
    'let a = 1; let b = 2;',
    'const a: number = 1\nconst b = 2',
    'https://example.org/',
    '$ git clone https://example.org/',
  ]) {
    it(`takes no code and no address for lines of keys: ${text}`, async () =>
      assert.match(await bestOf(text, 'plaintext'), /^refused/));
  }

  it('leaves such signs to documents whose notation has them', async () => {
    assert.equal(await bestOf('a := 1', 'properties'), 'properties {"a": "= 1"}');
    assert.equal(await bestOf('A==1', 'dotenv'), 'env {"A": "=1"}');
    assert.equal(await bestOf('Foo { a: 1', 'yaml'), 'yaml {"Foo { a": 1}');
  });

  for (const [text, languageId, best] of [
    ['const X: Record<string, number> = {"a": 1}', 'typescript', 'javascript {"a": 1}'],
    ['const X: Record<string, number> = {"a": 1}', 'plaintext', 'javascript {"a": 1}'],
    ["const x: { [k: string]: 'a' | 'b' } = { k: 'a' };", 'plaintext', 'javascript {"k": "a"}'],
    ['export const f: Array<(x: number) => void> = [];', 'typescript', 'javascript []'],
    ['let x: Map<string, number> = new Map([["a", 1]]);', 'typescript', 'javascript {"a": 1}'],
    ['const x = <const>{ a: 1 };', 'typescript', 'refused at 1:11'],
    ['x: dict[str, int] = {"a": 1}', 'python', 'python {"a": 1}'],
    ['x: dict[str, int] = {"a": None}', 'plaintext', 'python {"a": null}'],
    ["x: Dict[Literal['a', \"b\"], 'Foo'] = {'a': 1}", 'python', 'python {"a": 1}'],
    ['self.x: Final[dict[str, list[int]]] = {"a": [1]}', 'python', 'python {"a": [1]}'],
  ] satisfies [string, string, string][]) {
    it(`reads a declaration with its type: ${text} in ${languageId}`, async () =>
      assert.equal(await bestOf(text, languageId), best));
  }

  for (const [text, languageId, best] of [
    ["Counter({'a': 2})", 'plaintext', 'python {"a": 2}'],
    ["x = Counter({'a': 2})", 'plaintext', 'python {"a": 2}'],
    ["collections.OrderedDict([('a', 1), ['b', 2]])", 'plaintext', 'python {"a": 1,"b": 2}'],
    ["OrderedDict({'a': 1})", 'python', 'python {"a": 1}'],
    ['dict(a=1, b="x")', 'python', 'python {"a": 1,"b": "x"}'],
    ['dict(a=1)', 'plaintext', 'python {"a": 1}'],
    ["dict([('a', 1)], b=2)", 'python', 'python {"a": 1,"b": 2}'],
    ["defaultdict(int, {'a': 1})", 'python', 'python {"a": 1}'],
    ['deque([1, 2], maxlen=3)', 'python', 'python [1,2]'],
    ["defaultdict(<function <lambda> at 0x7f00>, {'a': 1})", 'plaintext', 'python {"a": 1}'],
    ["dict_items([('a', 1)])", 'python', 'python [["a",1]]'],
    ["odict_keys(['a'])", 'python', 'python ["a"]'],
    ['Namespace(a=1, b=None)', 'plaintext', 'python {"a": 1,"b": null}'],
    ['new Map([["a", 1]])', 'plaintext', 'javascript {"a": 1}'],
    ['new Map<string, number>([["a", 1]])', 'typescript', 'javascript {"a": 1}'],
    ['new Map(Object.entries({ a: 1 }))', 'javascript', 'javascript {"a": 1}'],
    ['new Set([1, 2])', 'javascript', 'javascript [1,2]'],
    ['module.exports = Object.freeze({ a: Object.freeze([1]) });', 'javascript', 'javascript {"a": [1]}'],
    ['Object.fromEntries([["a", 1]])', 'plaintext', 'javascript {"a": 1}'],
  ] satisfies [string, string, string][]) {
    it(`understands ${text} in ${languageId}`, async () =>
      assert.equal((await bestOf(text, languageId)).replaceAll(/[\s]+(?=[\]}])|(?<=[[{,])\s+/g, ''), best));
  }

  for (const [text, name] of [
    ["Point(x=1, y='a')", 'Point'],
    ['x = load({"a": 1})', 'load'],
    ['export default defineConfig({ a: 1 })', 'defineConfig'],
    ['{ a: require("b") }', 'require'],
    ["{'a': os.environ.get('A')}", 'os.environ.get'],
    ['Object.assign({}, { a: 1 })', 'Object.assign'],
    ['dict({1, 2})', 'dict'],
    ['new Map([1])', 'new Map'],
    ['[Foo(1), Foo(2)]', 'Foo'],
  ] satisfies [string, string][]) {
    it(`refuses ${text} by the name of what it calls`, async () => {
      for (const languageId of ['plaintext', 'python', 'javascript']) {
        const understanding = await readSelection(text, languageId);
        assert.ok(!understanding.ok, languageId);
        if (languageId === 'plaintext') assert.ok(understanding.message.includes(name), understanding.message);
      }
    });
  }
});

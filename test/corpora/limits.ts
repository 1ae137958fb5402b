// The limits that are accepted: where Ferry is at odds with a public suite, on purpose. docs/CORPORA.md has the same list, and a
// test holds the two against each other. Each limit says of a case, by the case alone, whether it is one of its kind.

import { type Node, parseTree } from 'jsonc-parser';

import { exactJson } from './expected.ts';
import type { Odds, SuiteId, Trial } from './trial.ts';
import { unusualKeys } from './yamlEvents.ts';

/** One kind of difference. `readers`: those that have it, where not all do. */
export type Limit = {
  readonly suite: SuiteId;
  readonly readers?: readonly string[];
  readonly odds: Odds;
  /** What the cases have in common, and why Ferry does otherwise. */
  readonly cases: string;
  readonly reason: string;
  readonly covers: (trial: Trial) => boolean;
};

const selections = ['JSON notation', 'JSON with comments'];

export const limits: readonly Limit[] = [
  {
    suite: 'json',
    readers: ['JSON format'],
    odds: 'refuses what is valid',
    cases: 'a key that stands twice in one object',
    reason: 'Keys of a map are unique; which of the two counts would be a guess.',
    covers: ({ text }) => repeatsKey(parseTree(text)),
  },
  {
    suite: 'json',
    readers: selections,
    odds: 'refuses what is valid',
    cases: 'a single text, number or word',
    reason: 'What is selected becomes a map or a list; a single value is no dictionary.',
    covers: ({ expected }) => expected === null || typeof expected !== 'object',
  },
  {
    suite: 'json',
    readers: selections,
    odds: 'reads what is invalid',
    cases: 'one comma or semicolon after the end',
    reason: 'A selection is a cut from a file, and may take the comma behind it along.',
    covers: ({ text }) => /[,;]\s*$/.test(text) && isJson(text.replace(/[,;]\s*$/, '')),
  },
  {
    suite: 'json',
    readers: selections,
    odds: 'reads what is invalid',
    cases: 'members without their braces',
    reason: 'A selection is a cut from a file, and may be the inside of an object.',
    covers: ({ text }) => /^\s*"/.test(text) && isJson(`{${text.replace(/[,;]\s*$/, '')}}`),
  },
  {
    suite: 'toml',
    odds: 'refuses what is valid',
    cases: '`inf` and `nan`',
    reason: 'A dictionary holds finite numbers: JSON has no others.',
    covers: ({ expected }) => holdsInfinite(expected),
  },
  {
    suite: 'toml',
    odds: 'refuses what is valid',
    cases: 'a document without a key',
    reason: 'An empty selection is most likely a slip, and there is nothing to send.',
    covers: ({ expected }) => expected instanceof Map && expected.size === 0,
  },
  {
    suite: 'toml',
    odds: 'reads what is invalid',
    cases: 'bytes that are not UTF-8, and a second byte order mark',
    reason: 'A notation gets text: the editor has decoded the file, replaced such bytes, and taken the first mark away.',
    covers: ({ text }) => text.includes('\ufffd') || text.startsWith('\ufeff'),
  },
  {
    suite: 'toml',
    odds: 'reads what is invalid',
    cases:
      'times without seconds, the escapes `\\x` and `\\e`, and inline tables over several lines or with a comma at their end',
    reason: 'TOML 1.1 allows them, and Ferry reads 1.1 as well as 1.0.',
    covers: ({ text }) => /\\[xe]/.test(text) || /(?<![-+:\d])\d\d:\d\d(?![:\d])|\{[^}]*\n|,\s*\}/.test(withoutTexts(text)),
  },
  {
    suite: 'yaml',
    odds: 'refuses what is valid',
    cases: 'a single text, number or word, and a stream without a document',
    reason: 'What is selected becomes a map or a list; a single value is no dictionary.',
    covers: ({ remark }) => remark !== undefined && !/^\s*[+](?:MAP|SEQ)/m.test(remark),
  },
  {
    suite: 'yaml',
    odds: 'refuses what is valid',
    cases: 'a key that is a list or a map',
    reason: 'Keys of a dictionary are texts.',
    covers: ({ remark = '' }) => unusualKeys(remark).isCollection,
  },
  {
    suite: 'yaml',
    odds: 'refuses what is valid',
    cases: 'a key that stands twice in one map',
    reason:
      'Keys of a map are unique; which of the two counts would be a guess. (The suite leaves this to whoever builds values.)',
    covers: ({ remark = '' }) => unusualKeys(remark).isRepeated,
  },
  {
    suite: 'yaml',
    odds: 'refuses what is valid',
    cases: 'a tag outside the core schema, such as `!local` or `!!set`',
    reason: 'What such a node means, its application knows; a dictionary has no place for the tag.',
    covers: ({ remark = '' }) =>
      /^\s*[+=].*? <(?!!>|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|binary|timestamp)>)/m.test(remark),
  },
  {
    suite: 'yaml',
    odds: 'reads another value',
    cases: '`!!binary`',
    reason: 'Bytes become base64 text as RFC 4648 has it, without the white space that YAML allows in it.',
    covers: ({ remark = '' }) => remark.includes('<tag:yaml.org,2002:binary>'),
  },
  {
    suite: 'yaml',
    odds: 'reads what is invalid',
    cases: 'a first line that stands further left than all others',
    reason: 'A selection may begin in the middle of its first line; the indentation that was cut off is put back.',
    covers: ({ text }) => /^(?!\s|---|%)[^\n]*\n(?:[ ]+[^\n]*(?:\n|$)|\n)+$/.test(text),
  },
  ...cborLimits(),
];

function cborLimits(): readonly Limit[] {
  const subset = (cases: string, reason: string, covers: Limit['covers']): Limit => ({
    suite: 'cbor',
    odds: 'refuses what is valid',
    cases,
    reason,
    covers,
  });
  const says =
    (pattern: RegExp) =>
    ({ name }: Trial) =>
      pattern.test(name.replace(/^\S+ ?/, ''));
  return [
    subset('NaN and the infinities', 'A dictionary holds finite numbers: JSON has no others.', says(/^(?:NaN|-?Infinity)$/)),
    subset(
      '`undefined` and simple values',
      'A dictionary has null and booleans, and nothing else of this sort.',
      says(/^(?:undefined|simple\()/),
    ),
    subset(
      'tags other than 2 and 3',
      'What such an item means, its application knows; a dictionary has no place for the tag.',
      says(/^\d+\(/),
    ),
    subset('byte strings', 'A dictionary has no bytes; they travel as base64 text.', says(/^h'/)),
    subset('keys that are no text', 'Keys of a dictionary are texts.', says(/^\{\d/)),
    subset(
      'indefinite lengths',
      'Ferry reads definite lengths alone, so that every length is checked before anything is made of it.',
      ({ text, remark }) => remark === 'written back in another form' && /^(?:..)*?[579b]f(?:..)*?ff/.test(text),
    ),
  ];
}

/** TOML without what may hold anything. */
function withoutTexts(toml: string): string {
  return toml.replaceAll(/"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#.*/g, '""');
}

function isJson(text: string): boolean {
  try {
    exactJson(text);
    return true;
  } catch {
    return false;
  }
}

function repeatsKey(node: Node | undefined): boolean {
  const children = node?.children ?? [];
  const keys = node?.type === 'object' ? children.map((property): unknown => property.children?.[0]?.value) : [];
  return new Set(keys).size < keys.length || children.some(repeatsKey);
}

function holdsInfinite(expected: unknown): boolean {
  if (typeof expected === 'number') return !Number.isFinite(expected);
  if (expected instanceof Map) return [...expected.values()].some(holdsInfinite);
  return Array.isArray(expected) && expected.some(holdsInfinite);
}

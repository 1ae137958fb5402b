// The interface of the notations that a selection may be written in, and what they share: places, limits, and the frame around
// one reading. Places are those of the text that was given: offsets in UTF-16 code units from 0, lines and columns from 1.

import { isFerryError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import { checkDictionary, type DictionaryValue } from '../value.ts';
import { noteLargeIntegers } from './losses.ts';

/** What a reading has to say about a value that is not quite what stood there, one sentence each, for the preview. */
export type Notes = readonly string[];

/** What a notation makes of a text. */
export type Reading =
  | { readonly ok: true; readonly value: DictionaryValue; readonly notes: Notes }
  | {
      readonly ok: false;
      readonly line: number;
      readonly column: number;
      readonly offset: number;
      readonly message: string;
      /** Whether a limit of depth, count or size was reached: no other notation may take the text then. */
      readonly limit: boolean;
    };

export type NotationId =
  | 'json'
  | 'jsonc'
  | 'jsonl'
  | 'javascript'
  | 'python'
  | 'xml'
  | 'elements'
  | 'toml'
  | 'headers'
  | 'env'
  | 'ini'
  | 'properties'
  | 'query'
  | 'yaml'
  | 'csv'
  | 'tsv'
  | 'lines';

/** Whether a text stands in a document of the notation's own language; some take a little more there. */
export type Home = 'own' | 'elsewhere';

/**
 * One notation. `read` never throws: what it cannot carry it refuses with its place. `home` is `elsewhere` where it is missing.
 */
export type Notation = {
  readonly id: NotationId;
  /** Its name in a list of those that were tried. */
  readonly label: string;
  /** What a map and a list are called in it, where that differs from the label: "Python dict". */
  readonly words?: { readonly map: string; readonly list: string };
  /** The language ids of VS Code whose documents are written in it. */
  readonly languageIds: readonly string[];
  read(text: string, home?: Home): Reading;
};

/** The language ids of every notation, known before its parser is loaded. */
export const notationLanguages: Readonly<Record<NotationId, readonly string[]>> = {
  json: ['json', 'geojson'],
  jsonc: ['jsonc', 'code-workspace', 'json'],
  jsonl: ['jsonl', 'ndjson'],
  javascript: ['javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'vue', 'svelte', 'astro', 'json5'],
  python: ['python', 'starlark', 'bazel'],
  xml: ['xml', 'xsl'],
  elements: ['xml', 'xsl'],
  toml: ['toml'],
  headers: ['http', 'rest', 'shellscript'],
  env: ['dotenv', 'env', 'shellscript'],
  ini: ['ini', 'properties', 'editorconfig', 'gitconfig'],
  properties: ['properties', 'java-properties', 'spring-boot-properties'],
  query: [],
  yaml: ['yaml', 'dockercompose', 'github-actions-workflow', 'ansible', 'helm'],
  csv: ['csv'],
  tsv: ['tsv'],
  lines: [],
};

/** More lines than a text of as many values as allowed has with its comments; reading them all would only take time. */
const mostLines = limits.dictionaryNodes * 5;

/** Thrown inside a notation to end its reading at a place. */
export class Stop extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A `Stop` at a limit of depth, count or size, which holds in every notation. */
export class Limit extends Stop {}

/**
 * Runs one reading and gives its result: the value must be a map or a list within the limits. A `Stop` becomes a refusal at its
 * place; a stack that overflows inside a foreign parser is a text nested too deep.
 */
export function attempt(text: string, read: (notes: Set<string>) => DictionaryValue): Reading {
  const notes = new Set<string>();
  try {
    if (text.length > limits.dictionaryBytes) throw new Limit('the text is longer than a dictionary may be', 0);
    if (placeAt(text, text.length).line > mostLines) throw new Limit(`more than ${mostLines} lines`, 0);
    const value = read(notes);
    if (value === null || typeof value !== 'object') throw new Stop('a single value is no dictionary', startOf(text));
    checkDictionary(value);
    noteLargeIntegers(notes, value);
    return { ok: true, value, notes: [...notes] };
  } catch (error) {
    if (error instanceof Stop) return { ...refusal(text, error.offset, error.message), limit: error instanceof Limit };
    if (isFerryError(error)) {
      return { ...refusal(text, startOf(text), error.message), limit: error.code !== 'ERR_DICTIONARY_VALUE_UNSUPPORTED' };
    }
    if (error instanceof RangeError) return { ...refusal(text, startOf(text), 'nested too deep'), limit: true };
    throw error;
  }
}

/** A refusal at an offset, with its line and column. CR, LF and CR LF each end one line. */
export function refusal(text: string, offset: number, message: string): Extract<Reading, { ok: false }> {
  const at = Math.min(Math.max(0, offset), text.length);
  return { ok: false, ...placeAt(text, at), offset: at, message, limit: false };
}

/** Line and column of an offset. A loop over characters, for a text may have a million lines. */
function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = 0; at < offset; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 10 && (code !== 13 || (at + 1 < offset && text.charCodeAt(at + 1) === 10))) continue;
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** The offset at which a line (from 1) begins. */
export function offsetOfLine(text: string, line: number): number {
  const ends = text.matchAll(/\r\n|\r|\n/g);
  let offset = 0;
  for (let count = 1; count < line; count += 1) {
    const end = ends.next();
    if (end.done === true) break;
    offset = end.value.index + end.value[0].length;
  }
  return offset;
}

/** Sets a key that may be there already: the last one counts, as in the languages that allow it, and a note says so. */
export function setLast(map: Map<string, DictionaryValue>, key: string, value: DictionaryValue, notes: Set<string>): void {
  if (map.has(key)) notes.add(`The key ${JSON.stringify(key)} stands twice; the last one counts.`);
  map.set(key, value);
}

/** Adds what may be repeated: from the second time on its values are a list, and a note says so. */
export function addRepeated(
  map: Map<string, DictionaryValue>,
  key: string,
  value: Exclude<DictionaryValue, readonly DictionaryValue[]>,
  notes: Set<string>,
  what: 'key' | 'section',
): void {
  const before = map.get(key);
  if (before === undefined) {
    map.set(key, value);
    return;
  }
  notes.add(`The ${what} ${JSON.stringify(key)} stands more than once; its values became a list.`);
  if (isOwnList(before)) before.push(value);
  else map.set(key, [before, value]);
}

/** A list among values that are none themselves was made by `addRepeated`. */
function isOwnList(value: DictionaryValue): value is DictionaryValue[] {
  return Array.isArray(value);
}

/** The map of keys that may be repeated, as in query strings and HTTP headers: the values of a repeated one become a list. */
export function groupRepeated(pairs: readonly (readonly [key: string, value: string])[], notes: Set<string>): DictionaryValue {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return new Map(
    Array.from(groups, ([key, values]): [string, DictionaryValue] => {
      if (values.length === 1) return [key, values[0] ?? ''];
      notes.add(`The key ${JSON.stringify(key)} stands more than once; its values became a list.`);
      return [key, values];
    }),
  );
}

/** One line of a text without its line end, and where it begins. */
export type Line = { readonly text: string; readonly offset: number };

const blanks = /\s*/y;
const restOfLine = /[^\r\n]*/y;

/** The lines of a text that hold more than white space; CR LF, LF and CR end one. */
export function* filledLines(text: string): Generator<Line> {
  let at = 0;
  for (;;) {
    blanks.lastIndex = at;
    blanks.test(text);
    const first = blanks.lastIndex;
    if (first >= text.length) return;
    const skipped = text.slice(at, first);
    const offset = at + Math.max(skipped.lastIndexOf('\n'), skipped.lastIndexOf('\r')) + 1;
    restOfLine.lastIndex = first;
    restOfLine.test(text);
    at = restOfLine.lastIndex;
    yield { text: text.slice(offset, at), offset };
  }
}

/** Counts what a text says, a repeated key as often as it stands there; throws `Limit` at the one that is too many. */
export function entryCounter(): (offset: number) => void {
  let count = 0;
  return (offset) => {
    count += 1;
    if (count > limits.dictionaryNodes) throw new Limit(`more than ${limits.dictionaryNodes} values`, offset);
  };
}

/** The offset of the first character that is no white space. */
export function startOf(text: string): number {
  const found = text.search(/\S/);
  return found < 0 ? 0 : found;
}

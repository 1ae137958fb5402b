// YAML 1.2 in its core schema. Values are read from the document's nodes, not from
// JavaScript objects: keys keep their order, integers their digits, and every alias counts against the limit of values.

import { Composer, type Document, isAlias, isScalar, isSeq, isMap as isYamlMap, Parser, type Scalar, type YAMLMap } from 'yaml';

import { encodeBase64 } from '../../base/bytes.ts';
import { limits } from '../../base/limits.ts';
import { type DictionaryValue, isList, isMap } from '../value.ts';
import { dayExists, isIsoDate } from './dates.ts';
import { noteDigits, noteZeros } from './losses.ts';
import { attempt, filledLines, type Home, Limit, type Notation, notationLanguages, type Reading, Stop } from './notation.ts';
import { surveyYaml } from './yamlSurvey.ts';

/** YAML; several documents become a list, merge keys are followed, and a snippet may begin in the middle of its first line. */
export const yamlNotation: Notation = {
  id: 'yaml',
  label: 'YAML',
  languageIds: notationLanguages.yaml,
  read(text, home = 'own') {
    const reading = readText(text, 0, home);
    const cut = reading.ok || reading.limit ? 0 : indentationCutOff(text);
    if (cut === 0) return reading;
    const again = readText(' '.repeat(cut) + text, cut, home);
    return again.ok ? again : reading;
  },
};

/** What one document's reading carries around; `added` spaces stand before what the person selected. */
type Context = {
  readonly text: string;
  readonly anchors: Map<string, unknown>;
  readonly notes: Set<string>;
  readonly added: number;
  readonly home: Home;
  nodes: number;
};

/** `!` alone says that a node is what its form says: a text, a list or a map (YAML 1.2 section 6.9.1). */
const knownTags = new Set([
  '!',
  ...['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
]);

function readText(text: string, added: number, home: Home): Reading {
  return attempt(text, (notes) => {
    const survey = surveyYaml(text);
    if (survey.limit !== undefined) throw new Limit(survey.limit, survey.end - added);
    if (survey.fault !== undefined) throw new Stop(survey.fault, survey.end - added);
    const context: Context = { text, anchors: new Map(), notes, added, home, nodes: 0 };
    const values: DictionaryValue[] = [];
    const composer = new Composer(options);
    // The library goes on after every fault, and describes each with a stack; the first one ends it here. On the way out it takes
    // what is thrown for a fault of the collection around it.
    let fault: Stop | undefined;
    Reflect.set(composer, 'onError', (source: unknown, _code: string, message: string, warning?: boolean) => {
      if (warning === true) return;
      fault ??= new Stop(message, placeOfFault(source) - added);
      throw fault;
    });
    for (const document of composer.compose(parse(survey.tokens))) {
      const [first] = document.errors;
      if (first !== undefined) throw new Stop(first.message, first.pos[0] - added);
      if (!isThere(document)) continue;
      context.anchors.clear();
      values.push(toValue(context, document.contents, 0));
    }
    if (values.length < 2) return values[0] ?? null;
    notes.add('Several documents became a list.');
    return values;
  });
}

/** Between two `...` there is a document only if something says so: comments are none (YAML 1.2 section 9.1.3). */
function isThere({ contents, directives }: Document): boolean {
  const isEmpty = contents === null || (isScalar(contents) && contents.source === '' && !contents.tag && !contents.anchor);
  return !isEmpty || directives?.docStart === true;
}

/** The library knows places as numbers, as ranges, and as tokens. */
function placeOfFault(source: unknown): number {
  const place: unknown = Array.isArray(source)
    ? source[0]
    : typeof source === 'object' && source !== null && 'offset' in source
      ? source.offset
      : source;
  return typeof place === 'number' ? place : 0;
}

const options = {
  version: '1.2',
  schema: 'core',
  intAsBigInt: true,
  strict: true,
  // Compared pair by pair there; the maps below notice equal keys without that.
  uniqueKeys: false,
  logLevel: 'silent',
} as const;

function* parse(tokens: readonly string[]): ReturnType<Parser['end']> {
  const parser = new Parser();
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

/** How far the first line's own indentation was cut off, judged by the least indented of the other lines. */
function indentationCutOff(text: string): number {
  // What begins a document or a directive begins its line.
  if (/^(?:\s|---|%)/.test(text)) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const { text: line, offset } of filledLines(text)) {
    if (offset > 0) least = Math.min(least, line.search(/[^ ]/));
    if (least === 0) return 0;
  }
  return Number.isFinite(least) ? least : 0;
}

function toValue(context: Context, node: unknown, depth: number): DictionaryValue {
  context.nodes += 1;
  if (context.nodes > limits.dictionaryNodes) throw limit(context, node, `more than ${limits.dictionaryNodes} values`);
  if (node === null || node === undefined) return null;
  if (isAlias(node)) {
    const target = context.anchors.get(node.source);
    if (target === undefined) throw stop(context, node, 'an alias without anchor');
    return toValue(context, target, depth);
  }
  if (isScalar(node)) {
    if (node.anchor !== undefined) context.anchors.set(node.anchor, node);
    return scalarValue(context, node);
  }
  if (!isYamlMap(node) && !isSeq(node)) throw stop(context, node, 'a node of an unknown kind');
  checkTag(context, node);
  if (depth === limits.dictionaryDepth) throw limit(context, node, `nested more than ${limits.dictionaryDepth} deep`);
  if (node.anchor !== undefined) context.anchors.set(node.anchor, node);
  if (isYamlMap(node)) return mapValue(context, node, depth);
  return node.items.map((item) => toValue(context, item, depth + 1));
}

function mapValue(context: Context, node: YAMLMap, depth: number): DictionaryValue {
  const map = new Map<string, DictionaryValue>();
  const merged = new Map<string, DictionaryValue>();
  for (const { key, value } of node.items) {
    if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN') {
      mergeInto(context, merged, value, depth);
      continue;
    }
    const text = keyText(context, key ?? node);
    if (map.has(text)) throw stop(context, key, 'a key stands twice in one map');
    map.set(text, toValue(context, value, depth + 1));
  }
  for (const [key, value] of merged) if (!map.has(key)) map.set(key, value);
  return map;
}

/** The merge key of YAML 1.1, which Compose files live on: a map, or a list of maps, the first of which wins. */
function mergeInto(context: Context, merged: Map<string, DictionaryValue>, value: unknown, depth: number): void {
  const source = toValue(context, value, depth + 1);
  for (const map of source !== null && typeof source === 'object' && isList(source) ? source : [source]) {
    if (!isMap(map)) throw stop(context, value, 'only a map can be merged');
    for (const [key, item] of map) if (!merged.has(key)) merged.set(key, item);
  }
  context.notes.add('Merge keys (<<) were followed.');
}

function keyText(context: Context, key: unknown): string {
  const target = isAlias(key) ? context.anchors.get(key.source) : key;
  if (!isScalar(target)) throw stop(context, key, 'a key that is no scalar cannot be carried');
  if (target.anchor !== undefined) context.anchors.set(target.anchor, target);
  // A line of code, or of what a program printed, would be a key in a document of another language.
  if (context.home === 'elsewhere' && target.type === 'PLAIN' && /[{}]/.test(target.source ?? ''))
    throw stop(context, target, 'a brace in a key');
  const value = scalarValue(context, target);
  if (typeof value === 'string') return value;
  context.notes.add('Keys that are no text became text.');
  return target.source ?? (value === null || typeof value === 'object' ? 'null' : String(value));
}

function scalarValue(context: Context, node: Scalar): DictionaryValue {
  const { value } = node;
  if (node.tag === 'tag:yaml.org,2002:binary') {
    context.notes.add('Bytes became base64 text.');
    if (value instanceof Uint8Array) return encodeBase64(value);
    return typeof value === 'string' ? value.replaceAll(/\s/g, '') : '';
  }
  // A timestamp is text in the core schema, and ISO 8601 as it stands.
  if (node.tag === 'tag:yaml.org,2002:timestamp') {
    checkTimestamp(context, node);
    return node.source ?? '';
  }
  checkTag(context, node);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw stop(context, node, 'a number that is not finite cannot be carried');
  }
  if (typeof value === 'string' && !value.isWellFormed()) throw stop(context, node, 'a text holds an unpaired surrogate');
  noteScalar(context.notes, node);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  throw stop(context, node, 'a value of an unknown kind');
}

/** Says where people or YAML 1.1 would see something else in a plain scalar. */
function noteScalar(notes: Set<string>, { value, source, type }: Scalar): void {
  if (type !== 'PLAIN' || source === undefined) return;
  if (typeof value === 'number' || typeof value === 'bigint') noteZeros(notes, source, value);
  if (typeof value === 'number' && /^[-+.\d]/.test(source)) noteDigits(notes, source, value);
  if (typeof value === 'string' && /^(?:yes|no|on|off)$/i.test(value))
    notes.add('yes, no, on and off are texts, as in YAML 1.2.');
  if (typeof value === 'string' && isIsoDate(value)) notes.add('Dates are texts, as in YAML 1.2.');
}

/** As the type repository of YAML 1.1 has it. */
const timestamp =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/;

function checkTimestamp(context: Context, node: Scalar): void {
  const [, year, month, day, hour = 0, minute = 0, second = 0] = timestamp.exec(node.source ?? '') ?? [];
  const isTime = Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 59;
  if (!isTime || !dayExists(Number(year), Number(month), Number(day))) throw stop(context, node, 'a date that does not exist');
  context.notes.add('Dates became text.');
}

function checkTag(context: Context, node: { readonly tag?: string }): void {
  if (node.tag === undefined || knownTags.has(node.tag)) return;
  // A node's range begins after its tag.
  const tag = context.text.lastIndexOf('!', startOfNode(node));
  throw new Stop(`the tag ${node.tag} cannot be carried`, Math.max(0, tag) - context.added);
}

function stop(context: Context, node: unknown, message: string): Stop {
  return new Stop(message, startOfNode(node) - context.added);
}

function limit(context: Context, node: unknown, message: string): Limit {
  return new Limit(message, startOfNode(node) - context.added);
}

function startOfNode(node: unknown): number {
  const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  const start: unknown = Array.isArray(range) ? range[0] : 0;
  return typeof start === 'number' ? start : 0;
}

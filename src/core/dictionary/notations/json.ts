// JSON and JSON with comments. The tree that jsonc-parser gives has the place of every number, so that integers are read from
// the text with all their digits.

import { type Node, type ParseError, type ParseOptions, parseTree, printParseErrorCode } from 'jsonc-parser';

import { readJsonNumber } from '../numbers.ts';
import type { DictionaryValue } from '../value.ts';
import { surveyJson } from './jsonSurvey.ts';
import { noteDigits } from './losses.ts';
import { attempt, Limit, type Notation, notationLanguages, type Reading, Stop, setLast, startOf } from './notation.ts';

/** JSON (RFC 8259); also its members without their braces, and one comma after the end, as a cut from a file has them. */
export const jsonNotation: Notation = {
  id: 'json',
  label: 'JSON',
  words: { map: 'JSON object', list: 'JSON array' },
  languageIds: notationLanguages.json,
  read: (text) => readText(text, { disallowComments: true, allowTrailingComma: false }),
};

/** JSON with comments and trailing commas, as editors' settings are written. */
export const jsoncNotation: Notation = {
  id: 'jsonc',
  label: 'JSON with comments',
  languageIds: notationLanguages.jsonc,
  read: (text) => readText(text, { disallowComments: false, allowTrailingComma: true }),
};

const trivia = /\s+|\/\/[^\n]*|\/\*[^]*?\*\//y;
const member = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"\s*:/y;
const closing = /[,;]\s*$/;

function readText(text: string, options: ParseOptions): Reading {
  return attempt(text, (notes) => {
    const start = startOf(text);
    if (!memberAhead(text)) {
      // A text or a number alone may be long, and is no dictionary.
      if (/["\d-]/.test(text[start] ?? '')) throw new Stop('a single value is no dictionary', start);
      return readTree(text.replace(closing, ''), { added: 0, options, notes });
    }
    notes.add('Read as the inside of an object.');
    return readTree(`{${text.replace(closing, '')}\n}`, { added: 1, options, notes });
  });
}

/** Whether the text begins with `"key":`. Step by step, for one pattern of all this would try every way to divide the blanks. */
function memberAhead(text: string): boolean {
  trivia.lastIndex = 0;
  do member.lastIndex = trivia.lastIndex;
  while (trivia.test(text));
  return member.test(text);
}

/** How a text is read in which `added` characters stand before what the person selected. */
export type TreePlace = { readonly added: number; readonly options: ParseOptions; readonly notes: Set<string> };

/** Reads one JSON text; throws `Stop` at its first fault and `Limit` where it is too deep or has too many values. */
export function readTree(text: string, { added, options, notes }: TreePlace): DictionaryValue {
  const survey = surveyJson(text, options);
  const errors: ParseError[] = [];
  // What stands behind the end of the survey would only be more of the same faults.
  const root = parseTree(text.slice(0, survey.end), errors, { ...options, allowEmptyContent: false });
  const [first] = errors;
  const limit = survey.limit;
  if (limit !== undefined && (first === undefined || first.offset >= survey.end)) throw new Limit(limit, survey.end - added);
  if (first !== undefined) throw new Stop(sentence(printParseErrorCode(first.error)), first.offset - added);
  if (root === undefined) throw new Stop('a value is expected', 0);
  return toValue({ text, added, notes }, root);
}

type Context = { readonly text: string; readonly added: number; readonly notes: Set<string> };

function toValue(context: Context, node: Node): DictionaryValue {
  const { text, added } = context;
  switch (node.type) {
    case 'object': {
      const map = new Map<string, DictionaryValue>();
      for (const property of node.children ?? []) {
        const [key, value] = property.children ?? [];
        if (key === undefined || value === undefined) throw new Stop('a value is expected', property.offset - added);
        setLast(map, textOf(context, key), toValue(context, value), context.notes);
      }
      return map;
    }
    case 'array':
      return (node.children ?? []).map((child) => toValue(context, child));
    case 'string':
      return textOf(context, node);
    case 'number': {
      const written = text.slice(node.offset, node.offset + node.length);
      const value = readJsonNumber(written);
      if (value === undefined) throw new Stop('a number is out of range', node.offset - added);
      if (typeof value === 'number') noteDigits(context.notes, written, value);
      return value;
    }
    case 'boolean':
      return node.value === true;
    case 'null':
      return null;
    case 'property':
      throw new Stop('a value is expected', node.offset - added);
  }
}

function textOf(context: Context, node: Node): string {
  const value: unknown = node.value;
  if (typeof value === 'string' && value.isWellFormed()) return value;
  throw new Stop('a text holds an unpaired surrogate', node.offset - context.added);
}

/** `CommaExpected` as words. */
function sentence(code: string): string {
  return code.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}

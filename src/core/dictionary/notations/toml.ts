// TOML 1.0, as smol-toml reads it.

import { parse, TomlDate, TomlError } from 'smol-toml';

import { limits } from '../../base/limits.ts';
import type { DictionaryValue } from '../value.ts';
import { dayExists } from './dates.ts';
import { attempt, Limit, type Notation, notationLanguages, offsetOfLine, Stop, startOf } from './notation.ts';
import { surveyToml } from './tomlSurvey.ts';

/** TOML; dates become ISO 8601 texts to the millisecond, `inf` and `nan` are refused. */
export const tomlNotation: Notation = {
  id: 'toml',
  label: 'TOML',
  languageIds: notationLanguages.toml,
  read: (text) =>
    attempt(text, (notes) => {
      const survey = surveyToml(text);
      if (survey.limit !== undefined) throw new Limit(survey.message, survey.limit);
      const table = parseText(text);
      if (Object.keys(table).length === 0) throw new Stop('a key is expected', startOf(text));
      const value = toValue(text, table, notes);
      if (notes.has(dateNote)) checkDates(text);
      return value;
    }),
};

const dateNote = 'Dates became ISO 8601 text.';
/** Strings and comments, stepped over, and the dates between them. */
const dates =
  /"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*'|#[^\n]*|(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-]*[ \t]*[=.])/g;

/** The library turns the 30th of February into the 2nd of March. */
function checkDates(text: string): void {
  for (const { index, 1: year, 2: month, 3: day } of text.matchAll(dates)) {
    if (year === undefined || dayExists(Number(year), Number(month), Number(day))) continue;
    throw new Stop('a date that does not exist', index);
  }
}

function parseText(text: string): object {
  try {
    return parse(text, { integersAsBigInt: true, unsafeKeyBehaviour: 'keep', maxDepth: limits.dictionaryDepth });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line of the library's message is the sentence, the rest is a drawing of the place.
    const [sentence = ''] = error.message.split('\n', 1);
    throw new Stop(sentence.replace(/^Invalid TOML document: /, ''), offsetOfLine(text, error.line) + error.column - 1);
  }
}

function toValue(text: string, found: unknown, notes: Set<string>): DictionaryValue {
  switch (typeof found) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return found;
    case 'number':
      if (Number.isFinite(found)) return found;
      throw new Stop('a number that is not finite cannot be carried', placeOfInfinite(text));
    default:
  }
  if (found instanceof TomlDate) {
    notes.add(dateNote);
    return found.toISOString();
  }
  if (Array.isArray(found)) return found.map((item) => toValue(text, item, notes));
  if (typeof found !== 'object' || found === null) throw new Stop('a value of an unknown kind', startOf(text));
  const entries = Object.entries(found);
  if (entries.length > 1 && entries.some(([key]) => /^(?:0|[1-9]\d*)$/.test(key))) {
    // The library gives plain objects, and those put such keys first.
    notes.add('Keys that are whole numbers come first, in ascending order.');
  }
  return new Map(entries.map(([key, item]) => [key, toValue(text, item, notes)]));
}

function placeOfInfinite(text: string): number {
  const found = /(?<=[=[,]\s*)[+-]?(?:inf|nan)\b/.exec(text);
  return found?.index ?? startOf(text);
}

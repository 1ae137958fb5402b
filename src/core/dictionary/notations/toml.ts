// TOML 1.0 and 1.1, as smol-toml reads it.

import { parse, TomlDate, TomlError } from 'smol-toml';

import { limits } from '../../base/limits.ts';
import type { DictionaryValue } from '../value.ts';
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
      return toValue({ text, notes, missingDays: missingDaysOf(text) }, table);
    }),
};

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

/** `missingDays`: where each day stands that is in no calendar, by the day that the library takes it for. */
type Context = { readonly text: string; readonly notes: Set<string>; readonly missingDays: ReadonlyMap<string, number> };

function toValue(context: Context, found: unknown): DictionaryValue {
  const { text, notes } = context;
  if (typeof found === 'string' || typeof found === 'boolean' || typeof found === 'bigint') return found;
  if (typeof found === 'number') {
    if (Number.isFinite(found)) return found;
    throw new Stop('a number that is not finite cannot be carried', placeOfInfinite(text));
  }
  if (found instanceof TomlDate) {
    const date = found.toISOString();
    const missing = context.missingDays.get(date.slice(0, 10));
    if (missing !== undefined) throw new Stop('a date that does not exist', missing);
    notes.add('Dates became ISO 8601 text.');
    return date;
  }
  if (Array.isArray(found)) return found.map((item) => toValue(context, item));
  if (typeof found !== 'object' || found === null) throw new Stop('a value of an unknown kind', startOf(text));
  const entries = Object.entries(found);
  if (entries.length > 1 && entries.some(([key]) => /^(?:0|[1-9]\d*)$/.test(key))) {
    // The library gives plain objects, and those put such keys first.
    notes.add('Keys that are whole numbers come first, in ascending order.');
  }
  return new Map(entries.map(([key, item]) => [key, toValue(context, item)]));
}

/** Strings and comments, which may look like anything, and days. */
const day = /"""(?:\\[^]|[^\\])*?"{3,5}(?!")|'''[^]*?'{3,5}(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|(\d{4}-\d\d-\d\d)/g;

/** The library counts on beyond the end of a month: to it, February 30 is a day in March. */
function missingDaysOf(text: string): ReadonlyMap<string, number> {
  const missing = new Map<string, number>();
  for (const { 1: found, index } of text.matchAll(day)) {
    const date = new Date(found ?? Number.NaN);
    if (found === undefined || Number.isNaN(date.getTime())) continue;
    const real = date.toISOString().slice(0, 10);
    if (real !== found) missing.set(real, index);
  }
  return missing;
}

function placeOfInfinite(text: string): number {
  const found = /(?<=[=[,]\s*)[+-]?(?:inf|nan)\b/.exec(text);
  return found?.index ?? startOf(text);
}

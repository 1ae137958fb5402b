// JSONTestSuite: the first letter of a file's name says whether it must be read (y), be refused (n), or is free (i).

import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import { jsoncNotation, jsonNotation } from '../../../src/core/dictionary/notations/json.ts';
import { type Expected, exactJson, isSame } from '../expected.ts';
import { decoded, selected, type Trial, textOf, type Unreadable } from '../trial.ts';

const verdicts: Readonly<Record<string, Trial['must']>> = { y: 'be read', n: 'be refused', i: 'either' };

/** The trials of one file. JSON with comments takes more than JSON, so that what must be refused says nothing about it. */
export function jsonTrials(name: string, bytes: Uint8Array): readonly (Trial | Unreadable)[] {
  const must = verdicts[/^([yni])_/.exec(name)?.[1] ?? ''];
  if (must === undefined) return [{ suite: 'json', name, unreadable: 'its name does not say what must become of it' }];
  const text = textOf(bytes);
  const expected = must === 'be read' ? exactly(text) : undefined;
  const isRight = (found: unknown): boolean => expected === undefined || isSame(expected.value, found);
  const shared = { suite: 'json', name, text, must, ...(expected === undefined ? {} : { expected: expected.value }) } as const;
  const trials: Trial[] = [
    { ...shared, reader: 'JSON format', run: () => decoded(() => jsonFormat.decode(bytes), isRight) },
    { ...shared, reader: 'JSON notation', run: () => selected(jsonNotation, text, isRight) },
  ];
  if (must === 'be refused') return trials;
  return [...trials, { ...shared, reader: 'JSON with comments', run: () => selected(jsoncNotation, text, isRight) }];
}

/** The suite names no values, but the JSON of JavaScript does. */
function exactly(text: string): { readonly value: Expected } | undefined {
  try {
    return { value: exactJson(text) };
  } catch {
    return undefined;
  }
}

// A dictionary as an indented tree of plain lines, for printing where people read. Every character that would not be seen is
// written as an escape, so that no text can draw lines of its own.

import { unseen } from '../text/safeText.ts';
import { doubleText } from './numbers.ts';
import { type DictionaryValue, isList, isMap } from './value.ts';

/** Characters of one text that are printed; the rest is counted. */
const shownCharacters = 200;

/** The tree of a value: two spaces a level, no line end after the last line. */
export function treeText(value: DictionaryValue): string {
  const lines: string[] = [];
  addLines(value, '', '', lines);
  return lines.join('\n');
}

function addLines(value: DictionaryValue, name: string, indentation: string, lines: string[]): void {
  const isContainer = value !== null && typeof value === 'object';
  lines.push(`${indentation}${name}${isContainer ? summary(value) : scalarText(value)}`);
  if (!isContainer) return;
  const deeper = `${indentation}  `;
  if (isList(value)) for (const item of value) addLines(item, '- ', deeper, lines);
  else for (const [key, item] of value) addLines(item, `${keyText(key)}: `, deeper, lines);
}

function summary(value: Extract<DictionaryValue, object>): string {
  const count = isMap(value) ? value.size : value.length;
  const word = isMap(value) ? 'key' : 'item';
  return `${isMap(value) ? 'map' : 'list'}, ${count} ${word}${count === 1 ? '' : 's'}`;
}

function keyText(key: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(key) ? key : quoted(key);
}

function scalarText(value: null | boolean | bigint | number | string): string {
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'number' ? doubleText(value) : String(value);
}

function quoted(text: string): string {
  const characters = text.length > shownCharacters ? Array.from(text) : [];
  const cut = characters.length > shownCharacters;
  const shown = JSON.stringify(cut ? characters.slice(0, shownCharacters).join('') : text).replaceAll(
    unseen,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return cut ? `${shown} … ${characters.length} characters` : shown;
}

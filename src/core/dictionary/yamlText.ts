// Writes a dictionary as YAML in block style that YAML 1.1 and 1.2 readers agree on: every text that is not a plain word is
// quoted, every double has a fraction.

import { doubleText } from './numbers.ts';
import { quoted } from './quoted.ts';
import { type DictionaryValue, isList } from './value.ts';

/** A word that no version of YAML takes for anything but a text; single letters are left out because of `y` and `n`. */
const word = /^[A-Za-z_][A-Za-z0-9_]+(?:[-./ ][A-Za-z0-9_]+)*$/;
const reserved = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'nan', 'inf']);

/** The YAML of a value, its first line without indentation, its others with `base` before them. */
export function yamlText(value: DictionaryValue, place: { readonly unit: string; readonly base: string }): string {
  if (value === null || typeof value !== 'object') return scalarText(value);
  return blockLines(value, place.unit).join(`\n${place.base}`);
}

function blockLines(value: Extract<DictionaryValue, object>, unit: string): string[] {
  if (isList(value)) {
    if (value.length === 0) return ['[]'];
    return value.flatMap((item) => {
      const [first = '', ...others] = itemLines(item, unit);
      return [`- ${first}`, ...others.map((line) => `  ${line}`)];
    });
  }
  if (value.size === 0) return ['{}'];
  return Array.from(value, ([key, item]) => entryLines(key, item, unit)).flat();
}

function entryLines(key: string, item: DictionaryValue, unit: string): string[] {
  const name = textOf(key);
  // A key of more than 1024 characters is only allowed after a question mark (YAML 1.2 section 7.4.2).
  if (name.length > 1000) {
    const [first = '', ...others] = itemLines(item, unit);
    return [`? ${name}`, `: ${first}`, ...others.map((line) => `  ${line}`)];
  }
  const lines = itemLines(item, unit);
  const isBlock = item !== null && typeof item === 'object' && (isList(item) ? item.length : item.size) > 0;
  if (!isBlock) return [`${name}: ${lines.join('\n')}`];
  return [`${name}:`, ...lines.map((line) => `${unit}${line}`)];
}

function itemLines(item: DictionaryValue, unit: string): string[] {
  return item !== null && typeof item === 'object' ? blockLines(item, unit) : [scalarText(item)];
}

function scalarText(value: null | boolean | bigint | number | string): string {
  if (typeof value === 'string') return textOf(value);
  return typeof value === 'number' ? doubleText(value) : String(value);
}

function textOf(text: string): string {
  return text.length <= 80 && word.test(text) && !reserved.has(text.toLowerCase()) ? text : quoted(text);
}

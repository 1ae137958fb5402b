// Dictionaries as JSON (RFC 8259): UTF-8 without byte order mark, keys in their order, integers with all their digits, doubles
// always with a fraction. Reading is in jsonReader.ts.

import { doubleText } from '../numbers.ts';
import { checkDictionary, type DictionaryValue, isList } from '../value.ts';
import { checkSize, type Format } from './format.ts';
import { readJson } from './jsonReader.ts';

/** JSON, compact. `decode` is strict: RFC 8259 to the letter, each key once per object. */
export const jsonFormat: Format = {
  id: 'json',
  mediaType: 'application/json',
  extension: 'json',
  encode(value) {
    checkDictionary(value);
    const parts: string[] = [];
    write(value, parts);
    return checkSize('json', new TextEncoder().encode(parts.join('')));
  },
  decode: (bytes) => readJson(checkSize('json', bytes)),
};

function write(value: DictionaryValue, parts: string[]): void {
  if (value === null || typeof value !== 'object') {
    parts.push(scalarText(value));
    return;
  }
  let separator = '';
  if (isList(value)) {
    parts.push('[');
    for (const item of value) {
      parts.push(separator);
      write(item, parts);
      separator = ',';
    }
    parts.push(']');
    return;
  }
  parts.push('{');
  for (const [key, item] of value) {
    parts.push(separator, JSON.stringify(key), ':');
    write(item, parts);
    separator = ',';
  }
  parts.push('}');
}

function scalarText(value: null | boolean | bigint | number | string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? doubleText(value) : String(value);
}

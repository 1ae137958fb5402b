// `.properties` files as java.util.Properties reads them: `=`, `:` or white space between key and value, backslashes for
// escapes and for lines that go on. Values are texts.

import type { DictionaryValue } from '../value.ts';
import { attempt, type Line, linesOf, type Notation, notationLanguages, Stop, setLast, startOf } from './notation.ts';

/** Java properties. A file of keys and values with nothing but spaces between them is refused: any prose would be one. */
export const propertiesNotation: Notation = {
  id: 'properties',
  label: 'Properties',
  languageIds: notationLanguages.properties,
  read: (text) =>
    attempt(text, (notes) => {
      const map = new Map<string, DictionaryValue>();
      let firstBare: number | undefined;
      let separators = 0;
      for (const line of logicalLines(text)) {
        const [, key = '', separator = ''] = entry.exec(line.text) ?? [];
        if (/^\[.*\]$/.test(line.text.trim())) throw new Stop('a section has no place in properties', line.offset);
        if (key === '') throw new Stop('a key is expected', line.offset);
        if (/[=:]/.test(separator)) separators += 1;
        else firstBare ??= line.offset;
        const value = line.text.slice(key.length + separator.length);
        setLast(map, unescape(key, line.offset), unescape(value, line.offset), notes);
      }
      if (separators === 0) throw new Stop('an equals sign or a colon is expected', firstBare ?? startOf(text));
      return map;
    }),
};

const entry = /^((?:[^\\=:\s]|\\[^])*)(\s*[=:]\s*|\s+|$)/;
const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Lines without comments, blank ones and leading white space, those that end in an odd number of backslashes joined. */
function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  for (const { text: whole, offset } of linesOf(text)) {
    const trimmed = whole.trimStart();
    if (open === undefined && (trimmed === '' || /^[#!]/.test(trimmed))) continue;
    const goesOn = (/\\*$/.exec(trimmed)?.[0].length ?? 0) % 2 === 1;
    const piece = goesOn ? trimmed.slice(0, -1) : trimmed;
    const joined: Line =
      open === undefined
        ? { text: piece, offset: offset + whole.length - trimmed.length }
        : { text: open.text + piece, offset: open.offset };
    if (!goesOn) lines.push(joined);
    open = goesOn ? joined : undefined;
  }
  if (open !== undefined) lines.push(open);
  return lines;
}

function unescape(text: string, offset: number): string {
  const plain = text.replaceAll(/\\(?:u([\da-fA-F]{4})|([^]))/g, (_whole, code?: string, letter?: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (letter === 'u') throw new Stop('an escape is malformed', offset);
    return escapes[letter ?? ''] ?? letter ?? '';
  });
  if (!plain.isWellFormed()) throw new Stop('a text holds an unpaired surrogate', offset);
  return plain;
}

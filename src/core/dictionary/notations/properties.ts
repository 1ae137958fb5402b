// `.properties` files as java.util.Properties reads them: `=`, `:` or white space between key and value, backslashes for
// escapes and for lines that go on. Values are texts.

import type { DictionaryValue } from '../value.ts';
import {
  addRepeated,
  attempt,
  entryCounter,
  filledLines,
  type Home,
  type Line,
  type Notation,
  notationLanguages,
  Stop,
  setLast,
  startOf,
} from './notation.ts';

/**
 * Java properties. A line with nothing but spaces between key and value has its place only before the first separator, or in a
 * document of properties that has none at all, as the `.conf` of many a server: any prose would be one elsewhere.
 */
export const propertiesNotation: Notation = {
  id: 'properties',
  label: 'Properties',
  languageIds: notationLanguages.properties,
  read: (text, home = 'elsewhere') =>
    attempt(text, (notes) => {
      const lines = logicalLines(text).map(splitLine);
      const separators = lines.filter(({ separator }) => /[=:]/.test(separator)).length;
      if (separators === 0 && home === 'own' && lines.length > 0) return readSpaced(lines, notes);
      const map = new Map<string, DictionaryValue>();
      checkShape(lines, home);
      for (const { key, value, offset } of lines) setLast(map, unescape(key, offset), unescape(value, offset), notes);
      if (separators === 0) throw new Stop('an equals sign or a colon is expected', lines[0]?.offset ?? startOf(text));
      return map;
    }),
};

type Entry = {
  readonly key: string;
  readonly separator: string;
  readonly value: string;
  readonly offset: number;
  readonly indent: number;
};

function splitLine({ text, offset, indent }: LogicalLine): Entry {
  const [, key = '', separator = ''] = entry.exec(text) ?? [];
  if (/^\[.*\]$/.test(text.trim())) throw new Stop('a section has no place in properties', offset);
  if (key === '') throw new Stop('a key is expected', offset);
  return { key, separator, value: text.slice(key.length + separator.length), offset, indent };
}

/** Refuses what would be read but was never meant: structure by indentation, brackets in keys, stray lines. */
function checkShape(lines: readonly Entry[], home: Home): void {
  let separated = false;
  for (const [index, { key, separator, value, offset, indent }] of lines.entries()) {
    const before = lines[index - 1];
    if (before?.value === '' && indent > before.indent) throw new Stop('indentation below an empty value', offset);
    if (home === 'elsewhere' && isOperator(separator, value)) throw new Stop('one equals sign or colon is expected', offset);
    const bare = home === 'own' ? key.replaceAll(/\[[\w.-]+\]/g, '') : key;
    const bracket = bare.search(/(?<!\\)[[\]{}()]/);
    if (bracket >= 0 && !balanced.test(key)) throw new Stop('a bracket in a key', offset);
    if (/[=:]/.test(separator)) separated = true;
    else if (separated) throw new Stop('an equals sign or a colon is expected', offset);
  }
}

/** `=>`, `:=` and `==` are signs of other languages, and `://` is one of addresses. */
function isOperator(separator: string, value: string): boolean {
  return /[=:]$/.test(separator) && (/^[=>]/.test(value) || (separator === ':' && value.startsWith('//')));
}

/** `CPU(s)` is a key. */
const balanced = /^[^[\]{}()]+\([^[\]{}()]*\)[^[\]{}()]*$/;

/** Lines of a word, spaces and a value; a word that is repeated has a list. */
function readSpaced(lines: readonly Entry[], notes: Set<string>): DictionaryValue {
  const map = new Map<string, DictionaryValue>();
  for (const [index, { key, value, offset, indent }] of lines.entries()) {
    const isDeeper = indent > (lines[index - 1]?.indent ?? indent);
    if (!/^[\w.-]+$/.test(key) || value === '' || isDeeper || /[{}]$/.test(value)) {
      throw new Stop('a word, spaces and a value are expected', offset);
    }
    addRepeated(map, key, withoutComment(value), notes, 'key');
  }
  return map;
}

function withoutComment(value: string): string {
  return /^"([^"]*)"$/.exec(value)?.[1] ?? value.trimEnd();
}

const entry = /^((?:[^\\=:\s]|\\[^])*)(\s*[=:]\s*|\s+|$)/;
const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

type LogicalLine = Line & { readonly indent: number };

/** Lines without comments, blank ones and leading white space, those that end in an odd number of backslashes joined. */
function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  const count = entryCounter();
  let open: { pieces: string[]; offset: number; indent: number; end: number } | undefined;
  for (const { text: whole, offset } of filledLines(text)) {
    const trimmed = whole.trimStart();
    // A blank line ends one that would go on.
    if (open !== undefined && /[\r\n]{2}/.test(text.slice(open.end, offset).replace('\r\n', '\n'))) {
      lines.push({ text: open.pieces.join(''), offset: open.offset, indent: open.indent });
      open = undefined;
    }
    if (open === undefined && (trimmed === '' || /^[#!]/.test(trimmed))) continue;
    const goesOn = (/\\*$/.exec(trimmed)?.[0].length ?? 0) % 2 === 1;
    const piece = goesOn ? trimmed.slice(0, -1) : trimmed;
    const indent = whole.length - trimmed.length;
    if (open === undefined) count(offset + indent);
    open ??= { pieces: [], offset: offset + indent, indent, end: 0 };
    open.pieces.push(piece);
    open.end = offset + whole.length;
    if (goesOn) continue;
    lines.push({ text: open.pieces.join(''), offset: open.offset, indent: open.indent });
    open = undefined;
  }
  if (open !== undefined) lines.push({ text: open.pieces.join(''), offset: open.offset, indent: open.indent });
  return lines;
}

function unescape(text: string, offset: number): string {
  if (!text.includes('\\')) return text;
  const pieces: string[] = [];
  let at = 0;
  for (let slash = text.indexOf('\\'); slash >= 0; slash = text.indexOf('\\', at)) {
    pieces.push(text.slice(at, slash));
    const letter = text[slash + 1] ?? '';
    const code = letter === 'u' ? text.slice(slash + 2, slash + 6) : '';
    if (letter === 'u' && !/^[\da-fA-F]{4}$/.test(code)) throw new Stop('an escape is malformed', offset);
    pieces.push(letter === 'u' ? String.fromCharCode(Number.parseInt(code, 16)) : (escapes[letter] ?? letter));
    at = slash + (letter === 'u' ? 6 : 2);
  }
  const plain = pieces.join('') + text.slice(at);
  if (!plain.isWellFormed()) throw new Stop('a text holds an unpaired surrogate', offset);
  return plain;
}

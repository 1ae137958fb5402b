// `.env` files: NAME=value lines as dotenv, Compose and shells read them. Values are texts; references such as `${NAME}` stay
// as they stand.

import type { DictionaryValue } from '../value.ts';
import { attempt, type Notation, notationLanguages, Stop, setLast, startOf } from './notation.ts';
import { Scanner } from './scanner.ts';

/** NAME=value lines; `export`, comments, three kinds of quotes and values over several lines. */
export const envNotation: Notation = {
  id: 'env',
  label: '.env',
  languageIds: notationLanguages.env,
  read: (text, home = 'elsewhere') =>
    attempt(text, (notes) => {
      const scanner = new Scanner(text);
      const map = new Map<string, DictionaryValue>();
      let before: { readonly indent: number; readonly isEmpty: boolean } | undefined;
      let indent = skipTrivia(scanner);
      while (!scanner.done()) {
        scanner.countValue();
        if (before?.isEmpty === true && indent > before.indent) scanner.stop('indentation below an empty value');
        scanner.take(/export[ \t]+/y);
        const name = scanner.take(/[A-Za-z_][\w.-]*/y)?.[0] ?? scanner.stop('a name is expected');
        scanner.take(/[ \t]*/y);
        if (!scanner.eat('=')) scanner.stop('an equals sign is expected');
        if (home === 'elsewhere' && /[=>]/.test(scanner.text[scanner.at] ?? '')) scanner.stop('one equals sign is expected');
        scanner.take(/[ \t]*/y);
        const valueStart = scanner.at;
        const value = readValue(scanner, notes);
        before = { indent, isEmpty: scanner.at === valueStart };
        setLast(map, name, value, notes);
        scanner.take(/[ \t]*(?:#[^\n\r]*)?/y);
        if (!scanner.done() && !/[\n\r]/.test(scanner.text[scanner.at] ?? '')) scanner.stop('the end of the line is expected');
        indent = skipTrivia(scanner);
      }
      if (map.size === 0) throw new Stop('a name is expected', startOf(text));
      return map;
    }),
};

const trivia = /\s+|#[^\n\r]*/y;

/** Steps over blanks and comments; gives how far the next character is indented. */
function skipTrivia(scanner: Scanner): number {
  let last = '';
  for (let found = scanner.take(trivia); found !== undefined; found = scanner.take(trivia)) last = found[0];
  return last.length - 1 - Math.max(last.lastIndexOf('\n'), last.lastIndexOf('\r'));
}
const quoted: Readonly<Record<string, RegExp>> = {
  "'": /'([^']*)'/y,
  '`': /`([^`]*)`/y,
  '"': /"([^"\\]*(?:\\[^][^"\\]*)*)"/y,
};
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

function readValue(scanner: Scanner, notes: Set<string>): string {
  const quote = scanner.text[scanner.at] ?? '';
  const pattern = quoted[quote];
  if (pattern === undefined) {
    // A comment begins after white space only; `#` inside a word belongs to the value.
    const line = scanner.take(/[^\n\r]*/y)?.[0] ?? '';
    const comment = /(?:^|[ \t])#/.exec(line);
    return noteReferences((comment === null ? line : line.slice(0, comment.index)).trim(), notes);
  }
  const content = scanner.take(pattern)?.[1] ?? scanner.stop('a quote is not closed');
  if (quote !== '"') return content.replaceAll(/\r\n?/g, '\n');
  const text = content
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\\([^])/g, (whole, letter: string) => escapes[letter] ?? (letter === '\n' ? '' : whole));
  return noteReferences(text, notes);
}

function noteReferences(text: string, notes: Set<string>): string {
  if (/\$(?:\{|[A-Za-z_])/.test(text)) notes.add('References to other variables stay as they stand.');
  return text;
}

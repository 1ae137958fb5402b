// Git's configuration files, an INI with rules of its own (git-config, "Syntax"): quotes inside of values, escapes, comments
// anywhere outside of quotes, subsections in quotes, and keys that may be repeated.

import type { DictionaryValue } from '../value.ts';
import { addRepeated, Stop, startOf } from './notation.ts';
import { Scanner } from './scanner.ts';

const subsection = /^[ \t]*\[[\w.-]+[ \t]+"(?:[^"\\\n]|\\[^\n])*"\]/m;
const knownSection =
  /^[ \t]*\[(?:advice|alias|blame|branch|color|column|commit|core|credential|diff|difftool|extensions|fetch|filter|format|gc|gpg|http|include|init|interactive|lfs|log|merge|mergetool|pack|pager|pull|push|rebase|rerere|safe|status|submodule|tag|transfer|url|user)\]/i;

/** Whether a text is git's: it has a subsection in quotes, or begins with a section of git's and has its tabs. */
export function isGitConfig(text: string): boolean {
  return subsection.test(text) || (knownSection.test(text.trimStart()) && /^\t[A-Za-z]/m.test(text));
}

const trivia = /\s+|[#;][^\n]*/y;
const head = /\[([\w.-]+)(?:[ \t]+"((?:[^"\\\n]|\\[^\n])*)")?[ \t]*\]/y;
const name = /[A-Za-z][\w-]*/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '"': '"', '\\': '\\' };

/** Reads a whole file; throws `Stop` where git would refuse it. */
export function readGitConfig(text: string, notes: Set<string>): DictionaryValue {
  const scanner = new Scanner(text);
  const root = new Map<string, Map<string, DictionaryValue>>();
  const loose = new Map<string, DictionaryValue>();
  let current = loose;
  skipTrivia(scanner);
  while (!scanner.done()) {
    const found = scanner.take(head);
    if (found !== undefined) {
      const [, section = '', sub] = found;
      const key = sub === undefined ? section : `${section} "${sub.replaceAll(/\\([^])/g, '$1')}"`;
      current = root.get(key) ?? new Map<string, DictionaryValue>();
      root.set(key, current);
    } else readEntry(scanner, current, notes);
    skipTrivia(scanner);
  }
  if (root.size === 0) throw new Stop('a section is expected', startOf(text));
  if (loose.size > 0) notes.add('Keys before the first section stand beside the sections.');
  return new Map<string, DictionaryValue>([...loose, ...root]);
}

function skipTrivia(scanner: Scanner): void {
  while (scanner.take(trivia) !== undefined);
}

function readEntry(scanner: Scanner, current: Map<string, DictionaryValue>, notes: Set<string>): void {
  scanner.countValue();
  const key = scanner.take(name)?.[0] ?? scanner.stop('a key is expected');
  scanner.take(/[ \t]*/y);
  if (scanner.eat('=')) {
    addRepeated(current, key, readValue(scanner), notes, 'key');
    return;
  }
  if (!scanner.done() && scanner.take(/[#;][^\n]*|(?=\r?\n)/y) === undefined) scanner.stop('an equals sign is expected');
  notes.add('Keys without a value became null.');
  addRepeated(current, key, null, notes, 'key');
}

/** A value up to the end of its line: quotes open and close anywhere, blanks around it go, and `\` goes on below. */
function readValue(scanner: Scanner): string {
  const start = scanner.at;
  let value = '';
  let blanks = '';
  let quoted = false;
  for (;;) {
    const plain = scanner.take(quoted ? /[^\n\\"]+/y : /[^\s\\"#;]+/y)?.[0];
    if (plain !== undefined) {
      value += blanks + plain;
      blanks = '';
    } else if (scanner.eat('"')) {
      value += blanks;
      blanks = '';
      quoted = !quoted;
    } else if (scanner.sees('\\')) {
      value += blanks + readEscape(scanner);
      blanks = '';
    } else if (scanner.done() || /[\n#;]/.test(scanner.text[scanner.at] ?? '')) {
      if (quoted) scanner.stop('a quote is not closed', start);
      scanner.take(/[^\n]*/y);
      return value;
    } else {
      const blank = scanner.take(/[^\S\n]+/y)?.[0] ?? '';
      if (value !== '') blanks += blank;
    }
  }
}

function readEscape(scanner: Scanner): string {
  const start = scanner.at;
  const [, letter] = scanner.take(/\\(?:\r?\n|([^]))/y) ?? scanner.stop('an escape is malformed', start);
  if (letter === undefined) return '';
  return escapes[letter] ?? scanner.stop('an escape that git does not know', start);
}

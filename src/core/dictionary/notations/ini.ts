// INI files, and editors', services' and npm's kin of it: sections become maps, values are texts. Git's kin is in gitConfig.ts.

import { type DictionaryValue, isList } from '../value.ts';
import { isGitConfig, readGitConfig } from './gitConfig.ts';
import { iniLines } from './iniLines.ts';
import { addRepeated, attempt, type Home, type Notation, notationLanguages, Stop, startOf } from './notation.ts';

/**
 * Sections of `key = value` or `key: value`; keys before the first section stand in the map beside the sections. Repeated keys
 * and sections become lists. What is indented below a key in a section goes on with its value, as in Python's configparser.
 */
export const iniNotation: Notation = {
  id: 'ini',
  label: 'INI',
  languageIds: notationLanguages.ini,
  read: (text, home = 'elsewhere') =>
    attempt(text, (notes) => (isGitConfig(text) ? readGitConfig(text, notes) : readSections(text, home, notes))),
};

type Entries = Map<string, DictionaryValue>;
type State = {
  readonly root: Entries;
  readonly notes: Set<string>;
  readonly home: Home;
  current: Entries;
  /** Whether a line of the current section had a separator: after it, one without is no flag but stray text. */
  separated: boolean;
  /** Whether a section begins below a key would be taken for one, and the other way round. */
  readonly sectionNames: Set<string>;
};

// npm's keys hold a colon before their equals sign: `@scope:registry=` and `//host/:_authToken=`.
const npmEntry = /^((?:@[\w.-]+:|\/\/)[^=\s]*)=(.*)$/;
const entryLine = /^([^=:]+)(=|:)(.*)$/;
/** A list of npm and PHP. */
const listKey = /^([\w.-]+)\[\]$/;
/** A key of a desktop entry in one language. */
const localeKey = /^[\w.-]+\[[\w.@-]+\]$/;

function readSections(text: string, home: Home, notes: Set<string>): DictionaryValue {
  const root: Entries = new Map();
  const state: State = { root, notes, home, current: root, separated: false, sectionNames: new Set() };
  for (const line of iniLines(text, notes)) {
    if (line.kind === 'section') openSection(state, line.name, line.offset);
    else addEntry(state, line.text, line.more, line.offset);
  }
  if (root.size === 0) throw new Stop('a section or a key is expected', startOf(text));
  return root;
}

function openSection(state: State, name: string, offset: number): void {
  const { root, sectionNames, notes } = state;
  if (root.has(name) && !sectionNames.has(name)) throw new Stop('a section has the name of a key', offset);
  sectionNames.add(name);
  state.current = new Map();
  state.separated = false;
  addRepeated(root, name, state.current, notes, 'section');
}

function addEntry(state: State, text: string, more: readonly string[], offset: number): void {
  const { current, root, notes, sectionNames } = state;
  const [, name = '', separator = '=', value = ''] = splitEntry(text) ?? [];
  const written = name.trim();
  if (written === '') {
    addFlag(state, text, offset);
    return;
  }
  if (/^[=>]/.test(value)) throw new Stop('one equals sign is expected', offset);
  if (state.home === 'elsewhere' && separator === ':' && value.startsWith('//')) throw new Stop('an address is no key', offset);
  if (separator === ':' && value.trim() === '' && more.length > 0) throw new Stop('a map below a key is no INI', offset);
  const list = listKey.exec(written)?.[1];
  const key = list ?? checkedKey(written, state.home, offset);
  if (current === root && sectionNames.has(key)) throw new Stop('a key has the name of a section', offset);
  const whole = [plain(value.trim()), ...more.map(plain)].filter((part, index) => index > 0 || part !== '').join('\n');
  if (list === undefined) addRepeated(current, key, whole, notes, 'key');
  else {
    const before = current.get(list);
    const isMany = before !== undefined && before !== null && typeof before === 'object' && isList(before);
    current.set(list, [...(isMany ? before : before === undefined ? [] : [before]), whole]);
  }
  state.separated = true;
}

function splitEntry(text: string): readonly string[] | undefined {
  const [, name, value] = npmEntry.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return ['', name, '=', value];
  return entryLine.exec(text) ?? undefined;
}

/** A key without its quotes; brackets in it belong to another notation. */
function checkedKey(written: string, home: Home, offset: number): string {
  const key = /^"([^"]*)"$/.exec(written)?.[1] ?? written;
  if (home === 'own' && localeKey.test(key)) return key;
  const open = written.split('(').length - written.split(')').length;
  const bracket = written.search(/[[\]{}]/);
  if (bracket >= 0 || open !== 0) throw new Stop('a bracket in a key', offset + Math.max(0, bracket));
  return key;
}

/** A line without separator: a key alone, as MySQL has them, in a section that has no other entries before it. */
function addFlag(state: State, text: string, offset: number): void {
  if (state.current === state.root || state.separated || !/^[\w.-]+$/.test(text)) {
    throw new Stop('an equals sign is expected', offset);
  }
  state.notes.add('Keys without a value became null.');
  addRepeated(state.current, text, null, state.notes, 'key');
}

/** A value without the comment after it and without its quotes; a comment needs white space before its sign. */
function plain(value: string): string {
  const quotes = /^"([^"]*)"\s*(?:[#;].*)?$/.exec(value) ?? /^'([^']*)'\s*(?:[#;].*)?$/.exec(value);
  if (quotes?.[1] !== undefined) return quotes[1];
  if (!/\s[#;]/.test(value)) return value;
  // What stands in double quotes inside of a value is no comment.
  const bare = value.replaceAll(/"[^"]*"/g, (quoted) => 'x'.repeat(quoted.length));
  const comment = bare.search(/\s[#;]/);
  return comment < 0 ? value : value.slice(0, comment).trim();
}

// INI files, and git's and editors' kin of it: sections become maps, values are texts.

import type { DictionaryValue } from '../value.ts';
import { attempt, type Line, linesOf, type Notation, notationLanguages, Stop, setLast, startOf } from './notation.ts';

/** Sections of `key = value` or `key: value`; keys before the first section stand in the map beside the sections. */
export const iniNotation: Notation = {
  id: 'ini',
  label: 'INI',
  languageIds: notationLanguages.ini,
  read: (text) => attempt(text, (notes) => readSections(text, notes)),
};

const sectionLine = /^\s*\[([^\]\n]+)\]\s*(?:[#;].*)?$/;
const entryLine = /^([^=:]+)[=:](.*)$/;

function readSections(text: string, notes: Set<string>): DictionaryValue {
  const root = new Map<string, DictionaryValue>();
  const sections = new Map<string, Map<string, DictionaryValue>>();
  let current = root;
  let last: string | undefined;
  for (const line of linesOf(text)) {
    if (/^\s*(?:[#;].*)?$/.test(line.text)) continue;
    const section = sectionLine.exec(line.text)?.[1]?.trim();
    if (section !== undefined) {
      current = openSection(root, sections, section, line, notes);
      last = undefined;
      continue;
    }
    const [, name = '', value = ''] = entryLine.exec(line.text) ?? [];
    const key = name.trim();
    if (key !== '' && !key.startsWith('[')) {
      const clash = current === root && sections.has(key);
      if (clash) throw new Stop('a key has the name of a section', placeOf(line));
      setLast(current, key, plain(value.trim()), notes);
      last = key;
    } else last = continueOrFlag(current, last, line, current !== root, notes);
  }
  if (root.size === 0) throw new Stop('a section or a key is expected', startOf(text));
  return root;
}

function openSection(
  root: Map<string, DictionaryValue>,
  sections: Map<string, Map<string, DictionaryValue>>,
  name: string,
  line: Line,
  notes: Set<string>,
): Map<string, DictionaryValue> {
  const known = sections.get(name);
  if (known !== undefined) {
    notes.add(`The section ${JSON.stringify(name)} stands twice; both are one map.`);
    return known;
  }
  if (root.has(name)) throw new Stop('a section has the name of a key', placeOf(line));
  const opened = new Map<string, DictionaryValue>();
  sections.set(name, opened);
  root.set(name, opened);
  return opened;
}

/** A line without separator: indented below a key it goes on with its value; inside a section it is a key alone. */
function continueOrFlag(
  current: Map<string, DictionaryValue>,
  last: string | undefined,
  line: Line,
  inSection: boolean,
  notes: Set<string>,
): string {
  const text = line.text.trim();
  const before = last === undefined ? undefined : current.get(last);
  if (last !== undefined && typeof before === 'string' && /^\s/.test(line.text)) {
    current.set(last, before === '' ? text : `${before}\n${text}`);
    return last;
  }
  if (!inSection || text.startsWith('=') || text.startsWith(':')) throw new Stop('an equals sign is expected', placeOf(line));
  notes.add('Keys without a value became null.');
  setLast(current, text, null, notes);
  return text;
}

/** A value without the comment after it and without its quotes; a comment needs white space on both sides of its sign. */
function plain(value: string): string {
  const quotes = /^"([^"]*)"\s*(?:[#;].*)?$/.exec(value) ?? /^'([^']*)'\s*(?:[#;].*)?$/.exec(value);
  if (quotes?.[1] !== undefined) return quotes[1];
  const comment = /\s[#;]\s/.exec(value);
  return comment === null ? value : value.slice(0, comment.index).trim();
}

function placeOf(line: Line): number {
  return line.offset + startOf(line.text);
}

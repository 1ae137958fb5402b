// Plain lines of `key = value` or `key: value`, the laxest notation and therefore the last: notes, reports, terminal output.

import type { DictionaryValue } from '../value.ts';
import { attempt, entryCounter, filledLines, type Notation, notationLanguages, Stop, setLast, startOf } from './notation.ts';

/** One key and one value a line; values are texts, without their quotes. Prose and code are refused at their first line. */
export const linesNotation: Notation = {
  id: 'lines',
  label: 'Key and value lines',
  languageIds: notationLanguages.lines,
  read: (text) =>
    attempt(text, (notes) => {
      const map = new Map<string, DictionaryValue>();
      let before: { readonly indent: number; readonly isEmpty: boolean } | undefined;
      const count = entryCounter();
      for (const line of filledLines(text)) {
        if (/^\s*(?:(?:#|\/\/|;).*|[-=*_]{3,}\s*)?$/.test(line.text)) continue;
        const place = line.offset + startOf(line.text);
        const [, key, separator, value = ''] = entry.exec(line.text) ?? [];
        if (key === undefined || separator === undefined) throw new Stop('a key, then = or : are expected', place);
        if (key.split(/\s+/).length > 5) throw new Stop('a key of more than five words', place);
        count(place);
        const indent = startOf(line.text);
        if (before?.isEmpty === true && indent > before.indent) throw new Stop('indentation below an empty value', place);
        if (key.split('(').length !== key.split(')').length) throw new Stop('a bracket in a key', place);
        before = { indent, isEmpty: value.trim() === '' };
        setLast(map, key, unquote(value.replace(/(?:^|\s)#\s.*$/, '').trim()), notes);
      }
      if (map.size === 0) throw new Stop('a key is expected', startOf(text));
      return map;
    }),
};

// A bullet may stand before the key; the key is made of words, so that code does not pass for one.
const entry = /^\s*(?:[-*•]\s+)?([\p{L}\p{N}_][\p{L}\p{N}_ .\-/()%#&+@]{0,79}?)\s{0,80}(=|:)(?![=:>]|\/\/)\s*(.*)$/u;

function unquote(value: string): string {
  const bare = value.replace(/[,;]$/, '');
  return /^"([^"]*)"$/.exec(bare)?.[1] ?? /^'([^']*)'$/.exec(bare)?.[1] ?? value;
}

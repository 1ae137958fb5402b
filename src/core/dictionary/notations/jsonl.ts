// JSON Lines: one JSON text a line, as logs and data sets have them.

import { limits } from '../../base/limits.ts';
import type { DictionaryValue } from '../value.ts';
import { readTree } from './json.ts';
import { attempt, filledLines, Limit, type Line, type Notation, notationLanguages, Stop, startOf } from './notation.ts';

/** JSON Lines: a list of the values of its lines, blank lines aside; a single line is that value itself. */
export const jsonlNotation: Notation = {
  id: 'jsonl',
  label: 'JSON Lines',
  words: { map: 'JSON object', list: 'JSON Lines' },
  languageIds: notationLanguages.jsonl,
  read: (text) =>
    attempt(text, (notes) => {
      const values: DictionaryValue[] = [];
      let nodes = 1;
      for (const line of filledLines(text)) {
        const value = readLine(line, notes);
        nodes += nodesOf(value);
        if (nodes > limits.dictionaryNodes) throw new Limit(`more than ${limits.dictionaryNodes} values`, line.offset);
        values.push(value);
      }
      const [only] = values;
      if (only === undefined) throw new Stop('a value is expected', startOf(text));
      return values.length === 1 ? only : values;
    }),
};

/** How many values a value holds, itself among them. */
function nodesOf(value: DictionaryValue): number {
  if (value === null || typeof value !== 'object') return 1;
  let nodes = 1;
  for (const item of value.values()) nodes += nodesOf(item);
  return nodes;
}

function readLine({ text, offset }: Line, notes: Set<string>): DictionaryValue {
  try {
    return readTree(text, { added: 0, options: { disallowComments: true, allowTrailingComma: false }, notes });
  } catch (error) {
    if (error instanceof Limit) throw new Limit(error.message, offset + error.offset);
    if (error instanceof Stop) throw new Stop(error.message, offset + error.offset);
    throw error;
  }
}

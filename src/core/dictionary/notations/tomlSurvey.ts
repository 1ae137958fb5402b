// Looks over TOML before it is parsed: the library has no limit of values, and takes its time with many tables of one name.

import { limits } from '../../base/limits.ts';

/** The place of the value that is too many, if there is one, and the number of tokens that were looked at. */
export type TomlSurvey = { readonly limit: number | undefined; readonly message: string; readonly steps: number };

const tooMany = `more than ${limits.dictionaryNodes} values`;
const tooDeep = `nested more than ${limits.dictionaryDepth} deep`;

/** Strings and comments, stepped over; equals signs, keys nested too deep, heads of tables, and commas between them. */
const token =
  /"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:[^"\\\n]|\\[^\n])*"?|'[^'\n]*'?|#[^\n]*|(=)|(?<![\w.-])((?:[\w-]+\.){40,})|(\[(?<=^[ \t]*\[|\n[ \t]*\[))|(,)/g;

/** Surveys a text in one pass that ends at the first value too many: every sign and every head stands for at least one. */
export function surveyToml(text: string): TomlSurvey {
  let values = 0;
  let commas = 0;
  let steps = 0;
  for (const { index, 1: equals, 2: dotted, 3: head, 4: comma } of text.matchAll(token)) {
    steps += 1;
    if (equals !== undefined || head !== undefined) values += 1;
    // A list has as many commas as values, an inline table has fewer than equals signs.
    if (comma !== undefined) commas += 1;
    if (dotted !== undefined) return { limit: index, message: tooDeep, steps };
    if (values > limits.dictionaryNodes || commas > 2 * limits.dictionaryNodes) return { limit: index, message: tooMany, steps };
  }
  return { limit: undefined, message: '', steps };
}

// Looks over YAML before it is composed: the library's composer recurses and takes time that grows with the square of some
// texts; its lexer does neither, and what it gave is not lexed again.

import { Lexer } from 'yaml';

import { limits } from '../../base/limits.ts';

/**
 * The tokens of a text; or the limit that was reached, or what it cannot be YAML for, and where. The number of tokens is the
 * number of steps taken.
 */
export type YamlSurvey = {
  readonly tokens: readonly string[];
  readonly limit: string | undefined;
  readonly fault: string | undefined;
  readonly end: number;
};

/** A value has seldom more tokens than anchor, tag, key, colon, text, and a comma or a bracket. */
const mostParts = limits.dictionaryNodes * 6;
/** With line ends, indentation and comments, and the marks of the lexer. */
const mostTokens = limits.dictionaryNodes * 8;

/** Surveys a text in one pass that ends at the first limit. */
export function surveyYaml(text: string): YamlSurvey {
  const tokens: string[] = [];
  const counts: Counts = { brackets: 0, dashes: 0, values: 0, parts: 0 };
  let end = 0;
  for (const token of new Lexer().lex(text)) {
    tokens.push(token);
    count(counts, token);
    const limit = limitOf(counts);
    const fault = faultOf(counts, tokens.length);
    if (limit !== undefined || fault !== undefined) return { tokens, limit, fault, end };
    // The lexer adds three marks of its own, which are no part of the text.
    if (token !== '\u0002' && token !== '\u0018' && token !== '\u001f') end += token.length;
  }
  return { tokens, limit: undefined, fault: undefined, end };
}

type Counts = { brackets: number; dashes: number; values: number; parts: number };

function count(counts: Counts, token: string): void {
  const [first = ''] = token;
  if (first === '' || ' \t#'.includes(first)) return;
  if ('\n\r'.includes(first)) {
    counts.dashes = 0;
    return;
  }
  if ('[{'.includes(first)) counts.brackets += 1;
  if (']}'.includes(first)) counts.brackets -= 1;
  counts.parts += 1;
  if (token === '-' || token === '?') counts.dashes += 1;
  else counts.dashes = 0;
  if (token === ':' || token === '-' || token === '---') counts.values += 1;
}

function limitOf({ brackets, dashes, values, parts }: Counts): string | undefined {
  if (Math.max(brackets, dashes) > limits.dictionaryDepth) return `nested more than ${limits.dictionaryDepth} deep`;
  return values > limits.dictionaryNodes || parts > mostParts ? `more than ${limits.dictionaryNodes} values` : undefined;
}

function faultOf({ brackets }: Counts, tokens: number): string | undefined {
  if (brackets < 0) return 'a bracket is closed that was not opened';
  return tokens > mostTokens ? 'too many lines to be read' : undefined;
}

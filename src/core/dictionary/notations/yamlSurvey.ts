// Looks over YAML before it is composed: the library's composer recurses and takes time that grows with the square of some
// texts; its lexer does neither, and what it gave is not lexed again.

import { Lexer } from 'yaml';

import { limits } from '../../base/limits.ts';

/** The tokens of a text, or the limit that was reached and where. The number of tokens is the number of steps taken. */
export type YamlSurvey = { readonly tokens: readonly string[]; readonly limit: string | undefined; readonly end: number };

/** A value has at most so many tokens: indicator, anchor, tag, key, colon, block header, text, and a comma or a bracket. */
const tokensOfValue = 8;
/** Line ends, indentation and comments, of which a text has more than of anything else. */
const mostTokens = limits.dictionaryNodes * 25;

/** Surveys a text in one pass that ends at the first limit. */
export function surveyYaml(text: string): YamlSurvey {
  const tokens: string[] = [];
  const counts = { brackets: 0, dashes: 0, values: 0, parts: 0 };
  let end = 0;
  for (const token of new Lexer().lex(text)) {
    count(counts, token);
    const limit = limitOf(counts, tokens.length);
    if (limit !== undefined) return { tokens, limit, end };
    tokens.push(token);
    // The lexer adds three marks of its own, which are no part of the text.
    if (token !== '\u0002' && token !== '\u0018' && token !== '\u001f') end += token.length;
  }
  return { tokens, limit: undefined, end };
}

type Counts = { brackets: number; dashes: number; values: number; parts: number };

function count(counts: Counts, token: string): void {
  const isBlank = token.trim() === '';
  if (token === '[' || token === '{') counts.brackets += 1;
  else if (token === ']' || token === '}') counts.brackets -= 1;
  if (token === '-' || token === '?') counts.dashes += 1;
  else if (!isBlank || token.includes('\n')) counts.dashes = 0;
  if (token === ':' || token === '-' || token === '---') counts.values += 1;
  if (!isBlank && !token.startsWith('#')) counts.parts += 1;
}

function limitOf({ brackets, dashes, values, parts }: Counts, tokens: number): string | undefined {
  if (Math.max(brackets, dashes) > limits.dictionaryDepth) return `nested more than ${limits.dictionaryDepth} deep`;
  if (values > limits.dictionaryNodes || parts > limits.dictionaryNodes * tokensOfValue) {
    return `more than ${limits.dictionaryNodes} values`;
  }
  return tokens > mostTokens ? 'too many lines to be read' : undefined;
}

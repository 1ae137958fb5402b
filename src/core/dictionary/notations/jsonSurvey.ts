// Looks over JSON before it is parsed: the library's parser recurses and goes on after every fault; its scanner does neither.

import { createScanner, type ParseOptions } from 'jsonc-parser';

import { limits } from '../../base/limits.ts';

/**
 * How far a text is worth parsing: to its end, to the first token that JSON does not have, or to the place of `limit`, if what
 * stands before is JSON. `tokens` are those up to there, blanks and comments aside.
 */
export type JsonSurvey = { readonly end: number; readonly limit: string | undefined; readonly tokens: number };

// The numbers of jsonc-parser's SyntaxKind, whose const enum cannot be used where types are stripped.
const [openBrace, closeBrace, openBracket, closeBracket, colon, string, number] = [1, 2, 3, 4, 6, 10, 11];
const [nullWord, falseWord, lineComment, blockComment, unknown, endOfText] = [7, 9, 12, 13, 16, 17];

/** Whitespace and comments aside, an object of n values has at most four tokens for each: key, colon, value, comma. */
const mostTokens = limits.dictionaryNodes * 4 + 4;

/** Surveys a text in one pass that ends at the first limit. */
export function surveyJson(text: string, options: ParseOptions): JsonSurvey {
  const scanner = createScanner(text, false);
  let depth = 0;
  let values = 0;
  let tokens = 0;
  for (let token: number = scanner.scan(); token !== endOfText; token = scanner.scan()) {
    const end = scanner.getTokenOffset() + scanner.getTokenLength();
    const isComment = token === lineComment || token === blockComment;
    if (token === unknown || (isComment && options.disallowComments === true)) return { end, limit: undefined, tokens };
    if (token > number) continue;
    tokens += 1;
    if (token === openBrace || token === openBracket) depth += 1;
    if (token === closeBrace || token === closeBracket) depth -= 1;
    if (token === openBrace || token === openBracket || (token >= nullWord && token <= falseWord)) values += 1;
    if (token === string || token === number) values += 1;
    // What stood before the colon was a key.
    if (token === colon) values -= 1;
    const limit = limitOf(depth, values, tokens);
    if (limit !== undefined) return { end: scanner.getTokenOffset(), limit, tokens };
  }
  return { end: text.length, limit: undefined, tokens };
}

function limitOf(depth: number, values: number, tokens: number): string | undefined {
  if (depth > limits.dictionaryDepth) return `nested more than ${limits.dictionaryDepth} deep`;
  // One key may stand there whose colon has not been seen.
  if (values > limits.dictionaryNodes + 1 || tokens > mostTokens) return `more than ${limits.dictionaryNodes} values`;
  return undefined;
}

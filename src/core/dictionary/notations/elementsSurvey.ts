// Looks over XML before it is parsed: counts elements, attributes and depth, and refuses declarations that could define anything.

import { limits } from '../../base/limits.ts';

/** The limit that was reached, or what cannot be read, and where. */
export type ElementsSurvey = { readonly limit: string | undefined; readonly fault: string | undefined; readonly end: number };

/** A tag from its angle bracket to its end, quotes stepped over. */
const tag = /<(\/?)[^\s<>"'/=]+((?:[^<>"']|"[^"]*"|'[^']*')*)>/y;

/** Surveys a text in one pass that ends at the first limit. */
export function surveyElements(text: string): ElementsSurvey {
  let depth = 0;
  let values = 0;
  let roots = 0;
  for (let at = text.indexOf('<'); at >= 0; ) {
    const skipped = skipOther(text, at);
    if (typeof skipped === 'string') return { limit: undefined, fault: skipped, end: at };
    let end = skipped;
    if (end === undefined) {
      tag.lastIndex = at;
      const found = tag.exec(text);
      if (found === null) return { limit: undefined, fault: 'a tag is malformed', end: at };
      const [whole, closing, rest = ''] = found;
      end = at + whole.length;
      if (closing === '/') depth -= 1;
      else {
        if (depth === 0) roots += 1;
        if (roots > 1) return { limit: undefined, fault: 'a second root element', end: at };
        values += 1 + (rest.match(/=\s*["']/g)?.length ?? 0);
        if (!rest.endsWith('/')) depth += 1;
      }
    }
    if (values > limits.dictionaryNodes)
      return { limit: `more than ${limits.dictionaryNodes} values`, fault: undefined, end: at };
    if (depth > limits.dictionaryDepth) {
      return { limit: `nested more than ${limits.dictionaryDepth} deep`, fault: undefined, end: at };
    }
    at = text.indexOf('<', end);
  }
  return { limit: undefined, fault: undefined, end: text.length };
}

/** The end of a comment, a CDATA section, an instruction or a plain document type; a sentence where it is none of them. */
function skipOther(text: string, at: number): number | string | undefined {
  const pair = pairs.find(([start]) => text.startsWith(start, at));
  if (pair !== undefined) {
    const [opening, closing] = pair;
    const end = text.indexOf(closing, at + opening.length);
    return end < 0 ? `${opening} is not closed` : end + closing.length;
  }
  if (!text.startsWith('<!', at)) return undefined;
  doctype.lastIndex = at;
  return doctype.test(text) ? doctype.lastIndex : 'a declaration that defines something is not read';
}

const pairs = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const doctype = /<!DOCTYPE\s+[^[\]<>]*>/iy;

// Texts in double quotes, for literals that land in people's files.

import { unseen } from '../text/safeText.ts';

/**
 * A text in double quotes that JSON, JavaScript, Python and YAML read alike: controls, direction marks and other unseen
 * characters as escapes, and so the `<` that could begin a tag or a comment of a page around the literal.
 */
export function quoted(text: string): string {
  return JSON.stringify(text)
    .replaceAll(unseen, escapeUnit)
    .replaceAll(/[\ufffe\uffff]/g, escapeUnit)
    .replaceAll(/<(?=[/!?]|script)/gi, '\\u003c');
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

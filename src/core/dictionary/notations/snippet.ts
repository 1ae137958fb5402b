// Steps over what stands around a literal in code, so that `const x: T = {...} as const;` or `return {...},` reads as the
// literal in it. Nothing of it is understood, let alone run.

import { afterAssignment } from './assignment.ts';
import type { Scanner } from './scanner.ts';

/**
 * Moves to the literal after keywords (a sticky pattern of one keyword and the space after it) and after the target of an
 * assignment, if there are any. `skip` steps over white space and comments.
 */
export function skipPrefix(scanner: Scanner, keyword: RegExp, skip: () => void): void {
  skip();
  while (scanner.take(keyword) !== undefined) skip();
  scanner.at = afterAssignment(scanner.text, scanner.at) ?? scanner.at;
  skip();
}

/** Ends the reading where a text or a number stands alone, which may be long and is no dictionary anyway. */
export function refuseScalar(scanner: Scanner): void {
  if (/["'`\d.+-]/.test(scanner.text[scanner.at] ?? '')) scanner.stop('a single value is no dictionary');
}

/** Steps over one `,` or `;` after a literal and requires that nothing else follows. */
export function finish(scanner: Scanner, skip: () => void): void {
  skip();
  while (scanner.eat(',') || scanner.eat(';')) skip();
  if (!scanner.done()) scanner.stop('text after the end of the value');
}

// What a sender may say of the place that an item comes from: a path, lines, a blob of git. All of it is its word, and only a
// path of which every part is a safe name is ever looked for.

import { limits } from '../base/limits.ts';
import { safeFileName } from '../text/safeName.ts';

/** Lines of a document, both counted from 1 and both included. */
export type Lines = { readonly first: number; readonly last: number };

const range = '[1-9][0-9]{0,8}(?:-[1-9][0-9]{0,8})?';
const linesPattern = new RegExp(`^${range}(?:,${range}){0,${limits.contextRanges - 1}}$`);
const blobPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Whether a text can stand in an offer as the path of an item: short enough to be looked at. */
export function isContextPath(text: string): boolean {
  return text !== '' && new TextEncoder().encode(text).length <= limits.contextPathBytes;
}

/** Whether a text names lines, each range in its order: `3-7,12`. */
export function isLines(text: string): boolean {
  return linesPattern.test(text) && linesOf(text).every(({ first, last }) => first <= last);
}

/** Whether a text is the id of a git blob: a SHA-1 or a SHA-256 in hexadecimal. */
export function isBlobId(text: string): boolean {
  return blobPattern.test(text);
}

/** The lines that a text names, in its order; none where it is no such text. */
export function linesOf(text = ''): readonly Lines[] {
  if (!linesPattern.test(text)) return [];
  return text.split(',').map((one) => {
    const [first = 0, last = first] = one.split('-').map(Number);
    return { first, last };
  });
}

/** Lines as an offer has them: `3-7,12`; of very many, the first so many ranges. */
export function formatLines(lines: readonly Lines[]): string {
  return lines
    .slice(0, limits.contextRanges)
    .map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
    .join(',');
}

/**
 * The parts of a path below a workspace folder; undefined where any of them is not exactly a name that is safe on every system:
 * then the path is looked for nowhere. No part is `..`, empty, a drive, or holds what nobody sees.
 */
export function placeParts(path: string): readonly string[] | undefined {
  if (!isContextPath(path)) return undefined;
  const parts = path.split('/');
  return parts.every((part) => safeFileName(part) === part.normalize('NFC')) ? parts : undefined;
}

// Importing a list of peers: a file is no proof of anything, so it gives names and addresses, and nothing that anybody is trusted
// by.

import { blankEntry } from './book.ts';
import { namesakeOf } from './namesake.ts';
import type { BookEntry } from './peers.ts';

/**
 * Those of the entries of a file that are new to the book, as they may be put into it: nobody is known by them, blocks stay
 * blocks, and a nickname that looks like the name of another peer is left out.
 */
export function importable(entries: readonly BookEntry[], book: readonly BookEntry[]): readonly BookEntry[] {
  const known = new Set(book.map(({ id }) => id));
  const added: BookEntry[] = [];
  for (const { id, name, trust, addresses, nickname } of entries) {
    if (known.has(id)) continue;
    known.add(id);
    const entry: BookEntry = { ...blankEntry(id), name, addresses, trust: trust === 'blocked' ? 'blocked' : 'unknown' };
    const shadows =
      nickname === undefined || namesakeOf({ id, name: nickname, addresses: [] }, [...book, ...added]) !== undefined;
    added.push(shadows ? entry : { ...entry, nickname });
  }
  return added;
}

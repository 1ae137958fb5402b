// The book of peers without the person whose it is: their other windows are trusted because they have the same key, and nothing
// that is done with them leaves an entry.

import type { PeerBook } from './book.ts';
import type { PeerId } from './peerId.ts';

/**
 * The book as it is for the owner of `own`, once that is known: that ID is trusted as `own`, and is never read, written or
 * listed.
 */
export function withoutOneself<Book extends PeerBook>(book: Book, own: () => PeerId | undefined): Book {
  return {
    ...book,
    entries: () => book.entries().filter(({ id }) => id !== own()),
    find: (id) => (id === own() ? undefined : book.find(id)),
    trustOf: (id) => (id === own() ? 'own' : book.trustOf(id)),
    change: (id, change) => (id === own() ? Promise.resolve() : book.change(id, change)),
  };
}

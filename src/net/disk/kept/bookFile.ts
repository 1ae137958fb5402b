// The book of peers as a file that all windows of the person share.

import type { FerryError } from '../../../core/base/errors.ts';
import type { Log } from '../../../core/base/log.ts';
import { changeEntry, isBlank, type PeerBook } from '../../../core/peers/book.ts';
import { formatBook, readBook, salvageBook } from '../../../core/peers/stored.ts';
import { openList } from './listFile.ts';

/** The book while a window is open. */
export type BookFile = PeerBook & {
  /** Reads it anew. Fails with ERR_BOOK_UNREADABLE: who is blocked is not known then, so nobody may be let in. */
  check(): Promise<void>;
  close(): void;
};

/** Opens the book in `folder`, which is there; `tell` as in openList. */
export async function openBook(folder: string, log: Log, tell?: (trouble: FerryError) => void): Promise<BookFile> {
  const read: typeof salvageBook = (text) => {
    const { entries, lost } = readBook(text);
    if (lost > 0) log.warn('entries of the book of peers are wrong and are left out', { entries: lost });
    return entries;
  };
  const kind = { file: 'peers.json', list: 'peers', read, salvage: salvageBook, format: formatBook } as const;
  const list = await openList(folder, kind, log, tell);
  const find: PeerBook['find'] = (id) => list.entries().find((entry) => entry.id === id);
  return {
    ...list,
    ...{ find, trustOf: (id) => find(id)?.trust ?? 'unknown' },
    change: (id, change) => list.change((entries) => changeEntry(entries, id, change).filter((entry) => !isBlank(entry))),
  };
}

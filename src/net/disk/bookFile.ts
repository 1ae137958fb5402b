// The book of peers as one file, 0600, shared by all windows of the person: each write reads, changes and replaces it under a
// lock, and every window sees what the others wrote. A file that cannot be read is never written over.

import { basename, join } from 'node:path';

import { FerryError, systemCodeOf, toFerryError } from '../../core/base/errors.ts';
import { createEmitter, type Emitter } from '../../core/base/event.ts';
import { background, type Log } from '../../core/base/log.ts';
import { changeEntry, isBlank, type PeerBook } from '../../core/peers/book.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { BookEntry } from '../../core/peers/peers.ts';
import { formatBook, readBook, salvageBook } from '../../core/peers/stored.ts';
import { disk, followFile } from './disk.ts';
import { withLock } from './lockFile.ts';

const { promises: fs } = disk;
const fileName = 'peers.json';

/** The book while a window is open. */
export type BookFile = PeerBook & {
  /** Reads it anew. Fails with ERR_BOOK_UNREADABLE: who is blocked is not known then, so nobody may be let in. */
  check(): Promise<void>;
  close(): void;
};

/**
 * Opens the book in `folder`, which is there. `tell` is called with an ERR_BOOK_UNREADABLE whose detail `reason` says what the
 * person has to know: `damaged` where the file was no book, is kept aside as `file`, and `kept` peers were read from it; `newer`
 * where a later version wrote it, or `unreadable` where the disk does not give it, and then nothing is changed before it can be
 * read.
 */
export async function openBook(
  folder: string,
  log: Log,
  tell: (trouble: FerryError) => void = () => undefined,
): Promise<BookFile> {
  const path = join(folder, fileName);
  const changed: Emitter<void> = createEmitter();
  let entries: readonly BookEntry[] = [];
  let text = formatBook(entries);
  let told: unknown;

  const find = (id: PeerId): BookEntry | undefined => entries.find((entry) => entry.id === id);
  const show = (next: readonly BookEntry[]): void => {
    entries = next;
    const nextText = formatBook(next);
    if (nextText === text) return;
    text = nextText;
    changed.fire();
  };
  const inTrouble = (trouble: FerryError): void => {
    const { reason } = trouble.detail;
    log.warn('the book of peers cannot be read', { ...trouble.detail, message: trouble.message });
    if (reason === 'damaged' || reason !== told) tell(trouble);
    told = reason;
  };
  /** Under the lock: what the file says, which is set aside where it is no book. */
  const readLocked = async (): Promise<readonly BookEntry[]> => {
    const found = await readText(path);
    try {
      return entriesOf(found, log);
    } catch (cause) {
      if (toFerryError(cause).code !== 'ERR_BOOK_INVALID') throw cause;
      const salvaged = salvageBook(found ?? '');
      const file = await setAside(path);
      if (salvaged.length > 0) await replaceFile(path, formatBook(salvaged));
      else await fs.unlink(path);
      inTrouble(unreadable('damaged', 'the file was no book', { file, kept: salvaged.length }, cause));
      return salvaged;
    }
  };
  const locked = <T>(work: () => Promise<T>): Promise<T> => withLock(`${path}.lock`, work);
  /** Without the lock, unless there is something to set aside. */
  const readQuietly = async (): Promise<readonly BookEntry[]> => {
    try {
      return entriesOf(await readText(path), log);
    } catch (cause) {
      if (toFerryError(cause).code !== 'ERR_BOOK_INVALID') throw cause;
      return locked(readLocked);
    }
  };
  const check = async (): Promise<void> => {
    try {
      show(await readQuietly());
      told = undefined;
    } catch (cause) {
      const trouble = toFerryError(cause);
      const known = trouble.code === 'ERR_BOOK_UNREADABLE' ? trouble : unreadable('unreadable', trouble.message, {}, cause);
      inTrouble(known);
      throw known;
    }
  };
  // What was known stays known where it cannot be read just now.
  await check().catch(() => undefined);
  const unfollow = followFile(path, () => background(check(), log, 'reading the book of peers'), log);

  return {
    ...{ onDidChange: changed.event, entries: () => entries, find, check },
    trustOf: (id) => find(id)?.trust ?? 'unknown',
    async change(id, change) {
      await locked(async () => {
        const next = changeEntry(await readLocked(), id, change).filter((entry) => !isBlank(entry));
        await replaceFile(path, formatBook(next));
        show(next);
      });
    },
    close: unfollow,
  };
}

/** Undefined where there is no file. Fails with ERR_BOOK_UNREADABLE. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await fs.readFile(path, 'utf8');
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined;
    throw unreadable('unreadable', 'the disk does not give the file', { code: systemCodeOf(cause) }, cause);
  }
}

/** Fails with ERR_BOOK_INVALID where the text is no book, and with ERR_BOOK_UNREADABLE where it is one of a later version. */
function entriesOf(text: string | undefined, log: Log): readonly BookEntry[] {
  if (text === undefined) return [];
  try {
    const { entries, lost } = readBook(text);
    if (lost > 0) log.warn('entries of the book of peers are wrong and are left out', { entries: lost });
    return entries;
  } catch (cause) {
    if (toFerryError(cause).code !== 'ERR_VERSION_UNSUPPORTED') throw cause;
    throw unreadable('newer', 'the book is of a later version', {}, cause);
  }
}

/** A name that no file has yet, with the content of the file; the file itself stays. */
async function setAside(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const aside = `${path}.unreadable-${number}`;
    try {
      await fs.copyFile(path, aside, disk.constants.COPYFILE_EXCL);
      return basename(aside);
    } catch (cause) {
      if (systemCodeOf(cause) !== 'EEXIST') throw cause;
    }
  }
}

function unreadable(
  reason: 'damaged' | 'newer' | 'unreadable',
  message: string,
  detail: Readonly<Record<string, string | number>>,
  cause: unknown,
): FerryError {
  return new FerryError('ERR_BOOK_UNREADABLE', message, { cause, detail: { reason, ...detail } });
}

/** A reader sees the old file or the new one, never a part. */
async function replaceFile(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.new`;
  await fs.writeFile(part, text, { mode: 0o600, flush: true });
  await fs.rename(part, path);
}

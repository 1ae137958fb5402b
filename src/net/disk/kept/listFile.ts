// A list as one file, 0600, shared by all windows of the person: each write reads, changes and replaces it under a lock, and
// every window sees what the others wrote. A file that cannot be read is never written over.

import { basename, join } from 'node:path';

import { FerryError, systemCodeOf, toFerryError } from '../../../core/base/errors.ts';
import { createEmitter, type Emitter, type Event } from '../../../core/base/event.ts';
import { background, type Log } from '../../../core/base/log.ts';
import { disk, followFile } from '../disk.ts';
import { batched } from '../journal/batched.ts';
import { withLock } from '../lockFile.ts';
import { replaceFile } from '../wholeFile.ts';

const { promises: fs } = disk;

/** What a list is, in its file. */
export type ListKind<Entry> = {
  readonly file: string;
  /** What is in it, as what is told of it says. */
  readonly list: 'peers' | 'shares' | 'gets';
  /** Fails with ERR_BOOK_INVALID for what is no such list, and with ERR_VERSION_UNSUPPORTED for one of a later version. */
  readonly read: (text: string) => readonly Entry[];
  /** What can still be read of a text that is no such list any more. */
  readonly salvage: (text: string) => readonly Entry[];
  readonly format: (entries: readonly Entry[]) => string;
  /** Whether nothing counts while the file cannot be read; else what was known stays known. */
  readonly isVoidUnread?: boolean;
};

/** The list while a window is open. */
export type ListFile<Entry> = {
  readonly onDidChange: Event<void>;
  entries(): readonly Entry[];
  /** Changes all at once; seen when it resolves. Fails as `change` and `check`, or where the file cannot be written. */
  change(change: (entries: readonly Entry[]) => readonly Entry[]): Promise<void>;
  /** Reads it anew. Fails with ERR_BOOK_UNREADABLE. */
  check(): Promise<void>;
  close(): void;
};

/**
 * Opens a list in `folder`, which is there. `tell` is called with an ERR_BOOK_UNREADABLE whose detail `list` is that of its kind,
 * and whose detail `reason` says what the person has to know: `damaged` where the file was none, is kept aside as `file`, and
 * `kept` entries were read from it; `newer` where a later version wrote it, or `unreadable` where the disk does not give it, and
 * then nothing is changed before it can be read.
 */
export async function openList<Entry>(
  folder: string,
  kind: ListKind<Entry>,
  log: Log,
  tell: (trouble: FerryError) => void = () => undefined,
): Promise<ListFile<Entry>> {
  const path = join(folder, kind.file);
  const reader = new ListReader(path, kind, log, tell);
  const changed: Emitter<void> = createEmitter();
  let entries: readonly Entry[] = [];
  const show = (next: readonly Entry[]): void => {
    const isSame = kind.format(next) === kind.format(entries);
    entries = next;
    if (!isSame) changed.fire();
  };
  // One after the other: what was read before must not take the place of what was read after it.
  const check = batched(async (): Promise<void> => {
    try {
      show(await reader.read());
    } catch (cause) {
      if (kind.isVoidUnread === true) show([]);
      throw cause;
    }
  });
  await check().catch(() => undefined);
  const unfollow = followFile(path, () => background(check(), log, 'reading a list'), log);
  return {
    ...{ onDidChange: changed.event, entries: () => entries, check, close: unfollow },
    async change(change) {
      await reader.locked(async () => replaceFile(path, kind.format(change(await reader.readLocked()))));
      // What is written stays written, and is read at the next occasion.
      await check().catch(() => undefined);
    },
  };
}

type Reason = 'damaged' | 'newer' | 'unreadable';

/** Reads the file of a list, and tells in what trouble it is. */
class ListReader<Entry> {
  readonly #path: string;
  readonly #kind: ListKind<Entry>;
  readonly #log: Log;
  readonly #tell: (trouble: FerryError) => void;
  #told: unknown;

  constructor(path: string, kind: ListKind<Entry>, log: Log, tell: (trouble: FerryError) => void) {
    this.#path = path;
    this.#kind = kind;
    this.#log = log;
    this.#tell = tell;
  }

  locked<T>(work: () => Promise<T>): Promise<T> {
    return withLock(`${this.#path}.lock`, work);
  }

  /** Without the lock, unless there is something to set aside. Fails with ERR_BOOK_UNREADABLE, which is told. */
  async read(): Promise<readonly Entry[]> {
    try {
      const entries = await this.#readQuietly();
      this.#told = undefined;
      return entries;
    } catch (cause) {
      const trouble = toFerryError(cause);
      const known = trouble.code === 'ERR_BOOK_UNREADABLE' ? trouble : this.#unreadable('unreadable', {}, cause);
      this.#inTrouble(known);
      throw known;
    }
  }

  /** Under the lock: what the file says, which is set aside where it is no such list. Fails with ERR_BOOK_UNREADABLE. */
  async readLocked(): Promise<readonly Entry[]> {
    const found = await this.#text();
    try {
      return this.#entriesOf(found);
    } catch (cause) {
      if (toFerryError(cause).code !== 'ERR_BOOK_INVALID') throw cause;
      const salvaged = this.#kind.salvage(found ?? '');
      const file = await setAside(this.#path);
      if (salvaged.length > 0) await replaceFile(this.#path, this.#kind.format(salvaged));
      else await fs.unlink(this.#path);
      this.#inTrouble(this.#unreadable('damaged', { file, kept: salvaged.length }, cause));
      return salvaged;
    }
  }

  async #readQuietly(): Promise<readonly Entry[]> {
    try {
      return this.#entriesOf(await this.#text());
    } catch (cause) {
      if (toFerryError(cause).code !== 'ERR_BOOK_INVALID') throw cause;
      return this.locked(() => this.readLocked());
    }
  }

  /** Undefined where there is no file. Fails with ERR_BOOK_UNREADABLE. */
  async #text(): Promise<string | undefined> {
    try {
      return await fs.readFile(this.#path, 'utf8');
    } catch (cause) {
      if (systemCodeOf(cause) === 'ENOENT') return undefined;
      throw this.#unreadable('unreadable', { code: systemCodeOf(cause) }, cause);
    }
  }

  /** Fails with ERR_BOOK_INVALID, or with ERR_BOOK_UNREADABLE for a list of a later version. */
  #entriesOf(text: string | undefined): readonly Entry[] {
    try {
      return text === undefined ? [] : this.#kind.read(text);
    } catch (cause) {
      throw toFerryError(cause).code === 'ERR_VERSION_UNSUPPORTED' ? this.#unreadable('newer', {}, cause) : cause;
    }
  }

  #unreadable(reason: Reason, detail: Readonly<Record<string, string | number>>, cause: unknown): FerryError {
    return new FerryError('ERR_BOOK_UNREADABLE', `a list cannot be read: ${reason}`, {
      ...{ cause, detail: { list: this.#kind.list, reason, ...detail } },
    });
  }

  #inTrouble(trouble: FerryError): void {
    const { reason } = trouble.detail;
    this.#log.warn('a list cannot be read', trouble.detail);
    if (reason === 'damaged' || reason !== this.#told) this.#tell(trouble);
    this.#told = reason;
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

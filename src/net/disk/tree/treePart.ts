// A folder on its way in: unpacked while it comes into a part folder beside its place, and named by one rename once all of it is
// on disk. A folder is there whole or not at all, and never becomes one with another.

import type { FolderCounts } from '../../../core/folder/entry.ts';
import { FolderReader } from '../../../core/folder/reader.ts';
import type { PartFile } from '../../../core/receiving/store.ts';
import { checkFolder, disk, writeFailure } from '../disk.ts';
import { nameTree, settleFolder } from './folders.ts';
import { restEveryMs, restingEvery } from './lanes.ts';
import { sweep } from './sweep.ts';
import { findSyncAll } from './syncAll.ts';
import { addNameToList, addToList, type ListedEntry, type ReadList, readList, startOfMachine } from './treeList.ts';
import { Unpacked } from './unpacked.ts';

export type TreePartOptions = {
  /** Where the part folder is made, in `folder`. */
  readonly path: string;
  /** Where it gets its name in the end. */
  readonly folder: string;
  /** Made safe. */
  readonly name: string;
  /** The bytes of the stream that was offered. */
  readonly size: number;
  /** Whether files that their owner may run over there may be run here. */
  readonly keepExecutable: boolean;
  /** A file where it is noted what has come: with it, the part can be opened again by another process. */
  readonly list?: string;
  /** Another sync of a whole file system, for tests. */
  readonly findSyncAll?: typeof findSyncAll;
};

/** A part that is a folder. What it held as a stream cannot be read back from it. */
export type TreePart = Omit<PartFile, 'followed'> & {
  /** The part folder. */
  readonly path: string;
  /** The entries that have come. */
  readonly counts: FolderCounts;
  /** Everything that was written is on disk then; gives how many bytes of the stream that is, up to the end of an entry. */
  sync(): Promise<number>;
  /**
   * Forgets the file that has begun, so that the stream may go on at the end of an entry; gives that byte. For where it cannot go
   * on within the file, since that has changed at its source.
   */
  rewind(): Promise<number>;
  /** Ends the writing and leaves what there is. Idempotent, never fails. */
  keep(): Promise<void>;
};

const { promises: fs } = disk;
/** How much of a stream may come before the list says so: a killed process costs no more of it, and to write a list is little. */
const listedEveryBytes = 1024 * 1024;

/**
 * Makes the part folder. What comes and is no stream of a folder fails with ERR_MESSAGE_INVALID, the disk with ERR_NO_SPACE or
 * ERR_FOLDER_UNUSABLE.
 */
export async function openTreePart(options: TreePartOptions): Promise<TreePart> {
  await fs.mkdir(options.path, { mode: 0o700 }).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
  return newOpenPart(options);
}

/**
 * Opens a part folder again that another process kept or left, as far as its list says that it is on disk; what came after that
 * is removed. The stream goes on at `border`. Fails with ERR_FOLDER_UNUSABLE where what had come is not there any more.
 */
export async function reopenTreePart(
  options: TreePartOptions & { readonly list: string },
): Promise<{ readonly part: TreePart; readonly border: number }> {
  const listed = await readList(options.list);
  await sweep(options.path, listed.entries);
  const part = await newOpenPart(options);
  await part.recall(listed);
  return { part, border: listed.border };
}

async function newOpenPart(options: TreePartOptions): Promise<OpenTreePart> {
  const { path: root, folder, keepExecutable, findSyncAll: find = findSyncAll } = options;
  const unpacked = new Unpacked({ root, keepExecutable, findSyncAll: () => find(folder) });
  return new OpenTreePart(options, unpacked, await startOfMachine());
}

class OpenTreePart implements TreePart {
  readonly #options: TreePartOptions;
  readonly #reader: FolderReader;
  readonly #unpacked: Unpacked;
  /** As in `addToList`. */
  readonly #start: string | undefined;
  /** What came since the list was written, and up to where it was. */
  #unlisted: ListedEntry[] = [];
  #listed = 0;
  /** The file that came last. */
  #last = '';
  #border = 0;
  #writing: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: TreePartOptions, unpacked: Unpacked, start: string | undefined) {
    this.#options = options;
    this.#unpacked = unpacked;
    this.#start = start;
    this.#reader = new FolderReader(options.size);
  }

  get path(): string {
    return this.#options.path;
  }

  get counts(): FolderCounts {
    return this.#reader.counts;
  }

  /** The chunk's buffer is free again in the end. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#writing = this.#take(chunk);
    await this.#writing;
  }

  async finish(): Promise<void> {
    await this.#writing;
    this.#reader.end();
    await this.#unpacked.idle();
  }

  async sync(): Promise<number> {
    await this.#writing;
    const border = this.#border;
    await this.#unpacked.settle();
    await settleFolder(this.#options.folder);
    await this.#listUpTo(border);
    return border;
  }

  async recall({ border, entries, synced }: ReadList): Promise<void> {
    const rest = restingEvery(restEveryMs);
    for (const [n, entry] of entries.entries()) {
      this.#reader.recall(entry);
      this.#unpacked.recall(entry, n < synced);
      await rest();
    }
    this.#reader.goOnAt(border);
    this.#border = border;
    this.#listed = border;
  }

  async rewind(): Promise<number> {
    await this.#writing;
    await this.#unpacked.idle();
    await this.#unpacked.close();
    if (this.#reader.rewind()) {
      this.#unlisted.pop();
      await this.#unpacked.remove(this.#last);
    }
    return this.#border;
  }

  async publish(): Promise<string> {
    await this.finish();
    await checkFolder(fs, this.#options.folder);
    await this.#unpacked.date();
    await this.#unpacked.settle();
    const { folder, name, list } = this.#options;
    const { ino } = await fs.stat(this.path, { bigint: true });
    // Between the rename and whatever says so elsewhere, it is the list that knows.
    const before = async (one: string): Promise<void> => {
      if (list !== undefined) await addNameToList(list, { name: one, ino: `${ino}` });
    };
    const named = await nameTree(this.path, { folder, name, before });
    this.#isOver = true;
    await settleFolder(folder);
    return named;
  }

  async discard(): Promise<void> {
    if (this.#isOver) return;
    await this.keep();
    await fs.rm(this.path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  async keep(): Promise<void> {
    this.#isOver = true;
    await this.#writing.catch(() => undefined);
    await this.#unpacked.close();
  }

  async #take(chunk: Uint8Array): Promise<void> {
    for (const piece of this.#reader.read(chunk)) {
      if (piece.type === 'bytes') await this.#unpacked.fill(piece.bytes);
      else {
        if (this.#options.list !== undefined) this.#unlisted.push(piece.entry);
        this.#last = piece.entry.path;
        await this.#unpacked.begin(piece.entry);
      }
      this.#border = this.#reader.border;
    }
    this.#border = this.#reader.border;
    if (this.#start !== undefined && this.#border - this.#listed >= listedEveryBytes) {
      await this.#unpacked.idle();
      await this.#listUpTo(this.#border, this.#start);
    }
  }

  async #listUpTo(border: number, start?: string): Promise<void> {
    this.#listed = border;
    if (this.#options.list === undefined) return;
    // The file that is coming stands behind the border.
    const whole = this.#reader.isInFile ? this.#unlisted.slice(0, -1) : this.#unlisted;
    this.#unlisted = this.#unlisted.slice(whole.length);
    await addToList(this.#options.list, whole, border, start);
  }
}

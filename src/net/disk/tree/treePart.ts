// A folder on its way in: unpacked while it comes into a part folder beside its place, and named by one rename once all of it is
// on disk. A folder is there whole or not at all, and never becomes one with another.

import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../core/base/limits.ts';
import type { FolderCounts, FolderEntry } from '../../../core/folder/entry.ts';
import { FolderReader } from '../../../core/folder/reader.ts';
import type { PartFile } from '../../../core/receiving/store.ts';
import { checkFolder, disk, openFlag, writeFailure } from '../disk.ts';
import { dateFolder, nameTree, settleFolder } from './folders.ts';
import { forEachOf, Lanes, restEveryMs, restingEvery } from './lanes.ts';
import { sweep } from './sweep.ts';
import { addToList, type ListedEntry, type ReadList, readList } from './treeList.ts';

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

/**
 * Makes the part folder. What comes and is no stream of a folder fails with ERR_MESSAGE_INVALID, the disk with ERR_NO_SPACE or
 * ERR_FOLDER_UNUSABLE.
 */
export async function openTreePart(options: TreePartOptions): Promise<TreePart> {
  await fs.mkdir(options.path, { mode: 0o700 }).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
  return new OpenTreePart(options);
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
  const part = new OpenTreePart(options);
  await part.recall(listed);
  return { part, border: listed.border };
}

/** A file whose bytes are coming: a small one is written in one go, once they are there. */
type OpenFile = { readonly entry: FolderEntry; done: number } & (
  | { readonly bytes: Uint8Array }
  | { readonly handle: FileHandle }
);

/** A folder of the part: when it is there, and the time that it gets in the end. */
type Folder = { readonly made: Promise<void>; readonly mtime: number | undefined };

class OpenTreePart implements TreePart {
  readonly #options: TreePartOptions;
  readonly #reader: FolderReader;
  readonly #lanes = new Lanes();
  readonly #folders = new Map<string, Folder>([['', { made: Promise.resolve(), mtime: undefined }]]);
  /** Folders with something in them that may not be on disk by name. */
  readonly #unsynced = new Set<string>(['']);
  #file: OpenFile | undefined;
  /** What came since the list was written. */
  #unlisted: ListedEntry[] = [];
  /** The file that came last. */
  #last = '';
  #border = 0;
  #writing: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: TreePartOptions) {
    this.#options = options;
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
    await this.#lanes.idle();
  }

  async sync(): Promise<number> {
    await this.#writing;
    const border = this.#border;
    const unsynced = [...this.#unsynced];
    this.#unsynced.clear();
    await this.#lanes.idle();
    await forEachOf(unsynced, (path) => settleFolder(join(this.path, path)));
    await settleFolder(this.#options.folder);
    await this.#listUpTo(border);
    return border;
  }

  async recall({ border, entries }: ReadList): Promise<void> {
    const rest = restingEvery(restEveryMs);
    for (const entry of entries) {
      this.#reader.recall(entry);
      if (entry.kind === 'folder') this.#folders.set(entry.path, { made: Promise.resolve(), mtime: entry.mtime });
      await rest();
    }
    this.#reader.goOnAt(border);
    this.#border = border;
  }

  async rewind(): Promise<number> {
    await this.#writing;
    await this.#lanes.idle();
    await this.#closeFile();
    if (this.#reader.rewind()) {
      this.#unlisted.pop();
      await fs.rm(join(this.path, this.#last), { force: true }).catch((cause: unknown) => {
        throw writeFailure(cause);
      });
    }
    return this.#border;
  }

  async publish(): Promise<string> {
    await this.finish();
    await checkFolder(fs, this.#options.folder);
    // All of them before the first is synced: a file system with a journal then has what it writes in one go.
    await forEachOf(this.#folders, async ([path, { mtime }]) => {
      if (mtime !== undefined) await dateFolder(join(this.path, path), mtime);
    });
    await forEachOf(this.#folders.keys(), (path) => settleFolder(join(this.path, path)));
    const named = await nameTree(this.path, this.#options);
    this.#isOver = true;
    await settleFolder(this.#options.folder);
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
    await this.#lanes.settled();
    await this.#closeFile();
  }

  async #listUpTo(border: number): Promise<void> {
    if (this.#options.list === undefined) return;
    // The file that is coming stands behind the border.
    const whole = this.#reader.isInFile ? this.#unlisted.slice(0, -1) : this.#unlisted;
    this.#unlisted = this.#unlisted.slice(whole.length);
    await addToList(this.#options.list, whole, border);
  }

  async #closeFile(): Promise<void> {
    if (this.#file !== undefined && 'handle' in this.#file) await this.#file.handle.close().catch(() => undefined);
    this.#file = undefined;
  }

  async #take(chunk: Uint8Array): Promise<void> {
    for (const piece of this.#reader.read(chunk)) {
      if (piece.type === 'entry' && this.#options.list !== undefined) this.#unlisted.push(piece.entry);
      if (piece.type === 'bytes') await this.#fill(piece.bytes);
      else if (piece.entry.kind === 'folder') await this.#makeFolder(piece.entry);
      else await this.#beginFile(piece.entry);
      this.#border = this.#reader.border;
    }
    this.#border = this.#reader.border;
  }

  async #makeFolder({ path, mtime }: FolderEntry): Promise<void> {
    const make = async (): Promise<void> => {
      await this.#parentOf(path);
      await fs.mkdir(join(this.path, path), { mode: 0o700 }).catch((cause: unknown) => {
        throw writeFailure(cause);
      });
    };
    const made = make();
    this.#folders.set(path, { made, mtime });
    this.#unsynced.add(path);
    await this.#lanes.add(made);
  }

  async #beginFile(entry: FolderEntry): Promise<void> {
    this.#last = entry.path;
    if (entry.size <= limits.pieceBytes) {
      this.#file = { entry, bytes: new Uint8Array(entry.size), done: 0 };
      if (entry.size === 0) await this.#endFile(this.#file);
      return;
    }
    this.#file = { entry, handle: await this.#create(entry), done: 0 };
  }

  async #fill(bytes: Uint8Array): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error('bytes of no file');
    if ('bytes' in file) file.bytes.set(bytes, file.done);
    else await writeAll(file.handle, bytes, file.done);
    file.done += bytes.length;
    if (file.done === file.entry.size) await this.#endFile(file);
  }

  /** Each file is on disk soon after it has come, and not only in the end. */
  async #endFile(file: OpenFile): Promise<void> {
    this.#file = undefined;
    const end = async (): Promise<void> => {
      const handle = 'handle' in file ? file.handle : await this.#create(file.entry);
      try {
        if ('bytes' in file) await writeAll(handle, file.bytes, 0);
        await handle.utimes(file.entry.mtime, file.entry.mtime);
        await handle.datasync();
      } catch (cause) {
        throw writeFailure(cause);
      } finally {
        await handle.close().catch(() => undefined);
      }
    };
    await this.#lanes.add(end());
  }

  async #create({ path, executable }: FolderEntry): Promise<FileHandle> {
    await this.#parentOf(path);
    const { O_WRONLY, O_CREAT, O_EXCL } = disk.constants;
    const mode = executable && this.#options.keepExecutable ? 0o700 : 0o600;
    try {
      return await fs.open(join(this.path, path), O_WRONLY | O_CREAT | O_EXCL | openFlag('O_NOFOLLOW'), mode);
    } catch (cause) {
      throw writeFailure(cause);
    }
  }

  async #parentOf(path: string): Promise<void> {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    this.#unsynced.add(parent);
    await this.#folders.get(parent)?.made;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  } catch (cause) {
    throw writeFailure(cause);
  }
}

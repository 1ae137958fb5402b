// What is unpacked into a part folder: its files, written side by side, its folders, and what of both may not be on the disk yet.

import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../core/base/limits.ts';
import type { FolderEntry } from '../../../core/folder/entry.ts';
import { disk, openFlag, writeFailure } from '../disk.ts';
import { dateFolder, settleFolder } from './folders.ts';
import { forEachOf, Lanes } from './lanes.ts';
import type { SyncAll } from './syncAll.ts';
import type { ListedEntry } from './treeList.ts';

export type UnpackedOptions = {
  /** The part folder. */
  readonly root: string;
  readonly keepExecutable: boolean;
  /** Finds what syncs many files at once; where there is nothing, each is synced once it is written. */
  readonly findSyncAll: () => Promise<SyncAll | undefined>;
};

/** A file whose bytes are coming: a small one is written in one go, once they are there. */
type OpenFile = { readonly entry: FolderEntry; done: number } & (
  | { readonly bytes: Uint8Array }
  | { readonly handle: FileHandle }
);

/** A folder of the part: when it is there, and the time that it gets in the end. */
type Folder = { readonly made: Promise<void>; readonly mtime: number | undefined };

const { promises: fs } = disk;
/** So few small files are on the disk sooner one by one. */
const few = 32;

/** All that writes fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE, maybe later than what it was that failed. */
export class Unpacked {
  readonly #options: UnpackedOptions;
  readonly #lanes = new Lanes();
  readonly #folders = new Map<string, Folder>([['', { made: Promise.resolve(), mtime: undefined }]]);
  #file: OpenFile | undefined;
  #syncAll: Promise<SyncAll | undefined> | undefined;
  #small = 0;
  /** Files that were written and not synced, and folders of which names or times were. */
  #files: string[] = [];
  #unsynced = new Set<string>(['']);

  constructor(options: UnpackedOptions) {
    this.#options = options;
  }

  /** Takes an entry that another process has written, whether or not it is on the disk. */
  recall({ kind, path, mtime }: ListedEntry, isSynced: boolean): void {
    if (kind === 'folder') this.#folders.set(path, { made: Promise.resolve(), mtime });
    if (isSynced) return;
    this.#unsynced.add(parentOf(path));
    if (kind === 'folder') this.#unsynced.add(path);
    else this.#files.push(path);
  }

  /**
   * Goes on with a large file that another process has begun, behind the bytes of it that count: at most so many, and one less
   * than all of it. Gives how many that is.
   */
  async goOnIn(entry: FolderEntry, atMost: number): Promise<number> {
    this.#unsynced.add(parentOf(entry.path));
    try {
      const handle = await fs.open(join(this.#options.root, entry.path), disk.constants.O_WRONLY | openFlag('O_NOFOLLOW'));
      const file = { entry, handle, done: 0 };
      this.#file = file;
      file.done = Math.min((await handle.stat()).size, atMost, entry.size - 1);
      await handle.truncate(file.done);
      return file.done;
    } catch (cause) {
      throw writeFailure(cause);
    }
  }

  /** How many bytes of a large file that has begun are written; undefined where none has. */
  get written(): number | undefined {
    return this.#file !== undefined && 'handle' in this.#file ? this.#file.done : undefined;
  }

  /** Begins with an entry; the bytes of a file follow. */
  async begin(entry: FolderEntry): Promise<void> {
    if (entry.kind === 'folder') await this.#makeFolder(entry);
    else if (entry.size > limits.pieceBytes) this.#file = { entry, handle: await this.#create(entry), done: 0 };
    else this.#file = { entry, bytes: new Uint8Array(entry.size), done: 0 };
    if (this.#file?.entry.size === 0) await this.#endFile(this.#file);
  }

  /** Adds bytes to the file that was begun; their buffer is free again in the end. */
  async fill(bytes: Uint8Array): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error('bytes of no file');
    if ('bytes' in file) file.bytes.set(bytes, file.done);
    else await writeAll(file.handle, bytes, file.done);
    file.done += bytes.length;
    if (file.done === file.entry.size) await this.#endFile(file);
  }

  /** Waits until all that came as a whole is written, and fails where something could not be. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Waits until all that has come as a whole by now is written. Fails as `idle`. */
  soFar(): Promise<void> {
    return this.#lanes.soFar();
  }

  /** Waits until nothing is written any more, and lets go of the file that has begun. Never fails. */
  async close(): Promise<void> {
    await this.#lanes.settled();
    if (this.#file !== undefined && 'handle' in this.#file) await this.#file.handle.close().catch(() => undefined);
    this.#file = undefined;
  }

  /** Gives all folders their times. */
  async date(): Promise<void> {
    // All of them before the first is synced: a file system with a journal then has what it writes in one go.
    await forEachOf(this.#folders, async ([path, { mtime }]) => {
      if (mtime !== undefined) await dateFolder(join(this.#options.root, path), mtime);
    });
    for (const path of this.#folders.keys()) this.#unsynced.add(path);
  }

  /** Brings all that is written to the disk. Where that fails, nothing is certain of the part. */
  async settle(): Promise<void> {
    await this.#lanes.idle();
    if (this.#file !== undefined && 'handle' in this.#file) await settleHandle(this.#file.handle);
    const { root } = this.#options;
    const [files, folders] = [this.#files, this.#unsynced];
    this.#files = [];
    this.#unsynced = new Set();
    if (files.length + folders.size > few && (await (await this.#findSyncAll())?.(root)) === true) return;
    await forEachOf(files, (path) => settleFile(join(root, path)));
    await forEachOf(folders, (path) => settleFolder(join(root, path)));
  }

  async #makeFolder({ path, mtime }: FolderEntry): Promise<void> {
    const make = async (): Promise<void> => {
      await this.#parentOf(path);
      await fs.mkdir(join(this.#options.root, path), { mode: 0o700 }).catch((cause: unknown) => {
        throw writeFailure(cause);
      });
    };
    const made = make();
    this.#folders.set(path, { made, mtime });
    this.#unsynced.add(path);
    await this.#lanes.add(made);
  }

  #findSyncAll(): Promise<SyncAll | undefined> {
    return (this.#syncAll ??= this.#options.findSyncAll());
  }

  /** Each file is on its way to the disk by itself, unless there is one sync for many: then small ones are left for that. */
  async #endFile(file: OpenFile): Promise<void> {
    this.#file = undefined;
    const end = async (): Promise<void> => {
      const handle = 'handle' in file ? file.handle : await this.#create(file.entry);
      try {
        if ('bytes' in file) await writeAll(handle, file.bytes, 0);
        await handle.utimes(file.entry.mtime, file.entry.mtime);
        if ('bytes' in file && ++this.#small > few && (await this.#findSyncAll()) !== undefined)
          this.#files.push(file.entry.path);
        else await handle.datasync();
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
      return await fs.open(join(this.#options.root, path), O_WRONLY | O_CREAT | O_EXCL | openFlag('O_NOFOLLOW'), mode);
    } catch (cause) {
      throw writeFailure(cause);
    }
  }

  async #parentOf(path: string): Promise<void> {
    const parent = parentOf(path);
    this.#unsynced.add(parent);
    await this.#folders.get(parent)?.made;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  } catch (cause) {
    throw writeFailure(cause);
  }
}

async function settleHandle(handle: FileHandle): Promise<void> {
  await handle.datasync().catch((cause: unknown) => {
    throw writeFailure(cause);
  });
}

async function settleFile(path: string): Promise<void> {
  try {
    const file = await fs.open(path, 'r');
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw writeFailure(cause);
  }
}

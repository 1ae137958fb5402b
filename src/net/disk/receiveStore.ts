// Received files on disk. A file is written beside its place under a name that says whose it is, and gets its own name by `link`,
// which never replaces anything, once it is complete. What a killed process left behind goes at the next start.

import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { FerryError, systemCodeOf } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { Landing, PartFile, ReceiveStore } from '../../core/receiving/store.ts';
import { numberedName, safeFileName } from '../../core/text/safeName.ts';
import { disk, isRunning, openFlag, writeFailure } from './disk.ts';

export type Folders = Readonly<Record<Landing, string>>;

export type ReceiveStoreOptions = {
  /** Asked anew for every item: the person may choose another folder at any time. */
  readonly folders: () => Folders;
  readonly keepFreeBytes?: number;
};

const { promises: fs } = disk;
const namesTried = 1_000;
/** A transfer that moves writes all the time: nobody is behind a part file this old, whatever process has its number now. */
const abandonedAfterMs = 24 * 60 * 60_000;
const keptAliveMs = 60_000;

/** The disk that receives. */
export function createReceiveStore({ folders, keepFreeBytes = limits.diskKeptFreeBytes }: ReceiveStoreOptions): ReceiveStore {
  // What was promised to offers and is not on disk yet. Both folders count alike: they are on one disk as a rule.
  const promised = new Set<{ bytes: number }>();
  return {
    async prepare(landing, bytes) {
      const folder = folders()[landing];
      await makeFolder(folder);
      const promise = { bytes };
      // Before the disk is asked, so that of two offers that come together one sees the other.
      promised.add(promise);
      try {
        const { bavail, bsize } = await fs.statfs(folder).catch((cause: unknown) => {
          throw writeFailure(cause);
        });
        const taken = [...promised].reduce((sum, one) => sum + one.bytes, 0);
        if (bavail * bsize - taken < keepFreeBytes) {
          throw new FerryError('ERR_NO_SPACE', 'there is no space for the item', { detail: { bytes, free: bavail * bsize } });
        }
      } catch (error) {
        promised.delete(promise);
        throw error;
      }
      return {
        wrote: (written) => {
          promise.bytes = Math.max(0, bytes - written);
        },
        release: () => void promised.delete(promise),
      };
    },
    async create(landing, name) {
      const folder = folders()[landing];
      await checkFolder(folder);
      return openPart(folder, safeFileName(name));
    },
    createHash: () => createHash('sha256'),
  };
}

/** Removes part files of processes that are gone from a folder; one that is not there is left alone. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    const match = /^\.ferry-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{16}\.part$/.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    const gone = (match[1] === hostTag && !isRunning(Number(match[2]))) || (await isOlderThan(path, abandonedAfterMs));
    if (gone) await fs.unlink(path).catch(() => undefined);
  }
}

/** The part of Ferry's own storage that belongs to this process: what it holds is of use to this window only. */
export function storageOfProcess(folder: string): string {
  return join(folder, `${hostTag}-${process.pid}`);
}

/**
 * Removes from Ferry's own storage what processes that are gone have left; of those that cannot be asked, what nobody touched for
 * a day.
 */
export async function removeStaleStorage(folder: string): Promise<void> {
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    const match = /^([0-9a-f]{8})-(\d{1,10})$/.exec(name);
    const path = join(folder, name);
    if (match === null || path === storageOfProcess(folder)) continue;
    const isGone = match[1] === hostTag && !isRunning(Number(match[2]));
    if (isGone || (await isOlderThan(path, abandonedAfterMs))) await fs.rm(path, { recursive: true, force: true });
  }
}

/**
 * Says now and again that this process is still there, for those that cannot ask: its number may be that of another process
 * elsewhere, or after a restart. The disposable ends it.
 */
export function keepStorage(folder: string): { dispose(): void } {
  const path = storageOfProcess(folder);
  const touch = (): void => {
    const now = new Date();
    // There is nothing to keep where the folder is not there.
    fs.utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(touch, keptAliveMs);
  timer.unref();
  return { dispose: () => clearInterval(timer) };
}

/** Tells the machines that may share a folder apart, without naming them. */
const hostTag = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

async function makeFolder(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
    await fs.access(folder, disk.constants.W_OK | disk.constants.X_OK);
  } catch (cause) {
    throw writeFailure(cause);
  }
  await checkFolder(folder);
}

/** A link may point anywhere by the time of writing, and in a folder that others write to a name can be taken from under us. */
async function checkFolder(folder: string): Promise<void> {
  const found = await fs.lstat(folder).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
  const reason = found.isSymbolicLink()
    ? 'link'
    : !found.isDirectory()
      ? 'not-a-folder'
      : process.platform !== 'win32' && (found.mode & 0o022) !== 0
        ? 'shared'
        : undefined;
  if (reason !== undefined) {
    throw new FerryError('ERR_FOLDER_UNUSABLE', `the folder for received items cannot be used: ${reason}`, {
      detail: { reason },
    });
  }
}

async function openPart(folder: string, name: string): Promise<PartFile> {
  const path = join(folder, `.ferry-${hostTag}-${process.pid}-${randomBytes(8).toString('hex')}.part`);
  const { O_WRONLY, O_CREAT, O_EXCL } = disk.constants;
  const file = await fs.open(path, O_WRONLY | O_CREAT | O_EXCL | openFlag('O_NOFOLLOW'), 0o600).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
  return new OpenPartFile(file, path, folder, name);
}

class OpenPartFile implements PartFile {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #folder: string;
  readonly #name: string;
  #writing: Promise<void> = Promise.resolve();
  #open = true;

  constructor(file: FileHandle, path: string, folder: string, name: string) {
    this.#file = file;
    this.#path = path;
    this.#folder = folder;
    this.#name = name;
  }

  /** The chunk's buffer is free again in the end. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#writing = this.#writeAll(chunk);
    await this.#writing;
  }

  async finish(): Promise<void> {
    await this.#writing;
  }

  async publish(): Promise<string> {
    await Promise.all([this.#close(), checkFolder(this.#folder)]);
    for (let count = 0; count < namesTried; count += 1) {
      const path = join(this.#folder, count === 0 ? this.#name : numberedName(this.#name, count));
      if (await nameFile(this.#path, path)) return path;
    }
    throw new FerryError('ERR_FOLDER_UNUSABLE', 'no free name is left for the item', { detail: { reason: 'names' } });
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#close();
    await fs.unlink(this.#path).catch(() => undefined);
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.length; ) at += (await this.#file.write(chunk, at)).bytesWritten;
    } catch (cause) {
      throw writeFailure(cause);
    }
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#file.close().catch(() => undefined);
  }
}

/** Gives a part file another name too, never one that is taken; false where it is. Its first name goes with `discard`. */
async function nameFile(part: string, path: string): Promise<boolean> {
  try {
    await fs.link(part, path);
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCodeOf(cause))) throw writeFailure(cause);
  }
  // A file system without hard links (FAT, some network folders).
  try {
    await fs.copyFile(part, path, disk.constants.COPYFILE_EXCL);
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === 'EEXIST') return false;
    await fs.unlink(path).catch(() => undefined);
    throw writeFailure(cause);
  }
}

async function isOlderThan(path: string, ageMs: number): Promise<boolean> {
  const found = await fs.lstat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ageMs;
}

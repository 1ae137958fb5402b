// A file on its way to its name: written beside its place, and given its name by `link`, which never replaces anything, once
// all of it is on the disk.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { FerryError, systemCodeOf } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { KeptPart, PartFile, PublishedPart } from '../../core/receiving/store.ts';
import { numberedName } from '../../core/text/safeName.ts';
import { checkFolder, type DiskPort, disk, openFlag, writeFailure } from './disk.ts';

const namesTried = 1_000;
const settleEveryBytes = 64 * 1024 * 1024;

/** `path` is where it lies, `folder` and `name` are where it belongs; `sync` makes durable which names the folder has. */
export type Place = {
  readonly fs: DiskPort;
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  readonly sync: () => Promise<void>;
};

/** An empty part. Fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE. */
export async function newPart(place: Place): Promise<PartFile> {
  const { O_RDWR, O_CREAT, O_EXCL } = disk.constants;
  const file = await openFile(place, O_RDWR | O_CREAT | O_EXCL);
  return new OpenPart(place, file, 0);
}

/**
 * A part that another process has left, with what is in it: that is on the disk now. Undefined where it is no file of our own.
 * Fails as newPart.
 */
export async function openPart(place: Place): Promise<KeptPart | PublishedPart | undefined> {
  const file = await openFile(place, disk.constants.O_RDWR);
  try {
    const found = await file.stat();
    if (!found.isFile()) {
      await file.close();
      return undefined;
    }
    if (found.nlink > 1) {
      await file.close();
      const published = await publishedAs(place, found.ino);
      // The person has moved it: it comes once more, and what is left here must not stand in its way.
      if (published === undefined) await place.fs.unlink(place.path);
      return published;
    }
    await file.datasync();
    return { part: new OpenPart(place, file, found.size), size: found.size };
  } catch (cause) {
    await file.close();
    throw writeFailure(cause);
  }
}

/** The name that a part was given. Its folder is synced: its process may have gone between the two. */
async function publishedAs({ fs, folder, path, sync }: Place, ino: number): Promise<PublishedPart | undefined> {
  for (const name of await fs.readdir(folder)) {
    const candidate = join(folder, name);
    if (candidate === path || (await fs.lstat(candidate).catch(() => undefined))?.ino !== ino) continue;
    await sync();
    return { published: candidate, discard: () => fs.unlink(path).catch(() => undefined) };
  }
  return undefined;
}

async function openFile({ fs, path }: Place, flags: number): Promise<FileHandle> {
  return fs.open(path, flags | openFlag('O_NOFOLLOW'), 0o600).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
}

class OpenPart implements PartFile {
  readonly #place: Place;
  readonly #file: FileHandle;
  #size: number;
  #writing: Promise<void> = Promise.resolve();
  #isOpen = true;
  #isKept = false;
  /** Wakes whoever reads behind what is written. */
  #grown = Promise.withResolvers<undefined>();
  #isWhole = false;
  #onKept: (bytes: number) => void = () => undefined;
  /** Bytes that are on the disk, or on their way there. */
  #settled: number;
  #settling: Promise<void> = Promise.resolve();

  constructor(place: Place, file: FileHandle, size: number) {
    this.#place = place;
    this.#file = file;
    this.#size = size;
    this.#settled = size;
  }

  /** The chunk's buffer is free again in the end. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#writing = this.#writeAll(chunk);
    await this.#writing;
    await this.#settleSome();
    this.#wake();
    this.#onKept(this.#size);
  }

  whenKept(tell: (bytes: number) => void): void {
    this.#onKept = tell;
  }

  async finish(): Promise<void> {
    await this.#writing;
    this.#isWhole = true;
    this.#wake();
  }

  followed(): { digest(): Promise<Uint8Array> } {
    const sha256 = this.#follow();
    // A failure is told where it is awaited.
    sha256.catch(() => undefined);
    return { digest: () => sha256 };
  }

  async publish(): Promise<string> {
    const { fs, folder, name, sync } = this.#place;
    // The part's own name too: or a power cut could leave the file with its name alone, and the next start would make another.
    const settled = this.#settling.then(() => this.#file.datasync());
    await Promise.all([settled, sync()]).catch((cause: unknown) => {
      throw writeFailure(cause);
    });
    await Promise.all([this.#close(), checkFolder(fs, folder)]);
    for (let count = 0; count < namesTried; count += 1) {
      const path = join(folder, count === 0 ? name : numberedName(name, count));
      if (!(await nameFile(this.#place, path))) continue;
      await sync().catch((cause: unknown) => {
        throw writeFailure(cause);
      });
      return path;
    }
    throw new FerryError('ERR_FOLDER_UNUSABLE', 'no free name is left for the item', { detail: { reason: 'names' } });
  }

  async keep(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#close();
    this.#isKept = true;
  }

  async discard(): Promise<void> {
    if (this.#isKept) return;
    await this.#writing.catch(() => undefined);
    await this.#close();
    await this.#place.fs.unlink(this.#place.path).catch(() => undefined);
  }

  /**
   * Brings what was written to the disk while more comes, so that little is left for the end. Once that fails, nothing is
   * certain of what came before, and the part has failed.
   */
  async #settleSome(): Promise<void> {
    if (this.#size - this.#settled < settleEveryBytes) return;
    await this.#settling.catch((cause: unknown) => {
      throw writeFailure(cause);
    });
    this.#settled = this.#size;
    this.#settling = this.#file.datasync();
    // A failure is told where it is awaited.
    this.#settling.catch(() => undefined);
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await this.#file.write(chunk, at, chunk.length - at, this.#size);
        at += bytesWritten;
        this.#size += bytesWritten;
      }
    } catch (cause) {
      throw writeFailure(cause);
    }
  }

  #wake(): void {
    this.#grown.resolve(undefined);
    this.#grown = Promise.withResolvers();
  }

  async #follow(): Promise<Uint8Array> {
    const hash = createHash('sha256');
    const buffer = new Uint8Array(limits.pieceBytes);
    for (let at = 0; ; ) {
      if (!this.#isOpen) throw new FerryError('ERR_CANCELLED', 'the part was closed');
      const length = Math.min(buffer.length, this.#size - at);
      if (length === 0 && this.#isWhole) return hash.digest();
      if (length === 0) {
        await this.#grown.promise;
        continue;
      }
      const { bytesRead } = await this.#file.read(buffer, 0, length, at);
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#wake();
    await this.#settling.catch(() => undefined);
    await this.#file.close().catch(() => undefined);
  }
}

/** Gives a part another name too, never one that is taken; false where it is. Its first name goes with `discard`. */
async function nameFile({ fs, path: part }: Place, path: string): Promise<boolean> {
  try {
    await fs.link(part, path);
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCodeOf(cause))) throw writeFailure(cause);
  }
  // A file system without hard links (FAT, some network folders): an empty file takes the name, and the part takes its place.
  try {
    await (await fs.open(path, 'wx', 0o600)).close();
    await fs.rename(part, path);
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === 'EEXIST') return false;
    await fs.unlink(path).catch(() => undefined);
    throw writeFailure(cause);
  }
}

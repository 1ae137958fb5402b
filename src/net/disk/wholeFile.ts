// Whole files: read, removed, and written where the person chose, beside the place first and then under the name, so that what
// was there stays until the new one is complete.

import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { FerryError } from '../../core/base/errors.ts';
import { disk, openFlag, writeFailure } from './disk.ts';
import { partName } from './leftovers.ts';

const { promises: fs } = disk;

/** The content of a file. Fails where it cannot be read. */
export function readWholeFile(path: string): Promise<Uint8Array> {
  return fs.readFile(path);
}

/** Where a path leads once every link on the way was followed; itself where it leads nowhere. */
export function realPathOf(path: string): Promise<string> {
  return fs.realpath(path).catch(() => path);
}

/** Removes a file. Fails where there is none. */
export function removeFile(path: string): Promise<void> {
  return fs.unlink(path);
}

/** Removes a file or a folder that lies in `folder` itself, and nothing else. Fails with ERR_NOT_FOUND for any other. */
export async function removeIn(folder: string, path: string): Promise<void> {
  if (dirname(path) !== folder) throw new FerryError('ERR_NOT_FOUND', 'this is not in the storage of Ferry');
  await fs.rm(path, { recursive: true, force: true });
}

/**
 * Writes `bytes` to `path`, mode 0600. Fails with ERR_NO_SPACE, ERR_FOLDER_UNUSABLE, or as `bytes` does; nothing is left then.
 */
export async function writePrivateFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const part = partBeside(path);
  const { O_WRONLY, O_CREAT, O_EXCL } = disk.constants;
  const file = await fs.open(part, O_WRONLY | O_CREAT | O_EXCL | openFlag('O_NOFOLLOW'), 0o600).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
  try {
    try {
      for await (const chunk of bytes) await writeAll(file, chunk);
      await file.datasync();
    } finally {
      await file.close();
    }
    await fs.rename(part, path).catch((cause: unknown) => {
      throw writeFailure(cause);
    });
  } catch (error) {
    await fs.unlink(part).catch(() => undefined);
    throw error;
  }
}

/** Puts a text in the place of a file, mode 0600: a reader sees the old one or the new one. Fails where the disk does. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const part = partBeside(path);
  try {
    await fs.writeFile(part, text, { mode: 0o600, flush: true });
    await fs.rename(part, path);
  } catch (error) {
    await fs.unlink(part).catch(() => undefined);
    throw error;
  }
}

/** What a killed process leaves of it goes with its other parts. */
function partBeside(path: string): string {
  return join(dirname(path), partName(randomBytes(8).toString('hex')));
}

/** A descriptor that this process was started with, as a path names it. */
const descriptor = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/;

/**
 * Whether nothing is replaced by writing to a path that is there: a descriptor that was handed over, a pipe or a device. Gives
 * false where there is nothing.
 */
export async function takesBytes(path: string): Promise<boolean> {
  if (descriptor.test(path)) return true;
  const found = await fs.stat(path).catch(() => undefined);
  return found !== undefined && (found.isFIFO() || found.isCharacterDevice());
}

/** Writes `bytes` to such a path. Fails with ERR_NO_SPACE, ERR_FOLDER_UNUSABLE, or as `bytes` does. */
export async function writeThrough(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const [, fd] = descriptor.exec(path) ?? [];
  try {
    // A chunk is lent until the next is asked for, so none may wait in the stream.
    const options = { highWaterMark: 1 };
    const stream =
      fd === undefined
        ? (await fs.open(path, disk.constants.O_WRONLY)).createWriteStream(options)
        : disk.createWriteStream(path, { ...options, fd: Number(fd) });
    await pipeline(bytes, stream);
  } catch (cause) {
    throw writeFailure(cause);
  }
}

async function writeAll(file: Awaited<ReturnType<typeof fs.open>>, chunk: Uint8Array): Promise<void> {
  try {
    for (let written = 0; written < chunk.length; ) written += (await file.write(chunk, written)).bytesWritten;
  } catch (cause) {
    throw writeFailure(cause);
  }
}

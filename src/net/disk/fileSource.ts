// A file on disk as something to send: streamed up to the size that it had, and noticed when it changes on the way. A file that
// only grows, as a log does, has not changed as far as it is sent.

import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { FerryError, systemCodeOf } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { SourceFile } from '../../core/wire/item.ts';
import { disk, openFlag } from './disk.ts';

/**
 * `size` in bytes as it is now; `open` gives exactly that many bytes of the file, or those from `from` on, if it has at most
 * grown since, or fails. Each chunk is lent until the next is asked for.
 */
export type FileSource = {
  readonly size: number;
  readonly file: SourceFile;
  readonly open: (signal: AbortSignal, from?: number) => AsyncIterable<Uint8Array>;
};

/**
 * The file at `path`. Fails with ERR_SOURCE_MISSING where there is none or it cannot be read (detail `reason`: missing, denied,
 * not-a-file); reading fails with ERR_SOURCE_CHANGED where the file is not what it was.
 */
export async function fileSource(path: string): Promise<FileSource> {
  const before = await stat(path);
  const { dev, ino, size, mtimeNs } = before;
  const file = { path, stamp: [dev, ino, size, mtimeNs].join(' ') };
  let last: Run = { from: 0, to: 0, sum: 0 };
  const open = (signal: AbortSignal, from = 0): AsyncIterable<Uint8Array> => {
    if (from <= last.from || from > last.to) last = { from, to: from, sum: 0 };
    return read(path, before, { from, run: last }, signal);
  };
  return { size: Number(size), file, open };
}

/** The bytes of a file that have left, over one connection or several, and their checksum. */
type Run = { readonly from: number; to: number; sum: number };

async function stat(path: string): Promise<BigIntStats> {
  try {
    const found = await disk.promises.stat(path, { bigint: true });
    if (!found.isFile()) throw missing('not-a-file');
    return found;
  } catch (cause) {
    throw missingBecause(cause);
  }
}

async function* read(
  path: string,
  before: BigIntStats,
  { from, run }: { readonly from: number; readonly run: Run },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await openForReading(path);
  try {
    await expectSame(file, before, run, signal);
    const size = Number(before.size);
    // Two buffers take turns: one is read into while the other is lent. New ones for every chunk would keep the collector busy.
    let [lent, free] = [new Uint8Array(Math.min(size, limits.pieceBytes)), new Uint8Array(Math.min(size, limits.pieceBytes))];
    let next = readAt(file, free, from, size);
    for (let position = from; position < size; ) {
      signal.throwIfAborted();
      const chunk = await next;
      if (chunk.length === 0) throw changed();
      const fresh = chunk.subarray(Math.max(0, run.to - position));
      run.sum = crc32(fresh, run.sum);
      run.to += fresh.length;
      position += chunk.length;
      [lent, free] = [free, lent];
      next = readAt(file, free, position, size);
      // A read ahead that fails while its predecessor is on its way is told when it is awaited.
      next.catch(() => undefined);
      yield chunk;
    }
    await expectSame(file, before, run, signal);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, into: Uint8Array, position: number, size: number): Promise<Uint8Array> {
  const length = Math.min(into.length, size - position);
  if (length <= 0) return new Uint8Array();
  const { bytesRead } = await file.read(into, 0, length, position);
  return into.subarray(0, bytesRead);
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    // A pipe that took the file's place must not hold us up.
    return await disk.promises.open(path, disk.constants.O_RDONLY | openFlag('O_NONBLOCK'));
  } catch (cause) {
    throw missingBecause(cause);
  }
}

/**
 * Fails with ERR_SOURCE_CHANGED where the file is another one, or changed in another way than to grow: what only grew still has
 * what has left of it, what was written anew has not.
 */
async function expectSame(file: FileHandle, before: BigIntStats, run: Run, signal: AbortSignal): Promise<void> {
  const now = await file.stat({ bigint: true });
  const isSameFile = now.ino === before.ino && now.dev === before.dev;
  const isUntouched = now.size === before.size && now.mtimeNs === before.mtimeNs;
  if (!isSameFile || (!isUntouched && now.size <= before.size)) throw changed();
  if (!isUntouched && (await sumOf(file, run, signal)) !== run.sum) throw changed();
}

/** The checksum of these bytes as they are now. */
async function sumOf(file: FileHandle, { from, to }: Run, signal: AbortSignal): Promise<number> {
  const buffer = new Uint8Array(Math.min(to, limits.pieceBytes));
  let sum = 0;
  for (let position = from; position < to; ) {
    signal.throwIfAborted();
    const chunk = await readAt(file, buffer, position, to);
    if (chunk.length === 0) throw changed();
    sum = crc32(chunk, sum);
    position += chunk.length;
  }
  return sum;
}

function changed(): FerryError {
  return new FerryError('ERR_SOURCE_CHANGED', 'the file changed while it was being sent');
}

function missing(reason: 'missing' | 'denied' | 'not-a-file', cause?: unknown): FerryError {
  return new FerryError('ERR_SOURCE_MISSING', 'the file cannot be read', { cause, detail: { reason } });
}

function missingBecause(cause: unknown): FerryError {
  if (cause instanceof FerryError) return cause;
  return missing(['EACCES', 'EPERM'].includes(systemCodeOf(cause)) ? 'denied' : 'missing', cause);
}

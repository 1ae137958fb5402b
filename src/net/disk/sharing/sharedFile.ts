// A shared file as an item: what it was when it was described, to the last byte, or an error.

import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

import { FerryError } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import type { SharedSource } from '../../../core/sharing/sharedDisk.ts';
import { openFound } from './place.ts';

/** The file that was found at a path below `root`, a real path. It is opened only when its bytes are wanted. */
export function sharedFile(root: string, path: string, found: BigIntStats, name: string): SharedSource {
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  const item = { kind: 'file', name, size: Number(size), mediaType: 'application/octet-stream' } as const;
  return {
    ...{ item, etag: etagOf([dev, ino, size, mtimeNs, ctimeNs].join(' ')) },
    open: (signal, from = 0) => read(() => openFound(root, path, found), found, from, signal),
  };
}

/** A strong tag that says nothing but whether two texts are the same. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 32)}"`;
}

async function* read(
  open: () => Promise<FileHandle>,
  found: BigIntStats,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await open();
  try {
    if (!(await isSame(file, found))) throw changed();
    const size = Number(found.size);
    // Two buffers take turns: one is read into while the other is lent.
    let [lent, free] = [1, 2].map(() => new Uint8Array(Math.min(size - from, limits.pieceBytes))) as [Uint8Array, Uint8Array];
    let next = readAt(file, free, from, size);
    for (let at = from; at < size; ) {
      signal.throwIfAborted();
      const chunk = await next;
      at += chunk.length;
      // The last of it waits for another look: a file that changed on the way must not seem whole.
      if (chunk.length === 0 || (at >= size && !(await isSame(file, found)))) throw changed();
      [lent, free] = [free, lent];
      next = readAt(file, free, at, size);
      // One that fails while its predecessor is on its way is told when it is awaited.
      next.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, into: Uint8Array, at: number, size: number): Promise<Uint8Array> {
  const length = Math.min(into.length, size - at);
  if (length <= 0) return new Uint8Array();
  const { bytesRead } = await file.read(into, 0, length, at);
  return into.subarray(0, bytesRead);
}

async function isSame(file: FileHandle, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Promise<boolean> {
  const now = await file.stat({ bigint: true });
  return now.dev === dev && now.ino === ino && now.size === size && now.mtimeNs === mtimeNs && now.ctimeNs === ctimeNs;
}

function changed(): FerryError {
  return new FerryError('ERR_SOURCE_CHANGED', 'the file is not what it was when it was described');
}

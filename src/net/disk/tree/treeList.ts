// The list of what has come of a folder, in a file of its own: by it, a part folder goes on in another process. Lines of JSON,
// one for each entry, and one with the byte up to which all entries before it are on disk.

import { dirname } from 'node:path';

import type { FolderEntry } from '../../../core/folder/entry.ts';
import { disk, writeFailure } from '../disk.ts';
import { settleFolder } from './folders.ts';

/** What is noted of an entry. */
export type ListedEntry = Pick<FolderEntry, 'kind' | 'path' | 'mtime'>;

/** What a list says, up to its last border. */
export type ReadList = { readonly border: number; readonly entries: readonly ListedEntry[] };

const { promises: fs } = disk;

/** Adds to the list at `path`: entries that are on disk, and the border behind them. Fails as a disk that is written does. */
export async function addToList(path: string, entries: readonly ListedEntry[], border: number): Promise<void> {
  const lines = entries.map(({ kind, path: of, mtime }) => JSON.stringify([kind, of, mtime]));
  try {
    const file = await fs.open(path, 'a', 0o600);
    try {
      await file.writeFile(`${[...lines, JSON.stringify([border])].join('\n')}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw writeFailure(cause);
  }
  await settleFolder(dirname(path));
}

/**
 * Reads the list at `path`, and cuts off what was written behind its last border when a process was ended. Gives the byte 0 and
 * no entries where there is no list.
 */
export async function readList(path: string): Promise<ReadList> {
  const file = await fs.open(path, 'r+').catch(() => undefined);
  if (file === undefined) return { border: 0, entries: [] };
  const entries: ListedEntry[] = [];
  let [border, kept, bytes, keptBytes] = [0, 0, 0, 0];
  try {
    const { size } = await file.stat();
    for await (const line of file.readLines({ autoClose: false, start: 0 })) {
      const found = parseLine(line);
      bytes += Buffer.byteLength(line) + 1;
      // The last line may be a part of one.
      if (found === undefined || bytes > size) break;
      if (typeof found !== 'number') {
        entries.push(found);
        continue;
      }
      [border, kept, keptBytes] = [found, entries.length, bytes];
    }
    await file.truncate(keptBytes);
  } finally {
    await file.close();
  }
  return { border, entries: entries.slice(0, kept) };
}

function parseLine(line: string): ListedEntry | number | undefined {
  const [kind, path, mtime, ...more] = arrayOf(line);
  if (isBytes(kind) && path === undefined) return kind;
  const isEntry = (kind === 'file' || kind === 'folder') && typeof path === 'string' && isBytes(mtime) && more.length === 0;
  return isEntry ? { kind, path, mtime } : undefined;
}

function isBytes(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function arrayOf(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch {
    return [];
  }
}

// The list of what has come of a folder, in a file of its own: by it, a part folder goes on in another process. Lines of JSON,
// one for each entry, and one with the byte up to which all entries before it are on disk, and a sum over the lines since the
// last such; or, with the start of the machine beside it, up to which they were written: the system has those until it stops.

import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

import type { FolderEntry } from '../../../core/folder/entry.ts';
import { disk, writeFailure } from '../disk.ts';
import { settleFolder } from './folders.ts';

/** What is noted of an entry. */
export type ListedEntry = Pick<FolderEntry, 'kind' | 'path' | 'mtime'>;

/** A name that the part folder was about to get, and the number that the file system has for that folder. */
export type ListedName = { readonly name: string; readonly ino: string };

/** What a list says, up to its last border that counts. The first `synced` of the entries are on disk. */
export type ReadList = {
  readonly border: number;
  readonly entries: readonly ListedEntry[];
  readonly synced: number;
  readonly names: readonly ListedName[];
};

const { promises: fs } = disk;

/** The start of the machine, as Linux names it; undefined elsewhere: two starts must never have one name. */
export async function startOfMachine(): Promise<string | undefined> {
  const named = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return /^[0-9a-f-]{36}\n?$/.test(named) ? named.trim() : undefined;
}

/**
 * Adds to the list at `path`: entries, and the border behind them. They are on disk, and so is the list then; or with `start`
 * they are written, which counts in that start of the machine alone. Fails as a disk that is written does.
 */
export async function addToList(path: string, entries: readonly ListedEntry[], border: number, start?: string): Promise<void> {
  const lines = entries.map(({ kind, path: of, mtime }) => JSON.stringify([kind, of, mtime]));
  const end = { border, ...(start === undefined ? {} : { start }) };
  const sum = sumOf(lines, end);
  await append(path, [...lines, JSON.stringify([border, sum, ...(start === undefined ? [] : [start])])], start === undefined);
}

/** Adds a name that the part folder is about to get. It is on disk then. Fails as a disk that is written does. */
export async function addNameToList(path: string, { name, ino }: ListedName): Promise<void> {
  await append(path, [JSON.stringify(['name', name, ino])], true);
}

/** A disk or a person may have damaged the list: a border that is wrong would leave files out. */
function sumOf(lines: readonly string[], { border, start = '' }: Omit<Border, 'sum'>): number {
  return crc32([...lines, border, start].join('\n'));
}

async function append(path: string, lines: readonly string[], isSynced: boolean): Promise<void> {
  try {
    const file = await fs.open(path, 'a', 0o600);
    try {
      await file.writeFile(`${lines.join('\n')}\n`);
      if (isSynced) await file.datasync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw writeFailure(cause);
  }
  if (isSynced) await settleFolder(dirname(path));
}

/**
 * Reads the list at `path`, and cuts off what was written behind its last border when a process was ended. Gives the byte 0 and
 * no entries where there is no list.
 */
export async function readList(path: string): Promise<ReadList> {
  const file = await fs.open(path, 'r+').catch(() => undefined);
  if (file === undefined) return { border: 0, entries: [], synced: 0, names: [] };
  const start = await startOfMachine();
  const entries: ListedEntry[] = [];
  const names: ListedName[] = [];
  let lines: string[] = [];
  let [border, kept, synced, bytes, keptBytes] = [0, 0, 0, 0, 0];
  try {
    const { size } = await file.stat();
    for await (const line of file.readLines({ autoClose: false, start: 0 })) {
      const found = parseLine(line);
      bytes += Buffer.byteLength(line) + 1;
      // The last line may be a part of one.
      if (found === undefined || bytes > size) break;
      if ('path' in found) {
        entries.push(found);
        lines.push(line);
        continue;
      }
      if ('ino' in found) {
        names.push(found);
        // Whoever reads it next has to know of it too.
        if (entries.length === kept) keptBytes = bytes;
        continue;
      }
      if (found.sum !== sumOf(lines, found)) break;
      lines = [];
      // What another start had written may have been lost with it.
      if (found.start !== undefined && found.start !== start) continue;
      [border, kept, keptBytes] = [found.border, entries.length, bytes];
      if (found.start === undefined) synced = kept;
    }
    await file.truncate(keptBytes);
  } finally {
    await file.close();
  }
  return { border, entries: entries.slice(0, kept), synced, names };
}

type Border = { readonly border: number; readonly sum: number; readonly start?: string };
type Line = ListedEntry | ListedName | Border;

function parseLine(line: string): Line | undefined {
  const [first, second, third, ...more] = arrayOf(line);
  if (more.length > 0) return undefined;
  if (isBytes(first) && isBytes(second)) {
    if (third === undefined) return { border: first, sum: second };
    return typeof third === 'string' ? { border: first, sum: second, start: third } : undefined;
  }
  if (typeof second !== 'string') return undefined;
  if (first === 'name') return typeof third === 'string' ? { name: second, ino: third } : undefined;
  return (first === 'file' || first === 'folder') && isBytes(third) ? { kind: first, path: second, mtime: third } : undefined;
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

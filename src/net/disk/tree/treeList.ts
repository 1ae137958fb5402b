// The list of what has come of a folder, in a file of its own: by it, a part folder goes on in another process. Lines of JSON,
// one for each entry, and one with the byte up to which all entries before it are on disk, and a sum over the lines since the
// last such; or, with the start of the machine beside it, up to which they were written: the system has those until it stops.
// Before that line stands the large file that has begun behind the entries, with the bytes of it that are on disk; in the start
// that the line names, its length says how many count.
//
//   ["folder","d",1700000000]                      entries that came as a whole
//   ["file","d/a",1700000000]
//   ["begun","large",1700000000,9000000,0,2560,0]  time, size, whether it may be run, where its content begins, what is on disk
//   [2048,1234567890,"0b0ac9d6-…"]                 the border behind the entries, the sum, and the start in which that counts

import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

import type { FolderEntry } from '../../../core/folder/entry.ts';
import { disk, writeFailure } from '../disk.ts';
import { settleFolder } from './folders.ts';

/** What is noted of an entry. */
export type ListedEntry = Pick<FolderEntry, 'kind' | 'path' | 'mtime'>;

/** A file whose content begins at byte `at` of the stream. `done`: the bytes of it that count; undefined where all of them do. */
export type BegunFile = { readonly entry: FolderEntry; readonly at: number; readonly done: number | undefined };

/** What is added to a list: entries, the border behind them, and the file that has begun there. */
export type Listed = {
  readonly entries: readonly ListedEntry[];
  readonly border: number;
  readonly begun: (BegunFile & { readonly done: number }) | undefined;
};

/** A name that the part folder was about to get, and the number that the file system has for that folder. */
export type ListedName = { readonly name: string; readonly ino: string };

/** What a list says, up to its last border that counts. The first `synced` of the entries are on disk. */
export type ReadList = {
  readonly border: number;
  readonly entries: readonly ListedEntry[];
  readonly begun: BegunFile | undefined;
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
 * Adds to the list at `path`. What it says is on disk, and so is the list then; or with `start` it is written, which counts in
 * that start of the machine alone. Fails as a disk that is written does.
 */
export async function addToList(path: string, { entries, border, begun }: Listed, start?: string): Promise<void> {
  const lines = entries.map(({ kind, path: of, mtime }) => JSON.stringify([kind, of, mtime]));
  if (begun !== undefined) {
    const { path: of, mtime, size, executable } = begun.entry;
    lines.push(JSON.stringify(['begun', of, mtime, size, Number(executable), begun.at, begun.done]));
  }
  const sum = sumOf(lines, { border, ...(start === undefined ? {} : { start }) });
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
  if (file === undefined) return { border: 0, entries: [], begun: undefined, synced: 0, names: [] };
  const start = await startOfMachine();
  const entries: ListedEntry[] = [];
  const names: ListedName[] = [];
  let [begun, next]: (BegunFile | undefined)[] = [];
  let lines: string[] = [];
  let [border, kept, synced, bytes, keptBytes] = [0, 0, 0, 0, 0];
  try {
    const { size } = await file.stat();
    for await (const line of file.readLines({ autoClose: false, start: 0 })) {
      const found = parseLine(line);
      bytes += Buffer.byteLength(line) + 1;
      // The last line may be a part of one.
      if (found === undefined || bytes > size) break;
      if ('path' in found || 'at' in found) {
        if ('path' in found) entries.push(found);
        else next = found;
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
      const isSynced = found.start === undefined;
      // What another start had written may have been lost with it.
      if (isSynced || found.start === start) {
        [border, kept, keptBytes] = [found.border, entries.length, bytes];
        begun = isSynced || next === undefined ? next : { ...next, done: undefined };
        if (isSynced) synced = kept;
      }
      [lines, next] = [[], undefined];
    }
    await file.truncate(keptBytes);
  } finally {
    await file.close();
  }
  return { border, entries: entries.slice(0, kept), begun, synced, names };
}

type Border = { readonly border: number; readonly sum: number; readonly start?: string };
type Line = ListedEntry | ListedName | BegunFile | Border;

function parseLine(line: string): Line | undefined {
  const values = arrayOf(line);
  const [first, second, third] = values;
  if (first === 'begun') return begunOf(values);
  if (values.length > 3) return undefined;
  if (isBytes(first) && isBytes(second)) {
    if (third === undefined) return { border: first, sum: second };
    return typeof third === 'string' ? { border: first, sum: second, start: third } : undefined;
  }
  if (typeof second !== 'string') return undefined;
  if (first === 'name') return typeof third === 'string' ? { name: second, ino: third } : undefined;
  return (first === 'file' || first === 'folder') && isBytes(third) ? { kind: first, path: second, mtime: third } : undefined;
}

function begunOf([, path, ...numbers]: readonly unknown[]): BegunFile | undefined {
  const [mtime = 0, size = 0, executable, at = 0, done] = numbers.filter(isBytes);
  if (typeof path !== 'string' || numbers.length !== 5 || done === undefined) return undefined;
  return { entry: { kind: 'file', path, mtime, size, executable: executable === 1 }, at, done };
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

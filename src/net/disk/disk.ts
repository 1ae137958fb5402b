// The file system as it is. Inside Electron the usual `fs` takes `*.asar` files for folders; `original-fs` does not.

import * as usual from 'node:fs';
import { basename, dirname } from 'node:path';

import { FerryError, isFerryError, systemCodeOf, toFerryError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';

const original = process.versions['electron'] === undefined ? undefined : process.getBuiltinModule('original-fs');

/** `node:fs`, or Electron's untouched copy of it. */
export const disk: typeof usual = isFs(original) ? original : usual;

/** What is asked of a disk where nothing may be lost: tests bring one that stops and fails at every step. */
export type DiskPort = Pick<
  typeof usual.promises,
  | 'access'
  | 'chmod'
  | 'link'
  | 'lstat'
  | 'mkdir'
  | 'open'
  | 'readdir'
  | 'readFile'
  | 'rename'
  | 'rm'
  | 'stat'
  | 'statfs'
  | 'unlink'
  | 'watch'
  | 'writeFile'
>;

/**
 * Makes durable which names a folder has: what was made, renamed and removed in it before. Fails where the disk does. Windows has
 * no such call, and some network folders refuse it: there the system decides alone.
 */
export async function syncFolder(fs: Pick<DiskPort, 'open'>, path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await fs.open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(systemCodeOf(error))) throw error;
  } finally {
    await folder.close();
  }
}

/**
 * Makes a folder, 0700, and those above it where they are missing; gives the uppermost that it made. Fails where the disk does,
 * also below /proc and the like, which say that a folder is not there and let none be made: Node tries that for ever.
 */
export async function makeFolders(fs: Pick<DiskPort, 'mkdir' | 'stat'>, path: string): Promise<string | undefined> {
  try {
    await fs.mkdir(path, { mode: 0o700 });
    return path;
  } catch (error) {
    const isThere = systemCodeOf(error) !== 'ENOENT' && (await fs.stat(path).catch(() => undefined))?.isDirectory() === true;
    if (isThere) return undefined;
    if (systemCodeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const first = await makeFolders(fs, dirname(path));
  // Another process may have made the one above meanwhile, and this one too.
  await fs.mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'EEXIST') throw error;
  });
  return first ?? path;
}

/**
 * Makes a folder, 0700, and those above it where they are missing, and makes durable that they are there: what is synced in a
 * folder that a power cut takes is lost with it. Fails where the disk does.
 */
export async function makeFolder(fs: DiskPort, path: string): Promise<void> {
  const first = await makeFolders(fs, path);
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(fs, dirname(made));
}

/** A folder that is held open. `at` is where what lies in it is reached. */
export type HeldFolder = { readonly at: string; readonly stats: usual.BigIntStats; readonly close: () => Promise<void> };

/**
 * Holds the folder at a path, which is no link. On Linux `at` is that very folder from then on, whatever takes its name;
 * elsewhere no path says so, and who has to be sure looks once more afterwards. Fails as the disk does.
 */
export async function holdFolder(path: string): Promise<HeldFolder> {
  const { promises: fs } = disk;
  if (process.platform !== 'linux') {
    const stats = await fs.lstat(path, { bigint: true });
    if (!stats.isDirectory()) throw Object.assign(new Error('it is no folder'), { code: 'ENOTDIR' });
    return { at: path, stats, close: () => Promise.resolve() };
  }
  const folder = await fs.open(path, disk.constants.O_RDONLY | openFlag('O_DIRECTORY') | openFlag('O_NOFOLLOW'));
  const close = (): Promise<void> => folder.close();
  try {
    return { at: `/proc/self/fd/${folder.fd}`, stats: await folder.stat({ bigint: true }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A flag for `open` that not every system has: 0 where it is missing. */
export function openFlag(name: 'O_DIRECTORY' | 'O_NOFOLLOW' | 'O_NONBLOCK'): number {
  const flag: unknown = Reflect.get(disk.constants, name);
  return typeof flag === 'number' ? flag : 0;
}

/**
 * What a failure to write to a folder means: ERR_NO_SPACE where the disk or a quota is full, ERR_BUSY where the process or the
 * system has too many files open, else ERR_FOLDER_UNUSABLE; and what says so already stays what it is.
 */
export function writeFailure(cause: unknown, folder = 'the folder for received items'): FerryError {
  if (isFerryError(cause)) return cause;
  const code = systemCodeOf(cause);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    return new FerryError('ERR_NO_SPACE', 'the disk is full', { cause, detail: { code } });
  if (code === 'EMFILE' || code === 'ENFILE')
    return new FerryError('ERR_BUSY', 'too many files are open', { cause, detail: { code } });
  return new FerryError('ERR_FOLDER_UNUSABLE', `${folder} cannot be written`, { cause, detail: { code } });
}

/** How often a file is looked at where the system tells of no changes: its watches are used up, or its disk is far away. */
const lookEveryMs = 2000;

/**
 * Calls back whenever the file at a path may have changed. Gives what ends that. Never fails: editors use up what a system has of
 * watches.
 */
export function followFile(path: string, onChange: () => void, log: Log): () => void {
  const poll = ({ message }: Error): void => {
    log.warn('a file is looked at now and then, for it cannot be watched', { file: basename(path), message });
    disk.watchFile(path, { interval: lookEveryMs, persistent: false }, onChange);
  };
  let watcher: usual.FSWatcher | undefined;
  try {
    watcher = disk.watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === basename(path)) onChange();
    });
    watcher.on('error', poll);
  } catch (error) {
    poll(toFerryError(error));
  }
  return () => {
    watcher?.close();
    disk.unwatchFile(path, onChange);
  };
}

/** The processes whose numbers this one knows: on Linux those of a namespace, which a container has for itself; '' elsewhere. */
export function processNamespace(): string {
  try {
    return disk.readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
  } catch {
    return '';
  }
}

/** Whether there is a process with this number, whoever's it is, among those whose numbers this one knows. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}

/**
 * Fails with ERR_FOLDER_UNUSABLE where a folder is none to write into. A link may point anywhere by the time of writing, and in
 * a folder that others write to a name can be taken from under us.
 */
export async function checkFolder(fs: DiskPort, folder: string): Promise<void> {
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

function isFs(value: unknown): value is typeof usual {
  return typeof value === 'object' && value !== null && 'promises' in value && 'openSync' in value;
}

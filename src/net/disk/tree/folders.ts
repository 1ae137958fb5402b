// Folders made lasting, and named without ever replacing anything.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { FerryError, systemCodeOf } from '../../../core/base/errors.ts';
import { numberedName } from '../../../core/text/safeName.ts';
import { disk, syncFolder, writeFailure } from '../disk.ts';
import { namesLock, withLock } from '../lockFile.ts';

const { promises: fs } = disk;
const isWindows = process.platform === 'win32';
const namesTried = 1_000;
/** Windows refuses to rename what a virus scanner looks at. */
const refusedForMs = 10_000;
const retryMs = 100;

/** Waits until the names in a folder are on disk. Fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE. */
export async function settleFolder(path: string): Promise<void> {
  await syncFolder(fs, path).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
}

/** Gives a folder its time, in seconds since 1970. Fails as settleFolder. */
export async function dateFolder(path: string, mtime: number): Promise<void> {
  await fs.utimes(path, mtime, mtime).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
}

/** Where a folder gets its name; `before` is called with each name that it may get, and waited for. */
type Naming = { readonly folder: string; readonly name: string; readonly before: (name: string) => Promise<void> };

/**
 * Renames the folder at `path` to the name in `folder`, or to a numbered one where that is taken; gives the full path. Fails with
 * ERR_FOLDER_UNUSABLE, ERR_TIMEOUT where another window names a folder for too long, or as `before` does.
 */
export async function nameTree(path: string, naming: Naming): Promise<string> {
  try {
    // Systems let a folder take the place of an empty one: only a look before tells, and only one window may look at a time.
    return await withLock(join(naming.folder, namesLock), () => nameLocked(path, naming));
  } catch (cause) {
    throw writeFailure(cause);
  }
}

async function nameLocked(path: string, { folder, name, before }: Naming): Promise<string> {
  for (let count = 0; count < namesTried; count += 1) {
    const numbered = count === 0 ? name : numberedName(name, count);
    const named = join(folder, numbered);
    if (!(await isFree(named))) continue;
    await before(numbered);
    if (await renamed(path, named)) return named;
  }
  throw new FerryError('ERR_FOLDER_UNUSABLE', 'no free name is left for the item', { detail: { reason: 'names' } });
}

async function isFree(path: string): Promise<boolean> {
  try {
    await fs.lstat(path);
    return false;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

/** False where the name was taken meanwhile. */
async function renamed(path: string, named: string): Promise<boolean> {
  const since = performance.now();
  for (;;) {
    try {
      await fs.rename(path, named);
      return true;
    } catch (error) {
      const code = systemCodeOf(error);
      if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(code)) return false;
      const isRefused = isWindows && ['EPERM', 'EACCES', 'EBUSY'].includes(code);
      if (!isRefused || performance.now() - since > refusedForMs) throw error;
      await wait(retryMs);
    }
  }
}

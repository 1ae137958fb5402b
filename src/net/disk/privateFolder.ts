// Ferry's own storage belongs to the person alone: made so, and made so again at every start.

import { join } from 'node:path';

import { systemCodeOf } from '../../core/base/errors.ts';
import { disk, makeFolders } from './disk.ts';
import { removeLeftovers } from './leftovers.ts';

const { promises: fs } = disk;
/** What group and others may do. */
const forOthers = 0o077;

/**
 * Makes `folder` where it is missing, 0700, and takes from it and from the files in it what others may do; parts that killed
 * processes have left in it go. What is in folders below is left alone: they cannot be entered any more. Fails where the system
 * does.
 */
export async function keepPrivate(folder: string): Promise<void> {
  await makeFolders(fs, folder);
  await removeLeftovers(folder);
  // Windows has no such modes; there the person's profile is closed to others by itself.
  if (process.platform === 'win32') return;
  await closeToOthers(folder, 0o700);
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) await closeToOthers(join(folder, entry.name), 0o600);
  }
}

async function closeToOthers(path: string, mode: number): Promise<void> {
  const found = await fs.lstat(path).catch(() => undefined);
  // A lock that another window holds may be gone by now, and a link is not followed.
  if (found === undefined || found.isSymbolicLink() || (found.mode & forOthers) === 0) return;
  await fs.chmod(path, mode).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  });
}

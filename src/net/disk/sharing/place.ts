// A place in a shared folder, reached without following a link: each folder on the way is held while the next one is opened in
// it. Where the system cannot hold one, all of them are looked at once more after something was opened.

import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { FerryError, systemCodeOf } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import { isSecretName } from '../../../core/text/secretName.ts';
import { disk, type HeldFolder, holdFolder, openFlag } from '../disk.ts';

const { promises: fs } = disk;

/** What says nothing of the file, but of this process. */
const ofProcess = ['EMFILE', 'ENFILE', 'ENOMEM'];

/** Whether a name is never shown and never given: one with a dot in front, or of a kind that secrets have. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || isSecretName(name);
}

/**
 * Does work in the folder at a path below `root`, to which no link leads: not where names become links meanwhile either, where
 * the system can hold a folder. Fails with ERR_NOT_SHARED where there is none, where a part of the path is hidden, or where
 * `root` is not the real path of what it leads to; and as the work does.
 */
export async function inFolder<T>(root: string, path: string, work: (folder: HeldFolder) => Promise<T>): Promise<T> {
  const names = path === '' ? [] : path.split('/');
  if (names.length > limits.folderDepth || names.some((name) => name === '' || name === '..' || isHidden(name)))
    throw notShared();
  let folder = await holdFolder(root).catch(refuse);
  try {
    // The person has shared what was there, and not what a link leads to that took its place.
    if ((await fs.realpath(folder.at).catch(refuse)) !== root) throw notShared();
    for (const name of names) {
      const inner = await holdFolder(join(folder.at, name)).catch(refuse);
      await folder.close();
      folder = inner;
    }
    return await work(folder);
  } finally {
    await folder.close();
  }
}

/** What lies at a path below `root`. Fails as inFolder, and where it is neither a file nor a folder. */
export async function look(root: string, path: string): Promise<BigIntStats> {
  if (path === '') return inFolder(root, '', ({ stats }) => Promise.resolve(stats));
  const found = await atPath(root, path, (at) => fs.lstat(at, { bigint: true }).catch(refuse));
  if (!found.isDirectory() && !found.isFile()) throw notShared();
  return found;
}

/** Fails with ERR_NOT_SHARED where something else lies at a path than what was found there. */
export async function expectStill(root: string, path: string, { dev, ino }: BigIntStats): Promise<void> {
  const now = await look(root, path);
  if (now.dev !== dev || now.ino !== ino) throw notShared();
}

/** Opens a file for reading that was found at a path below `root`. Fails with ERR_NOT_SHARED where it is another one by now. */
export async function openFound(root: string, path: string, found: BigIntStats): Promise<FileHandle> {
  // A pipe that took the file's place must not hold us up.
  const flags = disk.constants.O_RDONLY | openFlag('O_NOFOLLOW') | openFlag('O_NONBLOCK');
  const file = await atPath(root, path, (at) => fs.open(at, flags).catch(refuse));
  try {
    const opened = await file.stat({ bigint: true });
    if (!opened.isFile() || opened.dev !== found.dev || opened.ino !== found.ino) throw notShared();
    await expectStill(root, path, found);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Does work with what lies at a path below `root`, by its name in the folder that it is in. */
async function atPath<T>(root: string, path: string, work: (at: string) => Promise<T>): Promise<T> {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  if (name === '' || isHidden(name)) throw notShared();
  return inFolder(root, path.slice(0, Math.max(0, slash)), ({ at }) => work(join(at, name)));
}

function refuse(cause: unknown): never {
  if (ofProcess.includes(systemCodeOf(cause))) throw new FerryError('ERR_BUSY', 'no more files can be opened', { cause });
  throw notShared(cause);
}

/** The error for what is not there, or not to be seen: whoever asks cannot tell which. */
export function notShared(cause?: unknown): FerryError {
  return new FerryError('ERR_NOT_SHARED', 'there is nothing to be seen at this place', { cause });
}

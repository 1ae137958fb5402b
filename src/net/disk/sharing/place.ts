// A place in a shared folder, reached without following a link: every part on the way is looked at before something is opened and
// once more after it, so that what was opened is what lies there, and not what a link led to meanwhile.

import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { FerryError, systemCodeOf } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import { isSecretName } from '../../../core/text/secretName.ts';
import { disk, openFlag } from '../disk.ts';

const { promises: fs } = disk;

/** What says nothing of the file, but of this process. */
const ofProcess = ['EMFILE', 'ENFILE', 'ENOMEM'];

/** Whether a name is never shown and never given: one with a dot in front, or of a kind that secrets have. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || isSecretName(name);
}

/** The real path of a shared folder, which its person may have picked through a link. Fails with ERR_NOT_SHARED. */
export async function realRoot(root: string): Promise<string> {
  return fs.realpath(root).catch(refuse);
}

/**
 * What lies at a path below `root`, a real path. Fails with ERR_NOT_SHARED where nothing does, where a part of the path is
 * hidden or a link, and where it is neither a file nor a folder.
 */
export async function look(root: string, path: string): Promise<BigIntStats> {
  const names = path === '' ? [] : path.split('/');
  if (names.length > limits.folderDepth || names.some((name) => name === '' || name === '..' || isHidden(name)))
    throw notShared();
  let found = await lstat(root);
  let at = root;
  for (const name of names) {
    // A link to a folder is no folder.
    if (!found.isDirectory()) throw notShared();
    at = join(at, name);
    found = await lstat(at);
  }
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
  const file = await fs.open(join(root, path), flags).catch(refuse);
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

async function lstat(path: string): Promise<BigIntStats> {
  return fs.lstat(path, { bigint: true }).catch(refuse);
}

function refuse(cause: unknown): never {
  if (ofProcess.includes(systemCodeOf(cause))) throw new FerryError('ERR_BUSY', 'no more files can be opened', { cause });
  throw notShared(cause);
}

/** The error for what is not there, or not to be seen: whoever asks cannot tell which. */
export function notShared(cause?: unknown): FerryError {
  return new FerryError('ERR_NOT_SHARED', 'there is nothing to be seen at this place', { cause });
}

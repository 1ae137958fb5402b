// Files to send, and a tidy disk between two measurements.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Bytes in a GiB. */
export const gibi = 2 ** 30;

const blockBytes = 8 * 2 ** 20;

/** Makes a file of random bytes, which no layer can compress, and gives its path. */
export async function randomFile(folder: string, name: string, size: number): Promise<string> {
  const path = join(folder, name);
  const file = await open(path, 'wx');
  try {
    for (let left = size; left > 0; left -= blockBytes) await file.write(randomBytes(Math.min(left, blockBytes)));
  } finally {
    await file.close();
  }
  return path;
}

/** Makes a file of zeros that takes no space where the file system knows holes, and gives its path. */
export async function sparseFile(folder: string, name: string, size: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '', { flag: 'wx' });
  await truncate(path, size);
  return path;
}

/** Makes `count` files of `size` random bytes in a new folder, after which they are called, and gives their paths. */
export async function manyFiles(folder: string, count: number, size: number): Promise<readonly string[]> {
  await mkdir(folder);
  const paths = Array.from({ length: count }, (_, n) => join(folder, `${basename(folder)}-${n}.bin`));
  for (const path of paths) await writeFile(path, randomBytes(size));
  return paths;
}

/** Checks that as many files of as many bytes arrived and nothing else, then clears the folder and lets the disk come to rest. */
export async function takeAway(folder: string, count: number, size: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.part'));
  if (names.length !== count) throw new Error(`${names.length} files arrived, not ${count}`);
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path);
    if (found.size !== size) throw new Error(`${name} has ${found.size} bytes, not ${size}`);
    await rm(path);
  }
  await settle();
}

/** Waits until what was written is on the disk, so that one measurement does not pay for the one before it. */
export async function settle(): Promise<void> {
  // A system without `sync` measures without this rest.
  await new Promise<void>((done) => execFile('sync', () => done()));
}

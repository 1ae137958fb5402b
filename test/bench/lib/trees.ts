// Folders to send.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a folder of a part holds; `sizeOf` is in bytes. */
export type Shape = {
  readonly name: string;
  readonly folders: number;
  readonly files: number;
  readonly sizeOf: (n: number) => number;
};

/** Many small files that are alike. */
export const even: Shape = { name: '10 000 files of 1 KiB in 100 folders', folders: 100, files: 10_000, sizeOf: () => 1024 };
/** Packages of scripts: many folders that hold next to nothing, most files small, a few of a megabyte. */
export const packages: Shape = {
  name: '8 000 files like those of node_modules',
  folders: 1_200,
  files: 8_000,
  sizeOf: (n) => (n % 800 === 0 ? 1_000_000 : 120 * (1 + ((n * 7_919) % 97)) * (n % 23 === 0 ? 8 : 1)),
};

/** Makes a folder of that shape at `root`. */
export async function makeTree(root: string, { folders, files, sizeOf }: Shape): Promise<void> {
  for (let n = 0; n < folders; n += 1) await mkdir(folderOf(root, n), { recursive: true });
  for (let n = 0; n < files; n += 1)
    await writeFile(join(folderOf(root, n % folders), `file-${n}.js`), Buffer.alloc(sizeOf(n), `${n} `));
}

/** How many files there are in a folder and those in it. */
export async function filesIn(root: string): Promise<number> {
  return (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
}

function folderOf(root: string, n: number): string {
  return join(root, `package-${n % 97}`, `lib-${n}`);
}

// Folders on disk: made out of a table, read back into one, and carried from a source into a part folder.

import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

import { openTreePart, type TreePart } from '../../src/net/disk/tree/treePart.ts';
import { type FolderSource, type FolderSourceOptions, folderSource } from '../../src/net/disk/tree/treeSource.ts';

/** Paths with what is there: bytes of a file, or nothing for a folder. */
export type Tree = Readonly<Record<string, string | Uint8Array | undefined>>;

/** All of a folder, and nothing left out for its name. */
export const everything: FolderSourceOptions = { followGitignore: false, exclude: [], includeSecrets: true };
export const forever = new AbortController().signal;

/** Makes a tree below `root`, with the folders that its paths need, all from the same second. */
export async function makeTree(root: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(content === undefined ? join(root, path) : dirname(join(root, path)), { recursive: true });
    if (content !== undefined) await writeFile(join(root, path), content);
  }
  for (const path of Object.keys(tree)) await utimes(join(root, path), 1_600_000_000, 1_600_000_000);
}

/** What is below `root`, as text: paths of folders have a slash at their end; `x` stands before what its owner may run. */
export async function treeAt(root: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (entry.isDirectory()) found[`${name}/`] = '';
    else found[((await stat(path)).mode & 0o100) === 0 ? name : `x ${name}`] = (await readFile(path)).toString('latin1');
  }
  return found;
}

/** All of a stream from some byte on, copied. */
export async function bytesOf(source: FolderSource, from = 0): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.open(forever, from)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A part folder in `folder`, for a stream of so many bytes. */
export function partIn(folder: string, size: number, name = 'tree', keepExecutable = true): Promise<TreePart> {
  const path = join(folder, '.ferry-00000000-1-0000000000000000.part');
  return openTreePart({ path, folder, name, size, keepExecutable });
}

/** Unpacks a stream, cut into pieces of so many bytes, and publishes it; gives the path. */
export async function unpack(folder: string, stream: Uint8Array, cut = 65_536, name = 'tree'): Promise<string> {
  const part = await partIn(folder, stream.length, name);
  try {
    for (let at = 0; at < stream.length; at += cut) await part.write(stream.subarray(at, at + cut));
    await part.finish();
    return await part.publish();
  } finally {
    await part.discard();
  }
}

/** Carries the folder `from` into `folder`; gives the path. */
export async function carry(from: string, folder: string, options = everything): Promise<string> {
  const source = await folderSource(from, options);
  const part = await partIn(folder, source.size, source.name);
  try {
    for await (const chunk of source.open(forever)) await part.write(chunk);
    await part.finish();
    return await part.publish();
  } finally {
    await part.discard();
  }
}

/** Makes every one of these files what its owner may run. */
export async function makeExecutable(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await chmod(path, 0o755);
}

/** The list of a part folder as it is after the machine stopped: what was written in the start before counts no more. */
export function afterOtherStart(list: string): string {
  let lines: string[] = [];
  return list
    .split('\n')
    .map((line) => {
      const [border, , start] = line === '' ? [] : (JSON.parse(line) as unknown[]);
      if (typeof border !== 'number') {
        lines.push(line);
        return line;
      }
      const other = '00000000-0000-4000-8000-000000000000';
      const sum = crc32([...lines, border, other].join('\n'));
      lines = [];
      return start === undefined ? line : JSON.stringify([border, sum, other]);
    })
    .join('\n');
}

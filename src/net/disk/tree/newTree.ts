// The part of a folder as the store of received items hands it out, with the list beside it by which another process goes on.

import { join } from 'node:path';

import { FerryError } from '../../../core/base/errors.ts';
import type { KeptPart, PartFile, PublishedPart } from '../../../core/receiving/store.ts';
import { disk } from '../disk.ts';
import { settleFolder } from './folders.ts';
import { readList } from './treeList.ts';
import { openTreePart, reopenTreePart, type TreePart, type TreePartOptions } from './treePart.ts';

const { promises: fs } = disk;

/** An empty part folder. Fails as openTreePart. */
export async function newTree(options: TreePartOptions): Promise<PartFile> {
  const list = listOf(options.path);
  await fs.rm(list, { force: true });
  return partOf(await openTreePart({ ...options, list }), list);
}

/**
 * A part folder that another process has left, as far as its list goes, or the folder that it has become; undefined where nothing
 * of it can be gone on with.
 */
export async function keptTree(options: TreePartOptions): Promise<KeptPart | PublishedPart | undefined> {
  const list = listOf(options.path);
  const published = await publishedAs(list, options);
  if (published !== undefined) return published;
  try {
    const { part, from } = await reopenTreePart({ ...options, list });
    if (from > 0) return { part: partOf(part, list), size: from };
    await part.discard();
  } catch {
    // What is not as the list says begins anew.
  }
  for (const path of [options.path, list]) await fs.rm(path, { recursive: true, force: true });
  return undefined;
}

/** What the part folder was named, where it is there under that name: its process may have gone before its folder was synced. */
async function publishedAs(list: string, { folder }: TreePartOptions): Promise<PublishedPart | undefined> {
  const { names } = await readList(list).catch(() => ({ names: [] }));
  for (const { name, ino } of names) {
    const path = join(folder, name);
    const found = await fs.lstat(path, { bigint: true }).catch(() => undefined);
    if (found?.isDirectory() !== true || `${found.ino}` !== ino) continue;
    await settleFolder(folder);
    return { published: path, discard: () => fs.rm(list, { force: true }).catch(() => undefined) };
  }
  return undefined;
}

function partOf(part: TreePart, list: string): PartFile {
  return {
    write: (chunk) => part.write(chunk),
    whenKept: (tell) => part.whenKept(tell),
    checkpoint: async () => {
      await part.sync();
    },
    finish: () => part.finish(),
    publish: () => part.publish(),
    keep: async () => {
      // As far as the disk lets it: what is not in the list comes again.
      await part.sync().catch(() => undefined);
      await part.keep();
    },
    discard: async () => {
      await part.discard();
      await fs.rm(list, { force: true }).catch(() => undefined);
    },
    get counts() {
      return part.counts;
    },
    followed: () => {
      throw new FerryError('ERR_UNEXPECTED', 'a folder cannot be read back as a stream');
    },
  };
}

function listOf(path: string): string {
  return path.replace(/part$/, 'list');
}

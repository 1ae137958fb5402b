// Takes out of a part folder what came after the last border that was noted: nobody knows how much of it is there.

import { join } from 'node:path';

import { FerryError } from '../../../core/base/errors.ts';
import { disk, writeFailure } from '../disk.ts';
import { forEachOf } from './lanes.ts';
import type { ListedEntry } from './treeList.ts';

const { promises: fs } = disk;

/** Leaves only these entries in the folder at `root`. Fails with ERR_FOLDER_UNUSABLE where one of them is not there. */
export async function sweep(root: string, entries: readonly Pick<ListedEntry, 'kind' | 'path'>[]): Promise<void> {
  const kinds = new Map(entries.map(({ kind, path }) => [path, kind]));
  const folders = entries.filter(({ kind }) => kind === 'folder').map(({ path }) => path);
  let found = 0;
  try {
    if (!(await fs.lstat(root)).isDirectory()) throw gone();
    await forEachOf(['', ...folders], async (folder) => {
      for (const entry of await fs.readdir(join(root, folder), { withFileTypes: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : undefined;
        if (kind !== undefined && kinds.get(path) === kind) found += 1;
        else await fs.rm(join(root, path), { recursive: true, force: true });
      }
    });
  } catch (cause) {
    throw writeFailure(cause);
  }
  if (found !== kinds.size) throw gone();
}

function gone(): FerryError {
  return new FerryError('ERR_FOLDER_UNUSABLE', 'what had come of a folder is not there any more', { detail: { reason: 'part' } });
}

// A folder on disk as an item to send.

import { limits } from '../../../core/base/limits.ts';
import type { ItemSource } from '../../../core/wire/item.ts';
import { type FolderSource, type FolderSourceOptions, folderSource } from './treeSource.ts';

/** What a folder is as an item, what of it stays at home, and what tells its stream from others. */
export type FolderItem = { readonly item: ItemSource } & Pick<FolderSource, 'dev' | 'ino' | 'leftOut' | 'root' | 'stamp'>;

/** The folder at `path`. Fails as folderSource. */
export async function folderItem(path: string, options: FolderSourceOptions): Promise<FolderItem> {
  const { name, size, files, folders, names, leftOutLate, open, ...source } = await folderSource(path, options);
  const encoder = new TextEncoder();
  const told = names.filter((one) => encoder.encode(one).length <= limits.folderNameToldBytes).slice(0, limits.folderNamesTold);
  return {
    ...source,
    item: {
      offered: {
        kind: 'folder',
        name: name.toWellFormed(),
        size,
        mediaType: 'application/x-tar',
        folder: { files, folders, names: told },
      },
      ...{ leftOutLate, open, mayChange: true },
    },
  };
}

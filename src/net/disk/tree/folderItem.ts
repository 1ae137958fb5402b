// A folder on disk as an item to send.

import { limits } from '../../../core/base/limits.ts';
import type { ItemSource } from '../../../core/wire/item.ts';
import { type FolderSource, type FolderSourceOptions, folderSource } from './treeSource.ts';

/** What a folder is as an item, and what of it stays at home. */
export type FolderItem = { readonly item: ItemSource; readonly leftOut: FolderSource['leftOut'] };

/** The folder at `path`. Fails as folderSource. */
export async function folderItem(path: string, options: FolderSourceOptions): Promise<FolderItem> {
  const { name, size, files, folders, names, leftOut, leftOutLate, open } = await folderSource(path, options);
  const encoder = new TextEncoder();
  const told = names.filter((one) => encoder.encode(one).length <= limits.folderNameToldBytes).slice(0, limits.folderNamesTold);
  return {
    leftOut,
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

// A folder on disk as an item to send.

import { limits } from '../../../core/base/limits.ts';
import type { ItemSource, SourceFile } from '../../../core/wire/item.ts';
import { type FolderSource, type FolderSourceOptions, folderSource } from './treeSource.ts';

/** What a folder is as an item, and what of it stays at home. */
export type FolderItem = {
  readonly item: ItemSource & { readonly file: SourceFile };
} & Pick<FolderSource, 'dev' | 'ino' | 'leftOut' | 'root'>;

/** The folder at `path`. Fails as folderSource. */
export async function folderItem(path: string, options: FolderSourceOptions): Promise<FolderItem> {
  const { name, size, files, folders, names, leftOutLate, open, stamps, ...source } = await folderSource(path, options);
  const { stamp, paths } = await stamps();
  const { followGitignore, exclude, includeSecrets } = options;
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
      file: { path, stamp, folder: { rules: { followGitignore, exclude, includeSecrets }, paths } },
      ...{ leftOutLate, open, mayChange: true },
    },
  };
}

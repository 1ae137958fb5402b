// The list of shared folders as a file that all windows of the person share. What cannot be read shares nothing.

import { FerryError } from '../../../core/base/errors.ts';
import type { Log } from '../../../core/base/log.ts';
import { type ShareBook, withShare } from '../../../core/sharing/shares.ts';
import { formatShares, readShares } from '../../../core/sharing/stored.ts';
import { disk } from '../disk.ts';
import { openList } from '../kept/listFile.ts';

/** Opens the list in `folder`, which is there; `tell` as in openList. Of a damaged list nothing is taken over. */
export async function openShares(folder: string, log: Log, tell?: (trouble: FerryError) => void): Promise<ShareBook> {
  const list = await openList(
    folder,
    { file: 'shares.json', list: 'shares', read: readShares, salvage: () => [], format: formatShares, isVoidUnread: true },
    log,
    tell,
  );
  return {
    ...list,
    async add({ path: picked, ...added }) {
      const path = await disk.promises.realpath(picked).catch(missing);
      await list.change((before) => withShare(before, { ...added, path }));
      return list.entries().find((share) => share.path === path) ?? missing();
    },
  };
}

function missing(cause?: unknown): never {
  throw new FerryError('ERR_SOURCE_MISSING', 'the folder is not there', { cause, detail: { reason: 'missing' } });
}

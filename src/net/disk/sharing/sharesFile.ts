// The list of shared folders as one file, 0600, shared by all windows of the person: each write reads, changes and replaces it
// under a lock, and every window sees what the others wrote. What cannot be read shares nothing.

import { join } from 'node:path';

import { FerryError, systemCodeOf, toFerryError } from '../../../core/base/errors.ts';
import { createEmitter, type Emitter } from '../../../core/base/event.ts';
import { background, type Log } from '../../../core/base/log.ts';
import { type Share, type ShareBook, withShare } from '../../../core/sharing/shares.ts';
import { formatShares, readShares } from '../../../core/sharing/stored.ts';
import { disk, followFile } from '../disk.ts';
import { batched } from '../journal/batched.ts';
import { withLock } from '../lockFile.ts';

const { promises: fs } = disk;
const fileName = 'shares.json';

/** Opens the list in `folder`, which is there. A damaged file counts as empty, and one of a later version is left alone. */
export async function openShares(folder: string, log: Log): Promise<ShareBook> {
  const path = join(folder, fileName);
  const changed: Emitter<void> = createEmitter();
  let shares: readonly Share[] = [];
  const show = (next: readonly Share[]): void => {
    const isSame = formatShares(next) === formatShares(shares);
    shares = next;
    if (!isSame) changed.fire();
  };
  // One after the other: what was read before must not take the place of what was read after it.
  const look = batched(async (): Promise<void> => {
    show(
      await read(path).catch((cause: unknown) => {
        log.warn('the list of shared folders cannot be read', { code: toFerryError(cause).code });
        return [];
      }),
    );
  });
  await look();
  const unfollow = followFile(path, () => background(look(), log, 'reading the list of shared folders'), log);
  const change: ShareBook['change'] = async (change) => {
    await withLock(`${path}.lock`, async () => {
      const before = await read(path).catch((cause: unknown) => {
        if (toFerryError(cause).code === 'ERR_BOOK_INVALID') return [];
        throw cause;
      });
      const next = change(before);
      const part = `${path}.${process.pid}.new`;
      await fs.writeFile(part, formatShares(next), { mode: 0o600, flush: true });
      await fs.rename(part, path);
    });
    await look();
  };
  return {
    ...{ onDidChange: changed.event, entries: () => shares, change },
    async add({ path: picked, ...added }) {
      const real = await fs.realpath(picked).catch(missing);
      await change((before) => withShare(before, { ...added, path: real }));
      return shares.find((share) => share.path === real) ?? missing();
    },
    close: unfollow,
  };
}

function missing(cause?: unknown): never {
  throw new FerryError('ERR_SOURCE_MISSING', 'the folder is not there', { cause, detail: { reason: 'missing' } });
}

/** Fails as readShares, or with ERR_BOOK_UNREADABLE where the disk does not give the file. */
async function read(path: string): Promise<readonly Share[]> {
  let text: string;
  try {
    text = await fs.readFile(path, 'utf8');
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return [];
    throw new FerryError('ERR_BOOK_UNREADABLE', 'the list of shared folders cannot be read', { cause });
  }
  return readShares(text);
}

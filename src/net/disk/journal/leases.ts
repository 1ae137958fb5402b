// Who may write a key: one window at a time. A lease is a file that only one window can make, with a number that is one above all
// numbers before it. Whoever is overtaken while it stands still writes under its lower number, which nobody reads.

import { join } from 'node:path';

import { systemCodeOf } from '../../../core/base/errors.ts';
import type { DiskPort } from '../disk.ts';
import { filesOf, highestEpoch, isHeldAt, type KeyFiles, type Listing, leaseName } from './listing.ts';
import type { Windows } from './windows.ts';

const triesAtMost = 20;

export type LeasesOptions = {
  readonly fs: DiskPort;
  readonly folder: string;
  readonly windows: Windows;
  /** A listing that begins after it was asked for. */
  readonly list: () => Promise<Listing>;
};

/** A key that was taken: the number of its holder, and what there was when it was certain. */
export type Taken = { readonly epoch: number; readonly files: KeyFiles; readonly listing: number };

/** Takes a key that this window does not hold; undefined where another living window does, or where it was removed. */
export async function takeLease({ fs, folder, windows, list }: LeasesOptions, hash: string): Promise<Taken | undefined> {
  for (let tries = 0; tries < triesAtMost; tries += 1) {
    const before = filesOf(await list(), hash);
    const [top] = before.leases;
    if (before.gone.length > 0) return undefined;
    if (top !== undefined && (await windows.judgeLease(top.name)) === 'living') return undefined;
    const epoch = highestEpoch(before) + 1;
    const path = join(folder, leaseName(hash, epoch));
    await windows.begin();
    try {
      await fs.writeFile(path, `${windows.token}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (systemCodeOf(error) === 'EEXIST') continue;
      await fs.unlink(path).catch(() => undefined);
      throw error;
    }
    // Since the first listing others may have come, written, and gone.
    const listing = await list();
    const files = filesOf(listing, hash);
    if (isHeldAt(files, epoch) && (files.records[0]?.epoch ?? 0) < epoch) {
      const overtaken = files.leases.filter((lease) => lease.epoch < epoch);
      await Promise.all(overtaken.map((lease) => fs.unlink(join(folder, lease.name)).catch(() => undefined)));
      return { epoch, files, listing: listing.number };
    }
    await fs.unlink(path).catch(() => undefined);
  }
  return undefined;
}

/**
 * Gives a key up. A number under which nothing was `written` is in no record, so its lease stays and says that it is free: no
 * number may be given twice while somebody who was overtaken might still write under it.
 */
export async function giveUpLease(
  { fs, folder }: Pick<LeasesOptions, 'fs' | 'folder'>,
  hash: string,
  { epoch, written }: { readonly epoch: number; readonly written: number },
): Promise<void> {
  const path = join(folder, leaseName(hash, epoch));
  if (written > 0) await fs.unlink(path).catch(() => undefined);
  else await fs.writeFile(path, 'free\n', { flag: 'r+' }).catch(() => undefined);
}

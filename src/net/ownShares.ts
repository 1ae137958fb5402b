// What this person shares: the list of folders, what peers got of them, and who answers those that ask.

import type { FerryError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { PeerBook } from '../core/peers/book.ts';
import type { ShareBook } from '../core/sharing/shares.ts';
import { Sharing } from '../core/sharing/sharing.ts';
import { openGets } from './disk/sharing/getsFile.ts';
import { sealedIds } from './disk/sharing/ids.ts';
import { createSharedDisk } from './disk/sharing/sharedDisk.ts';
import { openShares } from './disk/sharing/sharesFile.ts';

export type OwnSharesOptions = {
  readonly storage: string;
  readonly book: PeerBook;
  readonly excludes: () => readonly string[];
  readonly asksFirst: () => boolean;
  readonly historyDays: () => number;
  /** Called with an ERR_BOOK_UNREADABLE that the person has to know of, as in openList. */
  readonly tell: ((trouble: FerryError) => void) | undefined;
  readonly log: Log;
};

export type OwnShares = { readonly shares: ShareBook; readonly sharing: Sharing; readonly close: () => Promise<void> };

/** Opens what is kept in `storage`, which is there. `close` waits for what is being written. */
export async function openOwnShares({
  storage,
  book,
  excludes,
  historyDays,
  tell,
  ...options
}: OwnSharesOptions): Promise<OwnShares> {
  const { asksFirst, log } = options;
  const [shares, gets] = await Promise.all([openShares(storage, log, tell), openGets(storage, historyDays, log)]);
  const sharing = new Sharing({ shares, gets, disk: createSharedDisk(excludes), ids: sealedIds(), book, asksFirst, log });
  const close = async (): Promise<void> => {
    shares.close();
    await gets.close();
  };
  return { shares, sharing, close };
}

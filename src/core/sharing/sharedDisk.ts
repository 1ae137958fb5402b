// The disk that shares, as core asks it of the world: the network zone fulfils it, tests may bring their own.

import type { PeerId } from '../peers/peerId.ts';
import type { PlainItem } from '../wire/item.ts';
import type { SharedEntry } from '../wire/messages.ts';

/** A place in a shared folder. `path`: of names with `/` between them, '' for the shared folder itself; a listing made it. */
export type SharedPlace = {
  readonly root: string;
  readonly path: string;
  /** Who asks: what was remembered for one peer is not for another. */
  readonly peer: PeerId;
};

/** An entry as the disk has it. */
export type ListedEntry = Omit<SharedEntry, 'id'>;

/** What is at a place, as an item. `etag`: as in SharedItem; it changes with whatever changes. */
export type SharedSource = {
  readonly item: PlainItem;
  readonly etag: string;
  /**
   * The bytes from `from` on, exactly to the end. Fails with ERR_SOURCE_CHANGED before the last of them where it is not what it
   * was. Each chunk is lent until the next is asked for.
   */
  readonly open: (signal: AbortSignal, from?: number) => AsyncIterable<Uint8Array>;
};

/**
 * Nothing of it follows a link, or leaves the root. All of it fails with ERR_NOT_SHARED for what is not there or stays hidden.
 */
export type SharedDisk = {
  /** So many entries of a folder, those after the name `after`, in the order of their names; and whether more follow. */
  list(
    place: SharedPlace,
    page: { readonly after: string | undefined; readonly count: number },
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly ListedEntry[]; readonly isMore: boolean }>;
  /**
   * What is at a place. With `etag`, what was described under it is given again where that is remembered. `name` is that of the
   * item.
   */
  open(place: SharedPlace & { readonly name: string }, etag: string | undefined, signal: AbortSignal): Promise<SharedSource>;
};

/** Ids that say nothing to whoever gets them, and that nobody else can make or use. */
export type SharedIds = {
  /** An id for a text, for this peer alone. */
  make(peer: PeerId, text: string): string;
  /** The text of an id that was made here for this peer; undefined for any other. */
  read(peer: PeerId, id: string): string | undefined;
};

// The plan of a folder's stream: which entries it has, in which order, and how many bytes that makes. Made one entry after the
// other, so that whoever gathers a large folder can do other things in between.

import { limits } from '../base/limits.ts';
import { type FolderCounts, type FolderEntry, folderError } from './entry.ts';
import { clampedTime, endBytes, streamBytesOf } from './header.ts';
import { FolderPaths } from './paths.ts';

/** The entries of a folder as they are to travel. */
export class FolderPlan {
  readonly #paths = new FolderPaths();
  #size = endBytes;

  /** The exact bytes of the stream. */
  get size(): number {
    return this.#size;
  }

  get counts(): FolderCounts {
    return this.#paths.counts;
  }

  /**
   * Adds an entry; a folder comes before what is in it. Gives the entry as its header says it, and its bytes in the
   * stream. Fails with ERR_MESSAGE_INVALID as FolderPaths does, and where all of it is larger than an item can be (reason
   * `limit`).
   */
  add(entry: FolderEntry): { readonly entry: FolderEntry; readonly bytes: number } {
    this.#paths.take(entry);
    const planned = { ...entry, mtime: clampedTime(entry.mtime) };
    const bytes = streamBytesOf(planned);
    this.#size += bytes;
    if (this.#size > limits.itemBytes) throw folderError('limit', 'a folder is larger than the limit');
    return { entry: planned, bytes };
  }
}

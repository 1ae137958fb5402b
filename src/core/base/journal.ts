// What must outlive a window: the port of the journal.

import type { Event } from './event.ts';

/** What must outlive a window: one small record for each transfer, shared by all windows of the person. */
export type Journal = {
  /** Records as they are now, by key; whoever asks parses them. */
  entries(): ReadonlyMap<string, unknown>;
  /** The record of a key as it is now, or undefined. */
  find(key: string): unknown;
  /**
   * Durable when it resolves (temporary file, sync, rename, folder sync). Puts of one key keep their order; a later one may take
   * the place of one that has not begun. Only for keys that this window holds or that are new: two windows that put a new key
   * cannot both succeed. Of a key that was removed it comes to nothing. Fails with ERR_BUSY where the key is neither held nor
   * new, ERR_BODY_TOO_LARGE above 512 KiB, ERR_NO_SPACE or ERR_FOLDER_UNUSABLE where the disk does not take it, and
   * ERR_CANCELLED after `close`.
   */
  put(key: string, record: unknown): Promise<void>;
  /**
   * Idempotent, and durable when it resolves. It stays away: what is deleted never comes back, whoever holds it. Fails with
   * ERR_NO_SPACE or ERR_FOLDER_UNUSABLE where the disk does not take it.
   */
  remove(key: string): Promise<void>;
  /**
   * This window takes the transfer: false where another living window holds it, where it was removed, and where a later version
   * wrote it. A dead process keeps nothing. The record is as its last holder left it once this resolves.
   */
  claim(key: string): Promise<boolean>;
  /** Gives it up after the puts before it; one that is not held is left alone. */
  release(key: string): Promise<void>;
  /** Keys that came, changed or went by another window's doing, and those that another window took from this one. */
  readonly onDidChange: Event<readonly string[]>;
  /** Ends what began, gives up what is held, and lets the folder go. */
  close(): Promise<void>;
};

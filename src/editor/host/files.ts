// Files on this machine, as the editor asks for them: the network zone reads and writes them.

import type { FolderRules, ItemSource, SourceFile } from '../../core/wire/item.ts';

type Some = { readonly count: number; readonly names: readonly string[] };

/** A folder as an item, and what of it stays at home. */
export type FolderFound = {
  readonly item: ItemSource;
  readonly leftOut: Readonly<Record<'link' | 'device' | 'ignored' | 'secret' | 'unreadable', Some>>;
};

export type Files = {
  /** A file to send. Fails with ERR_SOURCE_MISSING; reading it fails with ERR_SOURCE_CHANGED. */
  readonly open: (
    path: string,
  ) => Promise<{ readonly size: number; readonly file: SourceFile; readonly open: ItemSource['open'] }>;
  /** A folder to send. Fails with ERR_SOURCE_MISSING; reading it fails with ERR_SOURCE_CHANGED. */
  readonly openFolder: (path: string, rules: FolderRules) => Promise<FolderFound>;
  /** Where a path leads once every link on the way was followed; itself where it leads nowhere. */
  readonly realPath: (path: string) => Promise<string>;
  /** The whole of a received file, which is small where it is printed or opened. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** The SHA-256 of a file. */
  readonly digestOf: (path: string) => Promise<Uint8Array>;
  /** Writes a file at a place that the person chose, for its owner alone. Fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE. */
  readonly write: (path: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
  /** The id of the git blob that a file is at the last commit; undefined where no repository has it. */
  readonly headBlob: (path: string) => Promise<string | undefined>;
  /** The content of a git blob in the repository of a folder; undefined where it does not have it. */
  readonly readBlob: (folder: string, id: string) => Promise<Uint8Array | undefined>;
  /** Removes a file. Fails where there is none. */
  readonly remove: (path: string) => Promise<void>;
  /** Removes a file or a folder that was received but not saved. Fails with ERR_NOT_FOUND for any other. */
  readonly removeStored: (path: string) => Promise<void>;
};

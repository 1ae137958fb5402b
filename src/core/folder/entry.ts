// What a folder consists of, and the one error that says a folder is not as it must be.

import { FerryError } from '../base/errors.ts';

/** One entry of a folder: a folder in it, or a file. */
export type FolderEntry = {
  readonly kind: 'folder' | 'file';
  /** Within the folder: components with `/` between them. */
  readonly path: string;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** When the content was last changed, in whole seconds since 1970. */
  readonly mtime: number;
  /** Whether its owner may run it; false for a folder. */
  readonly executable: boolean;
};

/** How many files and folders. */
export type FolderCounts = { readonly files: number; readonly folders: number };

/** What can be wrong with a folder or its stream. */
export type FolderFault =
  | 'checksum'
  | 'collision'
  | 'end'
  | 'extension'
  | 'format'
  | 'limit'
  | 'name'
  | 'number'
  | 'order'
  | 'padding'
  | 'size'
  | 'type';

/** The error for a folder that is not as it must be: ERR_MESSAGE_INVALID, with the fault as `detail.reason`. */
export function folderError(reason: FolderFault, message: string, cause?: unknown): FerryError {
  return new FerryError('ERR_MESSAGE_INVALID', message, { cause, detail: { reason } });
}

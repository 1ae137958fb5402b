// The paths of a folder, one after the other: each is made safe, has its place in a folder that came before, and stands for
// something else than every other, on any file system. The sender's plan and the receiver hold paths against the same rules.

import { limits } from '../base/limits.ts';
import { safeFileName } from '../text/safeName.ts';
import { type FolderCounts, type FolderEntry, folderError } from './entry.ts';

type Folder = {
  /** As it is on disk, with a `/` at its end; '' for the outermost. */
  readonly prefix: string;
  /** What is in it, as a file system sees it that tells neither case nor normal forms apart. */
  readonly names: Set<string>;
};

export class FolderPaths {
  readonly #folders = new Map<string, Folder>([['', { prefix: '', names: new Set() }]]);
  #counts = { files: 0, folders: 0 };
  #namesBytes = 0;
  /** Entries come folder by folder. */
  #last: { readonly path: string; readonly folder: Folder } | undefined;

  /** What was taken so far. */
  get counts(): FolderCounts {
    return this.#counts;
  }

  /**
   * Takes the path of the next entry; gives it with each component as it may lie on any disk. Fails with ERR_MESSAGE_INVALID
   * where the path leads out of its folder (reason `name`), its folder has not come (`order`), it or one that a disk may take for
   * it is there already (`collision`), or it is too long or one too many (`limit`).
   */
  take({ kind, path }: Pick<FolderEntry, 'kind' | 'path'>): string {
    if (bytesOf(path) > limits.folderPathBytes) throw folderError('limit', 'the path of an entry is longer than the limit');
    const cut = path.lastIndexOf('/');
    const parent = this.#folderAt(cut < 0 ? '' : path.slice(0, cut));
    const name = safeComponent(path.slice(cut + 1));
    const key = keyOf(name);
    if (parent.names.has(key)) throw folderError('collision', 'two entries of a folder have names that some disks take for one');
    this.#count(kind, key);
    parent.names.add(key);
    const safe = parent.prefix + name;
    if (kind === 'folder') this.#folders.set(safe, { prefix: `${safe}/`, names: new Set() });
    return safe;
  }

  #folderAt(path: string): Folder {
    if (this.#last?.path === path) return this.#last.folder;
    const components = path === '' ? [] : path.split('/');
    if (components.length >= limits.folderDepth) throw folderError('limit', 'a folder is deeper than the limit');
    const folder = this.#folders.get(components.map(safeComponent).join('/'));
    if (folder === undefined) throw folderError('order', 'an entry came before the folder that it is in');
    this.#last = { path, folder };
    return folder;
  }

  #count(kind: FolderEntry['kind'], key: string): void {
    const { files, folders } = this.#counts;
    this.#counts = kind === 'folder' ? { files, folders: folders + 1 } : { files: files + 1, folders };
    this.#namesBytes += bytesOf(key);
    const isTooMuch =
      files + folders >= limits.folderEntries ||
      this.#counts.folders > limits.folderFolders ||
      this.#namesBytes > limits.folderNamesBytes;
    if (isTooMuch) throw folderError('limit', 'a folder has more entries than the limit');
  }
}

/** Below and above `/` as bytes are, so that one order of names is the same on every machine. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = rankOf(a.charCodeAt(at)) - rankOf(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The order of UTF-16 units is that of UTF-8 once surrogates stand behind all others. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The length of a text in UTF-8. */
export function bytesOf(text: string): number {
  return isAscii(text) ? text.length : new TextEncoder().encode(text).length;
}

/** Whether a text has no characters but those of ASCII. */
export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is where ASCII begins.
  return /^[\u0000-\u007f]*$/.test(text);
}

/** Names that no file system changes and that mean nothing to any: most of them. */
const usual = /^[A-Za-z0-9_][A-Za-z0-9_-]{4,60}(?:\.[A-Za-z0-9]{1,8})?$/;

function safeComponent(name: string): string {
  if (usual.test(name)) return name;
  // A link out of the folder needs no `..`; but who sends that means nothing good.
  if (name === '' || name === '.' || name === '..' || name.includes('\0') || !name.isWellFormed())
    throw folderError('name', 'the path of an entry has a component that is no name');
  return safeFileName(name);
}

function keyOf(name: string): string {
  if (isAscii(name)) return name.toLowerCase();
  // Upper case first: some letters have the same upper case and not the same lower case.
  return name.toUpperCase().toLowerCase().normalize('NFC');
}

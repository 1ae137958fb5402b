// Items: what is carried. An item is described in an offer before any of its bytes move.

import { limits } from '../base/limits.ts';

/** What the sender's editor knows of an item; every part may be missing, and none is more than the sender's word. */
export type ItemContext = {
  readonly languageId?: string;
  readonly encoding?: string;
  /** Where its file lies in the workspace folder over there, with `/`. What it names here, `placeParts` alone decides. */
  readonly path?: string;
  /** The lines of that file that it is, as `formatLines` writes them. */
  readonly lines?: string;
  /** The id of the git blob that the file was at the last commit over there, in hexadecimal. */
  readonly blob?: string;
};

/** An item in the clear. Kinds differ in how they are gathered and shown, nowhere else. */
export type PlainItem = {
  /** A folder travels as one stream, a POSIX pax archive; a snippet is text in UTF-8. */
  readonly kind: 'file' | 'dictionary' | 'folder' | 'snippet';
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  readonly context?: ItemContext;
  /** What is in a folder; missing of one that came out of a seal. */
  readonly folder?: FolderContents;
};

/** How much is in a folder, and the first paths of files in it, those before the others that may make something run. */
export type FolderContents = { readonly files: number; readonly folders: number; readonly names: readonly string[] };

/** A sealed item as an offer shows it: its name and its type are inside the seal. */
export type SealedOffer = {
  readonly kind: 'sealed';
  /** Bytes as they travel, seal included. */
  readonly size: number;
  /** One compact JWE, or one with RFC 8188 records behind it. */
  readonly form: 'compact' | 'records';
  /** Who can unseal it: the receiver's own key, or whoever knows the passphrase. */
  readonly for: 'key' | 'passphrase';
};

export type OfferedItem = PlainItem | SealedOffer;

/**
 * An item with its bytes when they are wanted, the first of them at `from`, or at the beginning. `open` fails with
 * ERR_SOURCE_MISSING or ERR_SOURCE_CHANGED. Each chunk is lent until the next is asked for.
 */
export type ItemSource = {
  readonly offered: PlainItem;
  /** The file or folder that it is, where it is one: another process finds it again by that. */
  readonly file?: SourceFile;
  /** How many entries of a folder were left out since it was gathered: they vanished, or changed while they were read. */
  readonly leftOutLate?: () => number;
  /** As in OutgoingItem. */
  readonly mayChange?: boolean;
  readonly open: (signal: AbortSignal, from?: number) => AsyncIterable<Uint8Array>;
};

/** `stamp` changes with whatever changes in the file, or in anything of a folder that goes along. */
export type SourceFile = { readonly path: string; readonly stamp: string; readonly folder?: FolderChoice };

/** What of a folder was chosen to go along: by which rules; `paths` changes with what there is by these, whatever it holds. */
export type FolderChoice = { readonly rules: FolderRules; readonly paths: string };

export type FolderRules = {
  /** Whether what a .gitignore names, and git's own folder, stay at home. */
  readonly followGitignore: boolean;
  /** Globs as in VS Code's `files.exclude`, held against paths within the folder. */
  readonly exclude: readonly string[];
  /** Whether files whose names are those of secrets go along. */
  readonly includeSecrets: boolean;
};

/**
 * An item as it leaves, sealed or not. `resumes`: whether every `open` gives the same bytes as long as the source does, so that
 * a transfer can go on with the rest of them. `mayChange`: whether one that changed while it was read may be opened again, and
 * has what is there then.
 */
export type OutgoingItem = {
  readonly offered: OfferedItem;
  readonly open: ItemSource['open'];
  readonly resumes?: boolean;
  readonly mayChange?: boolean;
};

/** One offer: its id is chosen by the sender, 128 random bits in base64url. */
export type Offer = {
  readonly id: string;
  readonly sender: { readonly name: string };
  readonly items: readonly OfferedItem[];
};

/**
 * Which items of an offer were accepted, and from which byte on each is wanted; nothing more of one that is `complete`.
 * `ahead`: how many bytes may be sent beyond those that the receiver keeps; it says on the way how many those are.
 */
export type OfferAnswer = { readonly items: readonly AcceptedItem[] };

export type AcceptedItem = { readonly n: number; readonly from: number; readonly complete?: boolean; readonly ahead?: number };

/** The name that an offer shows: none for a sealed item. */
export function offeredName(item: OfferedItem): string | undefined {
  return item.kind === 'sealed' ? undefined : item.name;
}

/** Whether an item has more bytes than its kind may have. */
export function isTooLarge({ kind, size }: Pick<OfferedItem, 'kind' | 'size'>): boolean {
  if (kind === 'dictionary') return size > limits.dictionaryBytes;
  return kind === 'snippet' && size > limits.snippetBytes;
}

/** Sum of the sizes of items, in bytes. */
export function totalSize(items: readonly { readonly size: number }[]): number {
  return items.reduce((sum, item) => sum + item.size, 0);
}

/** The name under which a sealed item is kept as it came: it says what to open it with, and nothing of what is in it. */
export function sealedFileName(form: SealedOffer['form'], token: string): string {
  return `sealed-${token.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 8)}.${form === 'compact' ? 'jwe' : 'sealed'}`;
}

// A folder on disk as something to send: gathered once, and then read as one stream, as often as that is wanted and from any
// byte.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import { FerryError, systemCodeOf } from '../../../core/base/errors.ts';
import type { FolderRules } from '../../../core/wire/item.ts';
import { disk } from '../disk.ts';
import { gather, type LeftOut, type PlannedEntry } from './gather.ts';
import { restEveryMs, restingEvery } from './lanes.ts';
import { readTree } from './readTree.ts';

export type FolderSource = {
  readonly name: string;
  /** The folder itself, links followed. */
  readonly root: string;
  /** Which folder of the disk it was when it was gathered. */
  readonly dev: number;
  readonly ino: number;
  /** `stamp` is another text for every other stream: of other entries, or of other files. `paths` is one for other entries. */
  readonly stamps: () => Promise<{ readonly stamp: string; readonly paths: string }>;
  /** The bytes of the stream. */
  readonly size: number;
  readonly files: number;
  readonly folders: number;
  /** The first paths of files, those before the others that may make something run. */
  readonly names: readonly string[];
  readonly leftOut: LeftOut;
  /** How many entries were left out since: they vanished, or are not what they were. */
  readonly leftOutLate: () => number;
  /**
   * The stream from byte `from` on, exactly to its end. What was left out once stays out, so that a stream goes on where another
   * one stopped. Fails with ERR_SOURCE_CHANGED where a file changed while it was read, or one that `from` lies in is not what it
   * was: from the beginning of that entry on, it is left out. One stream at a time; each chunk is lent until the next is asked
   * for.
   */
  readonly open: (signal: AbortSignal, from?: number) => AsyncIterable<Uint8Array>;
};

export type FolderSourceOptions = FolderRules & { readonly signal?: AbortSignal };

/**
 * The folder at `path`. Fails with ERR_SOURCE_MISSING: detail `reason` is missing, denied, not-a-folder, or `collision` and
 * `limit` with the `path` in the folder at which it cannot be one item.
 */
export async function folderSource(path: string, options: FolderSourceOptions): Promise<FolderSource> {
  const { signal, ...excluded } = options;
  const root = await rootOf(path);
  const { dev, ino, entries, size, counts, names, leftOut } = await gather(root, excluded, signal);
  const [gone, restless] = [new Set<number>(), new Set<number>()];
  return {
    name: basename(path),
    ...{ root, dev, ino },
    stamps: () => stampsOf(entries),
    size,
    ...counts,
    names,
    leftOut,
    leftOutLate: () => gone.size,
    open: (opened, from = 0) => readTree({ root, entries, size, gone, restless }, from, opened),
  };
}

async function stampsOf(entries: readonly PlannedEntry[]): ReturnType<FolderSource['stamps']> {
  const [hash, paths] = [createHash('sha256'), createHash('sha256')];
  const rest = restingEvery(restEveryMs);
  for (const { entry, dev, ino, ctimeMs } of entries) {
    hash.update(JSON.stringify([entry.path, entry.kind, entry.size, entry.executable, entry.mtime, dev, ino, ctimeMs]));
    paths.update(JSON.stringify([entry.path, entry.kind]));
    await rest();
  }
  return { stamp: hash.digest('hex'), paths: paths.digest('hex') };
}

/** The folder itself may be reached by a link: the person picked it. */
async function rootOf(path: string): Promise<string> {
  try {
    const root = await disk.promises.realpath(path);
    if (!(await disk.promises.stat(root)).isDirectory()) throw missing('not-a-folder');
    return root;
  } catch (cause) {
    if (cause instanceof FerryError) throw cause;
    throw missing(['EACCES', 'EPERM'].includes(systemCodeOf(cause)) ? 'denied' : 'missing', cause);
  }
}

function missing(reason: 'missing' | 'denied' | 'not-a-folder', cause?: unknown): FerryError {
  return new FerryError('ERR_SOURCE_MISSING', 'the folder cannot be read', { cause, detail: { reason } });
}

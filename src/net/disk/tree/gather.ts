// Gathers a folder: what is in it, what stays at home, and the plan of its stream. Links are not followed.

import type { Stats } from 'node:fs';
import { join } from 'node:path';

import { FerryError, isFerryError, systemCodeOf } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import type { FolderCounts, FolderEntry } from '../../../core/folder/entry.ts';
import { compareNames } from '../../../core/folder/paths.ts';
import { FolderPlan } from '../../../core/folder/plan.ts';
import { isDangerousName } from '../../../core/text/dangerousName.ts';
import type { FolderRules } from '../../../core/wire/item.ts';
import { disk, type HeldFolder, holdFolder } from '../disk.ts';
import { type Excludes, excludesOf, type IgnoreRules } from './excludes.ts';
import { forEachOf, Gate, restEveryMs, restingEvery } from './lanes.ts';

/** Why something in a folder stays at home. */
export type LeftOutReason = 'link' | 'device' | 'ignored' | 'secret' | 'unreadable';

/** How many entries stay at home for each reason, and the paths of the first of them. */
export type LeftOut = Readonly<Record<LeftOutReason, { readonly count: number; readonly names: readonly string[] }>>;

/** An entry as it is to travel: its bytes in the stream, and which file of the disk it is. */
export type PlannedEntry = {
  readonly entry: FolderEntry;
  readonly bytes: number;
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  /** When anything of it changed last; nobody can set it back. */
  readonly ctimeMs: number;
};

export type Gathered = Pick<PlannedEntry, 'dev' | 'ino'> & {
  /**
   * Each folder, then the folders in it with all that is in them, then its files; siblings in the order of their bytes.
   */
  readonly entries: readonly PlannedEntry[];
  /** The exact bytes of the stream. */
  readonly size: number;
  readonly counts: FolderCounts;
  /** The first paths of files, those before the others that may make something run. */
  readonly names: readonly string[];
  readonly leftOut: LeftOut;
};

/** What is kept of an entry while others are looked at: a million of `Stats` would fill the memory. */
type Found = Omit<FolderEntry, 'mtime'> & Pick<PlannedEntry, 'ctimeMs' | 'dev' | 'ino' | 'mtimeMs'>;
type Listing = Found & { readonly files: readonly Found[]; readonly folders: readonly Listing[] };

type ListedOne = {
  readonly files: readonly Found[];
  readonly folders: readonly Found[];
  readonly rules: IgnoreRules | undefined;
};

const { promises: fs } = disk;
const namesTold = 50;

/**
 * Gathers the folder at `root`, a real path. Fails with ERR_SOURCE_MISSING: detail `reason` is `collision` where two names in it
 * are one on some disks (with `path`), and `limit` where it is too large.
 */
export async function gather(root: string, options: FolderRules, signal?: AbortSignal): Promise<Gathered> {
  const walk = new Walk(root, await excludesOf(root, options), signal);
  const listing = await walk.list(foundAt('', await fs.lstat(root)), walk.excludes.rules);
  if (listing === undefined)
    throw new FerryError('ERR_SOURCE_MISSING', 'the folder cannot be read', { detail: { reason: 'denied' } });
  const entries: PlannedEntry[] = [];
  const plan = new FolderPlan();
  const names: Record<'dangerous' | 'usual', string[]> = { dangerous: [], usual: [] };
  const rest = restingEvery(restEveryMs);
  for (const found of inOrder(listing)) {
    if (found.path !== '') entries.push(planned(plan, found));
    if (found.kind === 'file') {
      const list = names[names.dangerous.length < namesTold && isDangerousName(found.path) ? 'dangerous' : 'usual'];
      if (list.length < namesTold) list.push(found.path);
    }
    await rest();
  }
  const { size, counts } = plan;
  const { dev, ino } = listing;
  return {
    dev,
    ino,
    entries,
    size,
    counts,
    names: [...names.dangerous, ...names.usual].slice(0, namesTold),
    leftOut: walk.leftOut,
  };
}

function planned(plan: FolderPlan, found: Found): PlannedEntry {
  const { kind, path, size, executable, dev, ino, mtimeMs, ctimeMs } = found;
  try {
    return { ...plan.add({ kind, path, size, executable, mtime: Math.floor(mtimeMs / 1000) }), dev, ino, mtimeMs, ctimeMs };
  } catch (cause) {
    throw unfit(cause, path);
  }
}

function unfit(cause: unknown, path: string): unknown {
  if (!isFerryError(cause)) return cause;
  const reason = cause.detail['reason'] === 'collision' ? 'collision' : 'limit';
  return new FerryError('ERR_SOURCE_MISSING', 'the folder cannot be one item', { cause, detail: { reason, path } });
}

function* inOrder(listing: Listing): Generator<Found> {
  yield listing;
  for (const folder of listing.folders) yield* inOrder(folder);
  yield* listing.files;
}

function foundAt(path: string, stats: Stats): Found {
  const { dev, ino, mtimeMs, ctimeMs } = stats;
  const isFile = stats.isFile();
  const executable = isFile && (stats.mode & 0o100) !== 0;
  return { kind: isFile ? 'file' : 'folder', path, size: isFile ? stats.size : 0, executable, dev, ino, mtimeMs, ctimeMs };
}

class Walk {
  readonly excludes: Excludes;
  readonly leftOut = {
    link: { count: 0, names: [] as string[] },
    device: { count: 0, names: [] as string[] },
    ignored: { count: 0, names: [] as string[] },
    secret: { count: 0, names: [] as string[] },
    unreadable: { count: 0, names: [] as string[] },
  } satisfies LeftOut;
  readonly #root: string;
  readonly #signal: AbortSignal | undefined;
  /** Folders are listed side by side as well: many hold next to nothing. */
  readonly #gate = new Gate();
  #kept = 0;

  constructor(root: string, excludes: Excludes, signal: AbortSignal | undefined) {
    this.#root = root;
    this.excludes = excludes;
    this.#signal = signal;
  }

  /** What is in a folder; undefined where that cannot be read. */
  async list(folder: Found, above: IgnoreRules | undefined): Promise<Listing | undefined> {
    const found = await this.#gate.run(() => this.#listOne(folder, above));
    if (found === undefined) {
      this.#leaveOut('unreadable', folder.path);
      return undefined;
    }
    const folders = await Promise.all(found.folders.map((inner) => this.list(inner, found.rules)));
    return { ...folder, files: found.files, folders: folders.filter((inner) => inner !== undefined) };
  }

  async #listOne(folder: Found, above: IgnoreRules | undefined): Promise<ListedOne | undefined> {
    this.#signal?.throwIfAborted();
    const held = await holdFolder(join(this.#root, folder.path)).catch(() => undefined);
    if (held === undefined) return undefined;
    try {
      return isOf(held, folder) ? await this.#listHeld(held, folder, above) : undefined;
    } finally {
      await held.close();
    }
  }

  async #listHeld({ at }: HeldFolder, folder: Found, above: IgnoreRules | undefined): Promise<ListedOne | undefined> {
    const names = await fs.readdir(at).catch(() => undefined);
    if (names === undefined) return undefined;
    const rules = await this.excludes.enter(folder.path, names, above);
    const kept: Found[] = [];
    await forEachOf(names, async (name) => {
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      const stats = await this.#look(join(at, name), path, rules);
      if (stats !== undefined) kept.push(foundAt(path, stats));
    });
    // Where it was not held, what was a folder may have become a link meanwhile.
    if (!(await this.#isStill(folder))) return undefined;
    kept.sort((a, b) => compareNames(a.path, b.path));
    const ofKind = (kind: FolderEntry['kind']): readonly Found[] => kept.filter((found) => found.kind === kind);
    return { rules, folders: ofKind('folder'), files: ofKind('file') };
  }

  /** What an entry is, where it goes along. */
  async #look(at: string, path: string, rules: IgnoreRules | undefined): Promise<Stats | undefined> {
    // A name that is not UTF-8 cannot be asked for by what came instead.
    const stats = await fs.lstat(at).catch(() => undefined);
    const reason = stats === undefined ? 'unreadable' : await this.#reasonFor(at, path, stats, rules);
    if (reason !== undefined) {
      this.#leaveOut(reason, path);
      return undefined;
    }
    this.#kept += 1;
    if (this.#kept > limits.folderEntries || path.split('/').length > limits.folderDepth) throw tooMuch(path);
    return stats;
  }

  async #reasonFor(at: string, path: string, stats: Stats, rules: IgnoreRules | undefined): Promise<LeftOutReason | undefined> {
    const reason = this.excludes.reasonFor(path, stats.isDirectory(), rules);
    if (reason !== undefined) return reason;
    if (stats.isSymbolicLink()) return 'link';
    if (stats.isDirectory()) return undefined;
    if (!stats.isFile()) return 'device';
    return (await this.#isReadable(at, stats)) ? undefined : 'unreadable';
  }

  /** The system is only asked where the mode leaves a doubt: most files are their owner's and readable. */
  async #isReadable(at: string, { mode, uid }: Stats): Promise<boolean> {
    if (uid === process.getuid?.() && (mode & 0o400) !== 0) return true;
    return fs.access(at, disk.constants.R_OK).then(
      () => true,
      (error: unknown) => systemCodeOf(error) === 'EMFILE',
    );
  }

  async #isStill(folder: Found): Promise<boolean> {
    const stats = await fs.lstat(join(this.#root, folder.path), { bigint: true }).catch(() => undefined);
    return stats?.isDirectory() === true && isOf({ stats }, folder);
  }

  #leaveOut(reason: LeftOutReason, path: string): void {
    const { names } = this.leftOut[reason];
    this.leftOut[reason].count += 1;
    if (names.length < namesTold) names.push(path);
  }
}

function isOf({ stats }: Pick<HeldFolder, 'stats'>, { dev, ino }: Found): boolean {
  return Number(stats.ino) === ino && Number(stats.dev) === dev;
}

function tooMuch(path: string): FerryError {
  return new FerryError('ERR_SOURCE_MISSING', 'the folder cannot be one item', { detail: { reason: 'limit', path } });
}

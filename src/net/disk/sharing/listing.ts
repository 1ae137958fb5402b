// Lists a shared folder page by page. All its names are read and sorted, as many as may be, and kept for the page that follows;
// only the entries of the page itself are looked at.

import { join } from 'node:path';

import { limits } from '../../../core/base/limits.ts';
import type { PeerId } from '../../../core/peers/peerId.ts';
import type { ListedEntry, SharedPlace } from '../../../core/sharing/sharedDisk.ts';
import type { FolderRules } from '../../../core/wire/item.ts';
import { disk } from '../disk.ts';
import { type Excludes, excludesOf, type IgnoreRules } from '../tree/excludes.ts';
import { forEachOf, restEveryMs, restingEvery } from '../tree/lanes.ts';
import { expectStill, inFolder, isHidden, notShared } from './place.ts';

export type Page = { readonly entries: readonly ListedEntry[]; readonly isMore: boolean };
export type PageWanted = { readonly after: string | undefined; readonly count: number };

/** The names in the folder that a peer listed last, sorted. */
type Names = { readonly folder: string; readonly names: readonly string[]; readonly until: number };

/** A page is asked for soon after the one before it, or not at all. */
const keptMs = 30_000;
const keptFolders = 8;

export class Listings {
  readonly #excludes: () => FolderRules;
  readonly #kept = new Map<PeerId, Names>();

  /** What stays hidden, besides what always does. */
  constructor(excludes: () => FolderRules) {
    this.#excludes = excludes;
  }

  /** As SharedDisk.list. */
  async page({ root, path, peer }: SharedPlace, { after, count }: PageWanted, signal: AbortSignal): Promise<Page> {
    const folder = join(root, path);
    const kept = after === undefined ? undefined : this.#kept.get(peer);
    const isKept = kept?.folder === folder && performance.now() < kept.until;
    return inFolder(root, path, async ({ at, stats }) => {
      const names = isKept ? kept.names : await namesIn(at, signal);
      this.#keep(peer, { folder, names, until: performance.now() + keptMs });
      const excludes = await excludesOf(root, this.#excludes());
      const page = await pageOf(names, { after, count }, { at, path, excludes, rules: await rulesIn(excludes, path) }, signal);
      // Where it was not held, what was a folder may have become a link meanwhile.
      await expectStill(root, path, stats);
      return page;
    });
  }

  #keep(peer: PeerId, names: Names): void {
    this.#kept.delete(peer);
    this.#kept.set(peer, names);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptFolders && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** As many names as are listed, sorted. Fails with ERR_NOT_SHARED where it cannot be read. */
async function namesIn(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  const rest = restingEvery(restEveryMs);
  try {
    for await (const entry of await disk.promises.opendir(folder, { bufferSize: 1024 })) {
      signal.throwIfAborted();
      // A file system that does not say what an entry is has it looked at.
      const isWanted = !isHidden(entry.name) && !entry.isSymbolicLink() && entry.name.isWellFormed();
      if (isWanted) names.push(entry.name);
      if (names.length >= limits.sharedFolderEntries) break;
      await rest();
    }
  } catch (cause) {
    throw notShared(cause);
  }
  return names.sort();
}

async function rulesIn(excludes: Excludes, path: string): Promise<IgnoreRules | undefined> {
  let { rules } = excludes;
  let at = '';
  for (const name of ['', ...(path === '' ? [] : path.split('/'))]) {
    at = at === '' ? name : `${at}/${name}`;
    rules = await excludes.enter(at, ['.gitignore'], rules);
  }
  return rules;
}

type Where = {
  readonly at: string;
  readonly path: string;
  readonly excludes: Excludes;
  readonly rules: IgnoreRules | undefined;
};

async function pageOf(names: readonly string[], { after, count }: PageWanted, where: Where, signal: AbortSignal): Promise<Page> {
  const entries: ListedEntry[] = [];
  let next = after === undefined ? 0 : firstAfter(names, after);
  while (next < names.length && entries.length < count) {
    signal.throwIfAborted();
    const some = names.slice(next, next + count - entries.length);
    const found = new Map<string, ListedEntry>();
    await forEachOf(some, async (name) => {
      const entry = await entryOf(name, where);
      if (entry !== undefined) found.set(name, entry);
    });
    entries.push(...some.flatMap((name) => found.get(name) ?? []));
    next += some.length;
  }
  return { entries, isMore: next < names.length };
}

async function entryOf(name: string, { at, path, excludes, rules }: Where): Promise<ListedEntry | undefined> {
  const inner = path === '' ? name : `${path}/${name}`;
  const found = await disk.promises.lstat(join(at, name)).catch(() => undefined);
  if (found === undefined || excludes.reasonFor(inner, found.isDirectory(), rules) !== undefined) return undefined;
  // Whoever reads it takes no other numbers, and would see nothing of the folder.
  const modified = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.trunc(found.mtimeMs)));
  if (found.isDirectory()) return { kind: 'folder', name, modified };
  const size = found.size <= limits.itemBytes ? { size: found.size } : {};
  return found.isFile() ? { kind: 'file', name, ...size, modified } : undefined;
}

/** The place of the first name behind this one. */
function firstAfter(names: readonly string[], after: string): number {
  let [from, to] = [0, names.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((names[middle] ?? '') > after) to = middle;
    else from = middle + 1;
  }
  return from;
}

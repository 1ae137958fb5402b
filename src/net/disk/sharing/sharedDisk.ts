// The disk that shares: listings, files, and folders as one stream each, with their plans remembered for a while so that what was
// cut goes on in the same stream.

import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';

import { FerryError } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import type { SharedDisk, SharedPlace, SharedSource } from '../../../core/sharing/sharedDisk.ts';
import type { FolderRules } from '../../../core/wire/item.ts';
import { Listings } from './listing.ts';
import { look, notShared } from './place.ts';
import { etagOf, sharedFile } from './sharedFile.ts';

type Plan = { readonly source: SharedSource; readonly until: number };

/** The disk as it is. `exclude`: globs of what stays hidden, as in VS Code's `files.exclude`. */
export function createSharedDisk(exclude: () => readonly string[]): SharedDisk {
  const plans = new Plans();
  // What has a dot in front is hidden at whatever depth.
  const rules = (): FolderRules => ({ followGitignore: true, exclude: [...exclude(), '**/.*'], includeSecrets: false });
  const listings = new Listings(rules);
  return {
    list: (place, page, signal) => listings.page(place, page, signal),
    async open(place, etag, signal) {
      const found = await look(place.root, place.path);
      if (found.isFile()) return sharedFile(place.root, place.path, found, place.name);
      const known = etag === undefined ? undefined : plans.find(keyOf(place, etag));
      if (known !== undefined) return known;
      const source = await gathered(place, found, rules(), signal);
      plans.keep(keyOf(place, source.etag), source);
      return source;
    },
  };
}

/** The folder that was found at a place, with all that is in it. */
async function gathered(
  { root, path, name }: SharedPlace & { readonly name: string },
  { dev, ino }: BigIntStats,
  rules: FolderRules,
  signal: AbortSignal,
): Promise<SharedSource> {
  const { folderItem } = await import('../tree/folderItem.ts');
  const folder = path === '' ? root : join(root, path);
  const { item, ...source } = await folderItem(folder, { ...rules, signal }).catch((cause: unknown) => {
    const reason = cause instanceof FerryError ? cause.detail['reason'] : undefined;
    throw reason === 'limit' || reason === 'collision' ? cause : notShared(cause);
  });
  // What was a folder may have become a link before it was gathered.
  if (source.root !== folder || source.dev !== Number(dev) || source.ino !== Number(ino)) throw notShared();
  return { item: { ...item.offered, name }, etag: etagOf(item.file.stamp), open: item.open };
}

function keyOf({ root, path, peer }: SharedPlace, etag: string): string {
  return [peer, etag, root, path].join(' ');
}

class Plans {
  readonly #plans = new Map<string, Plan>();

  find(key: string): SharedSource | undefined {
    const plan = this.#plans.get(key);
    if (plan === undefined || performance.now() > plan.until) return undefined;
    this.keep(key, plan.source);
    return plan.source;
  }

  /** The one that was used last stays longest. */
  keep(key: string, source: SharedSource): void {
    const now = performance.now();
    this.#plans.delete(key);
    this.#plans.set(key, { source, until: now + limits.sharedPlanLifeMs });
    let held = [...this.#plans.values()].reduce((sum, plan) => sum + entriesOf(plan.source), 0);
    for (const [oldest, plan] of this.#plans) {
      const isTooMuch = this.#plans.size > limits.sharedPlans || held > limits.sharedPlanEntries;
      if (oldest === key || (!isTooMuch && now <= plan.until)) continue;
      held -= entriesOf(plan.source);
      this.#plans.delete(oldest);
    }
  }
}

function entriesOf({ item: { folder } }: SharedSource): number {
  return folder === undefined ? 0 : folder.files + folder.folders;
}

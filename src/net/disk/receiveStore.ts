// Received files on disk: the folders they land in, the space that is kept for them, and the parts that have no name yet.

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { KeptPart, Landing, PublishedPart, ReceiveStore, Target } from '../../core/receiving/store.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { checkFolder, type DiskPort, disk, makeFolder, syncFolder, writeFailure } from './disk.ts';
import { batched } from './journal/batched.ts';
import { partName, partPattern } from './leftovers.ts';
import type { Place } from './partFile.ts';

export type Folders = Readonly<Record<Extract<Landing, string>, string>>;

export type ReceiveStoreOptions = {
  /** Asked anew for every item: the person may choose another folder at any time. */
  readonly folders: () => Folders;
  readonly keepFreeBytes?: number;
  /** Tells the parts of several installations in one folder apart. */
  readonly owner?: string;
  /** Another disk, for tests. */
  readonly fs?: DiskPort;
};

const { promises: real } = disk;
// What writes parts is loaded with the first of them.
const files = () => import('./partFile.ts');

/** The disk that receives. */
export function createReceiveStore(options: ReceiveStoreOptions): ReceiveStore {
  const { folders, keepFreeBytes = limits.diskKeptFreeBytes, owner = '', fs = real } = options;
  // What was promised to offers and is not on disk yet. Both folders count alike: they are on one disk as a rule.
  const promised = new Set<{ bytes: number }>();
  const placeOf = places(fs, owner);
  return {
    async prepare(landing, bytes) {
      const folder = folderOf(landing, folders);
      await openFolder(fs, folder);
      const promise = { bytes };
      // Before the disk is asked, so that of two offers that come together one sees the other.
      promised.add(promise);
      try {
        const { bavail, bsize } = await fs.statfs(folder).catch((cause: unknown) => {
          throw writeFailure(cause);
        });
        const taken = [...promised].reduce((sum, one) => sum + one.bytes, 0);
        if (bavail * bsize - taken < keepFreeBytes) {
          throw new FerryError('ERR_NO_SPACE', 'there is no space for the item', { detail: { bytes, free: bavail * bsize } });
        }
      } catch (error) {
        promised.delete(promise);
        throw error;
      }
      return {
        wrote: (written) => {
          promise.bytes = Math.max(0, bytes - written);
        },
        release: () => void promised.delete(promise),
      };
    },
    async create(landing, target) {
      const folder = folderOf(landing, folders);
      await checkFolder(fs, folder);
      const place = placeOf(folder, target);
      if (target.tree === undefined) return (await files()).newPart(place);
      const { newTree } = await import('./tree/newTree.ts');
      return newTree({ ...target.tree, folder, name: place.name, path: place.path });
    },
    async reopen(landing, target) {
      const folder = folderOf(landing, folders);
      const left = await partsOf(fs, folder, tagOf(owner, target.part));
      return left.length === 0 ? undefined : takeOver(left, placeOf(folder, target), target);
    },
    async forget(landing, { part }) {
      const folder = folderOf(landing, folders);
      for (const name of await partsOf(fs, folder, tagOf(owner, part)))
        await fs.rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
    },
    createHash: () => createHash('sha256'),
  };
}

/** What the part of an item has in its name; a sender cannot choose it. */
export function tagOf(owner: string, part: string): string {
  return createHash('sha256').update(`${owner}\0${part}`).digest('hex').slice(0, 16);
}

async function partsOf(fs: DiskPort, folder: string, tag: string): Promise<readonly string[]> {
  const names = await fs.readdir(folder).catch(() => []);
  return names.filter((name) => partPattern.exec(name)?.[3] === tag);
}

/** Renamed before it is opened: another process that has it open still, and is not dead, has lost it. */
async function takeOver(left: readonly string[], place: Place, { tree }: Target): Promise<KeptPart | PublishedPart | undefined> {
  const { fs, folder, name, path } = place;
  await checkFolder(fs, folder);
  for (const one of left) {
    await fs.rename(join(folder, one), path.replace(/part$/, one.slice(-4))).catch((cause: unknown) => {
      throw writeFailure(cause);
    });
  }
  if (tree === undefined) return (await files()).openPart(place);
  const { keptTree } = await import('./tree/newTree.ts');
  return keptTree({ ...tree, folder, name, path });
}

/** Where items belong. Those of the same moment share the syncs of their folder. */
function places(fs: DiskPort, owner: string): (folder: string, target: Target) => Place {
  const syncs = new Map<string, () => Promise<void>>();
  return (folder, { name, part }) => {
    const sync = syncs.get(folder) ?? batched(() => syncFolder(fs, folder));
    syncs.set(folder, sync);
    return { fs, folder, sync, name: safeFileName(name), path: join(folder, partName(tagOf(owner, part))) };
  };
}

function folderOf(landing: Landing, folders: () => Folders): string {
  return typeof landing === 'object' ? landing.folder : folders()[landing];
}

async function openFolder(fs: DiskPort, folder: string): Promise<void> {
  try {
    await makeFolder(fs, folder);
    await fs.access(folder, disk.constants.W_OK | disk.constants.X_OK);
  } catch (cause) {
    throw writeFailure(cause);
  }
  await checkFolder(fs, folder);
}

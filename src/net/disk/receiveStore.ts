// Received files on disk: the folders they land in, the space that is kept for them, and the parts that have no name yet. What a
// killed process left behind goes at the next start, but for what somebody still waits for.

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { KeptPart, Landing, PublishedPart, ReceiveStore, Target } from '../../core/receiving/store.ts';
import { safeFileName } from '../../core/text/safeName.ts';
import { checkFolder, type DiskPort, disk, isRunning, writeFailure } from './disk.ts';
import { newPart, openPart } from './partFile.ts';

export type Folders = Readonly<Record<Landing, string>>;

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
/** A transfer that moves writes all the time: nobody is behind a part file this old, whatever process has its number now. */
const abandonedAfterMs = 24 * 60 * 60_000;
const keptAliveMs = 60_000;

/** The disk that receives. */
export function createReceiveStore(options: ReceiveStoreOptions): ReceiveStore {
  const { folders, keepFreeBytes = limits.diskKeptFreeBytes, owner = '', fs = real } = options;
  // What was promised to offers and is not on disk yet. Both folders count alike: they are on one disk as a rule.
  const promised = new Set<{ bytes: number }>();
  return {
    async prepare(landing, bytes) {
      const folder = folders()[landing];
      await makeFolder(fs, folder);
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
    async create(landing, { name, part }) {
      const folder = folders()[landing];
      await checkFolder(fs, folder);
      return newPart({ fs, folder, name: safeFileName(name), path: join(folder, partName(tagOf(owner, part))) });
    },
    async reopen(landing, target) {
      const folder = folders()[landing];
      const left = await partsOf(fs, folder, tagOf(owner, target.part));
      const [first] = left;
      return first === undefined ? undefined : takeOver(fs, folder, first, target, owner);
    },
    async forget(landing, { part }) {
      const folder = folders()[landing];
      for (const name of await partsOf(fs, folder, tagOf(owner, part)))
        await fs.unlink(join(folder, name)).catch(() => undefined);
    },
    createHash: () => createHash('sha256'),
  };
}

/** Removes part files of processes that are gone from a folder, but for wanted ones; one that is not there is left alone. */
export async function removeLeftovers(folder: string, isWanted: (tag: string) => boolean = () => false): Promise<void> {
  const fs = real;
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    const match = partPattern.exec(name);
    if (match === null || isWanted(match[3] ?? '')) continue;
    const path = join(folder, name);
    const gone = (match[1] === hostTag && !isRunning(Number(match[2]))) || (await isOlderThan(path, abandonedAfterMs));
    if (gone) await fs.unlink(path).catch(() => undefined);
  }
}

/** The part of Ferry's own storage that belongs to this process: what it holds is of use to this window only. */
export function storageOfProcess(folder: string): string {
  return join(folder, `${hostTag}-${process.pid}`);
}

/**
 * Removes from Ferry's own storage what processes that are gone have left; of those that cannot be asked, what nobody touched for
 * a day.
 */
export async function removeStaleStorage(folder: string): Promise<void> {
  const fs = real;
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    const match = /^([0-9a-f]{8})-(\d{1,10})$/.exec(name);
    const path = join(folder, name);
    if (match === null || path === storageOfProcess(folder)) continue;
    const isGone = match[1] === hostTag && !isRunning(Number(match[2]));
    if (isGone || (await isOlderThan(path, abandonedAfterMs))) await fs.rm(path, { recursive: true, force: true });
  }
}

/**
 * Says now and again that this process is still there, for those that cannot ask: its number may be that of another process
 * elsewhere, or after a restart. The disposable ends it.
 */
export function keepStorage(folder: string): { dispose(): void } {
  const path = storageOfProcess(folder);
  const touch = (): void => {
    const now = new Date();
    // There is nothing to keep where the folder is not there.
    real.utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(touch, keptAliveMs);
  timer.unref();
  return { dispose: () => clearInterval(timer) };
}

/** Tells the machines that may share a folder apart, without naming them. */
const hostTag = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Host, process and item of a part. */
const partPattern = /^\.ferry-([0-9a-f]{8})-(\d{1,10})-([0-9a-f]{16})\.part$/;

function partName(tag: string): string {
  return `.ferry-${hostTag}-${process.pid}-${tag}.part`;
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
async function takeOver(
  fs: DiskPort,
  folder: string,
  left: string,
  { name, part }: Target,
  owner: string,
): Promise<KeptPart | PublishedPart | undefined> {
  await checkFolder(fs, folder);
  const path = join(folder, partName(tagOf(owner, part)));
  await fs.rename(join(folder, left), path).catch((cause: unknown) => {
    throw writeFailure(cause);
  });
  return openPart({ fs, folder, name: safeFileName(name), path });
}

async function makeFolder(fs: DiskPort, folder: string): Promise<void> {
  try {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
    await fs.access(folder, disk.constants.W_OK | disk.constants.X_OK);
  } catch (cause) {
    throw writeFailure(cause);
  }
  await checkFolder(fs, folder);
}

async function isOlderThan(path: string, ageMs: number): Promise<boolean> {
  const found = await real.lstat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ageMs;
}

// What processes that are gone have left behind and nobody waits for: parts without a name, and contents that no entry of the
// inbox has.

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { disk, isRunning, processNamespace } from './disk.ts';
import { namesLock, removeStaleLock } from './lockFile.ts';

const { promises: fs } = disk;
/** A transfer that moves writes all the time: nobody is behind a part file this old, whatever process has its number now. */
const abandonedAfterMs = 24 * 60 * 60_000;

/** Tells the machines that may share a folder apart, and the containers on one, without naming them. */
export const hostTag = createHash('sha256').update(`${hostname()}\n${processNamespace()}`).digest('hex').slice(0, 8);

/** Host, process and tag of a part: of whatever is written beside its place first. */
export const partPattern = /^\.ferry-([0-9a-f]{8})-(\d{1,10})-([0-9a-f]{16})\.(part|list)$/;

/** The name of a part of this process; `tag`: 16 hexadecimal digits. */
export function partName(tag: string): string {
  return `.ferry-${hostTag}-${process.pid}-${tag}.part`;
}

/** Removes parts and locks of processes that are gone from a folder, but for wanted ones; one that is not there is left alone. */
export async function removeLeftovers(folder: string, isWanted: (tag: string) => boolean = () => false): Promise<void> {
  await removeStaleLock(join(folder, namesLock));
  for (const name of await namesIn(folder)) {
    const match = partPattern.exec(name);
    if (match === null || isWanted(match[3] ?? '')) continue;
    const path = join(folder, name);
    const gone = (match[1] === hostTag && !isRunning(Number(match[2]))) || (await isOlderThan(path, abandonedAfterMs));
    if (gone) await fs.rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Removes from Ferry's own storage what nobody has touched for a day and no entry has. */
export async function removeOrphans(storage: string, isKept: (path: string) => boolean): Promise<void> {
  for (const name of await namesIn(storage)) {
    const path = join(storage, name);
    if (isKept(path) || partPattern.test(name) || !(await isOlderThan(path, abandonedAfterMs))) continue;
    await fs.rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return fs.readdir(folder).catch(() => []);
}

async function isOlderThan(path: string, ageMs: number): Promise<boolean> {
  const found = await fs.lstat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ageMs;
}

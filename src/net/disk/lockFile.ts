// A lock between processes: a file that only one can create. Held for milliseconds; one whose holder is gone is broken.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { FerryError, systemCodeOf } from '../../core/base/errors.ts';
import { disk } from './disk.ts';

const { promises: fs } = disk;
const retryMs = 15;
const staleMs = 15_000;
const giveUpMs = 30_000;

/** Runs `work` while this process holds the lock at `path`. Fails with ERR_TIMEOUT after 30 s, or as `work` does. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mark = `${process.pid} ${randomBytes(8).toString('hex')}\n`;
  await take(path, mark);
  try {
    return await work();
  } finally {
    await giveUp(path, mark);
  }
}

/** Whoever slept with the lock may have lost it to another, whose lock it must not take away. */
async function giveUp(path: string, mark: string): Promise<void> {
  const held = await fs.readFile(path, 'utf8').catch(() => '');
  if (held === mark) await fs.unlink(path).catch(() => undefined);
}

async function take(path: string, mark: string): Promise<void> {
  const until = performance.now() + giveUpMs;
  while (performance.now() < until) {
    try {
      await fs.writeFile(path, mark, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
    await breakStale(path);
    await wait(retryMs + (process.pid % retryMs));
  }
  throw new FerryError('ERR_TIMEOUT', 'another window holds a lock for too long');
}

/**
 * Renamed before it is removed: of several that find it stale only one gets to do so. A lock that was taken in its place between
 * the look and the renaming is put back.
 */
async function breakStale(path: string): Promise<void> {
  const found = await fs.stat(path).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < staleMs) return;
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await fs.rename(path, aside);
    const { mtimeMs } = await fs.stat(aside);
    if (mtimeMs !== found.mtimeMs) await fs.link(aside, path);
  } catch {
    // Another was faster.
  }
  await fs.unlink(aside).catch(() => undefined);
}

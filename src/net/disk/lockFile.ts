// A lock between processes: a file that only one can create. It says which process holds it, and where that number counts.
// Held for milliseconds; one whose holder is gone is broken, whatever time the file has.

import { createHash, randomBytes } from 'node:crypto';
import { hostname, uptime } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

import { FerryError, systemCodeOf } from '../../core/base/errors.ts';
import { disk, isRunning, processNamespace } from './disk.ts';

/** Who gives folders their names holds it, in the folder that they lie in. */
export const namesLock = '.ferry-names.lock';

const { promises: fs } = disk;
const retryMs = 15;
const staleMs = 15_000;
const giveUpMs = 30_000;

/** Runs `work` while this process holds the lock at `path`. Fails with ERR_TIMEOUT after 30 s, or as `work` does. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mark = `${process.pid} ${await bootTag()} ${randomBytes(8).toString('hex')}\n`;
  await take(path, mark);
  try {
    return await work();
  } finally {
    await giveUp(path, mark);
  }
}

/** Removes the lock at `path` where the process that held it is gone. Never fails. */
export async function removeStaleLock(path: string): Promise<void> {
  const stale = await staleMark(path, { mark: '', since: performance.now() });
  if (stale !== undefined) await breakStale(path, stale);
}

/** Whoever slept with the lock may have lost it to another, whose lock it must not take away. */
async function giveUp(path: string, mark: string): Promise<void> {
  const held = await fs.readFile(path, 'utf8').catch(() => '');
  if (held === mark) await fs.unlink(path).catch(() => undefined);
}

async function take(path: string, mark: string): Promise<void> {
  const until = performance.now() + giveUpMs;
  const seen: Seen = { mark: '', since: performance.now() };
  while (performance.now() < until) {
    try {
      await fs.writeFile(path, mark, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
    const stale = await staleMark(path, seen);
    if (stale !== undefined) await breakStale(path, stale);
    await wait(retryMs + (process.pid % retryMs));
  }
  throw new FerryError('ERR_TIMEOUT', 'another window holds a lock for too long');
}

type Seen = { mark: string; since: number };

/**
 * What stands in a lock that nobody is behind any more: its process is gone, it is older than any work takes, or it was looked at
 * for that long. Undefined where somebody may be.
 */
async function staleMark(path: string, seen: Seen): Promise<string | undefined> {
  const [found, mark] = await Promise.all([fs.stat(path), fs.readFile(path, 'utf8')]).catch(() => [undefined, ''] as const);
  if (found === undefined) return undefined;
  const [pid = '', boot = ''] = mark.split(/\s+/);
  // Another start of this machine, or another machine that shares the folder: then only time can tell.
  const isOfThisStart = !/^[0-9a-f]{8}-/.test(boot) || boot === (await bootTag());
  if (isOfThisStart && /^\d{1,10}$/.test(pid) && !isRunning(Number(pid))) return mark;
  if (Date.now() - found.mtimeMs >= staleMs) return mark;
  if (seen.mark !== mark) Object.assign(seen, { mark, since: performance.now() });
  return performance.now() - seen.since >= staleMs ? mark : undefined;
}

/**
 * What tells one start of one machine from every other, and on Linux one namespace of processes from the others: a number of a
 * process says nothing beyond it. Linux has a name for a start, elsewhere it is the time.
 */
export async function bootTag(): Promise<string> {
  const named = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  if (/^[0-9a-f]{8}-[0-9a-f-]+\s*$/.test(named)) return `${named.trim()}-${processNamespace()}`;
  const minutes = Math.round((Date.now() / 1000 - uptime()) / 600);
  return `${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}-${minutes}`;
}

/**
 * Renamed before it is removed: of several that find it stale only one gets to do so. A lock that was taken in its place since
 * the look is put back: no two say the same.
 */
async function breakStale(path: string, mark: string): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await fs.rename(path, aside);
    if ((await fs.readFile(aside, 'utf8')) !== mark) await fs.link(aside, path);
  } catch {
    // Another was faster.
  }
  await fs.unlink(aside).catch(() => undefined);
}

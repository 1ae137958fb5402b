// A folder of its own for each test, and a way to wait for what events announce.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Event } from '../../src/core/base/event.ts';

const made: string[] = [];

/** A new empty folder, 0700, removed by `removeTempFolders`. */
export async function tempFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ferry-test-')));
  made.push(folder);
  return folder;
}

/** Removes every folder that this process made here. */
export async function removeTempFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** What has not happened by then hangs: nothing takes so long, on any machine. */
const hangMs = 60_000;

/** Waits until `find` gives something, looking whenever `event` fires; fails with `what` where that never happens. */
export async function eventually<T, E>(event: Event<E>, find: () => T | undefined, what: string): Promise<T> {
  const now = find();
  if (now !== undefined) return now;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      subscription.dispose();
      reject(new Error(`this did not happen within ${hangMs} ms: ${what}`));
    }, hangMs);
    const subscription = event(() => {
      const found = find();
      if (found === undefined) return;
      clearTimeout(late);
      subscription.dispose();
      resolve(found);
    });
  });
}

// Counts how often files and folders are synced: by their handles, since that is what every way to sync ends at.

import { open } from 'node:fs/promises';

import { tempFolder } from './temp.ts';

/** Does something, and gives how many syncs of this process there were meanwhile. */
export async function countSyncs(work: () => Promise<void>): Promise<number> {
  const file = await open(await tempFolder(), 'r');
  const handles = Object.getPrototypeOf(file) as Record<'sync' | 'datasync', (this: unknown) => Promise<void>>;
  await file.close();
  const real = { sync: handles.sync, datasync: handles.datasync };
  let count = 0;
  for (const name of ['sync', 'datasync'] as const) {
    handles[name] = function (): Promise<void> {
      count += 1;
      return real[name].call(this);
    };
  }
  try {
    await work();
  } finally {
    Object.assign(handles, real);
  }
  return count;
}

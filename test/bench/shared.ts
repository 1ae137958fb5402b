// Shared folders: how soon the first of many entries are listed, and how fast a file is got. Owner and getter are in one process.

import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { PeerLink } from '../../src/core/peers/link.ts';
import { findShared, sharedEntries, sharedPages } from '../../src/core/sharing/getting/browse.ts';
import { withShare } from '../../src/core/sharing/shares.ts';
import { headlessPeer } from '../support/headlessPeer.ts';
import { gotten, makePaired } from '../support/sharingPeers.ts';
import { tempFolder } from '../support/temp.ts';
import { median } from './lib/numbers.ts';
import { atMost, type BenchRow, noted } from './rows.ts';

const rounds = 7;
const mebi = 1024 * 1024;
const gotBytes = 512 * mebi;
const forever = new AbortController().signal;

/** Rows: first pages of a tree of a million files and of a flat folder of 50 000, all pages of that, and a file that is got. */
export async function benchShared(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  await makeTree(join(root, 'tree'), 1_000, 1_000);
  await makeTree(join(root, 'flat'), 1, 50_000);
  const file = await open(join(root, 'large.bin'), 'w');
  for (let written = 0; written < gotBytes; written += mebi) await file.write(new Uint8Array(mebi).fill(written / mebi));
  await file.close();
  const [owner, getter] = await Promise.all([headlessPeer(), headlessPeer()]);
  try {
    await owner.shares.change((shares) => withShare(shares, { name: 'Work', path: root, with: 'paired' }));
    await makePaired(owner, getter);
    const link = await getter.online.dial(owner.address, owner.identity.peerId, forever);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const [level, inside, flat] = [
      await firstPage(link, ['Work', 'tree']),
      await firstPage(link, ['Work', 'tree', '0500']),
      await firstPage(link, ['Work', 'flat', '0000']),
    ];
    const { id } = await findShared(link, ['Work', 'flat', '0000'], forever);
    const all = await timed(() => sharedEntries(link, id, forever));
    link.close();
    delay.disable();
    const wanted = [{ path: ['Work', 'large.bin'] }];
    const got = await timed(async () => {
      const from = { id: owner.identity.peerId, name: 'owner' };
      await gotten(getter, await getter.fetcher.get(from, wanted, { action: 'save' }, forever));
    });
    return [
      atMost('shared: first page of a tree of a million files, median', level, 'ms', 300),
      atMost('shared: first page within it, of 1 000 files, median', inside, 'ms', 300),
      atMost('shared: first page of a flat folder of 50 000 files, median', flat, 'ms', 200),
      noted('shared: all 50 000 entries of it', all, 'ms'),
      atMost('loop: shared, p99 delay', delay.percentile(99) / 1e6, 'ms', 50),
      noted('shared: the longest hold of the loop', delay.max / 1e6, 'ms'),
      noted('shared: 512 MiB got, disk to disk, synced', gotBytes / 1e6 / (got / 1000), 'MB/s'),
    ];
  } finally {
    await Promise.all([owner.stop(), getter.stop()]);
  }
}

async function firstPage(link: PeerLink, path: readonly string[]): Promise<number> {
  const { id } = await findShared(link, path, forever);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await timed(() => sharedPages(link, id, forever).next()));
  }
  return median(times);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function makeTree(root: string, folders: number, files: number): Promise<void> {
  for (let folder = 0; folder < folders; folder += 1) {
    const path = join(root, String(folder).padStart(4, '0'));
    await mkdir(path, { recursive: true });
    for (let first = 0; first < files; first += 500) {
      const names = Array.from(
        { length: Math.min(500, files - first) },
        (_, n) => `file-${String(first + n).padStart(6, '0')}.txt`,
      );
      await Promise.all(names.map((name) => writeFile(join(path, name), '')));
    }
  }
}

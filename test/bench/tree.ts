// Folders as one item, without a network: from a folder on disk through its stream into a part folder that is synced and named.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { openTreePart } from '../../src/net/disk/tree/treePart.ts';
import { folderSource } from '../../src/net/disk/tree/treeSource.ts';
import { tempFolder } from '../support/temp.ts';
import { settle } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { runRivalCopies } from './lib/treeRivals.ts';
import { even, makeTree, packages } from './lib/trees.ts';
import { atLeast, atMost, type BenchRow, noted } from './rows.ts';

/** Nothing is removed in between: for minutes, ext4 looks at every file that was removed when it makes a new one. */
const rounds = 5;
const options = { followGitignore: false, exclude: [], includeSecrets: true };

/** Rows: files a second, the part of them that is gathering, processor time, and the event loop. */
export async function benchTree(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const rows: BenchRow[] = [];
  for (const shape of [even, packages]) {
    const source = join(root, `source-${shape.folders}`);
    await makeTree(source, shape);
    await settle();
    const runs = [];
    for (let round = 0; round < rounds; round += 1)
      runs.push(await carry(source, join(root, `target-${shape.folders}-${round}`)));
    const perSecond = shape.files / (median(runs.map(({ ms }) => ms)) / 1000);
    const row =
      shape === even
        ? atLeast(`tree: ${shape.name}`, perSecond, 'files/s', 5_000)
        : noted(`tree: ${shape.name}`, perSecond, 'files/s');
    rows.push(
      row,
      noted('tree: gathering alone', median(runs.map(({ gatheredMs }) => gatheredMs)), 'ms'),
      noted('tree: processor time', median(runs.map(({ cpuMs }) => cpuMs)), 'ms'),
      atMost('loop: tree, p99 delay', Math.max(...runs.map(({ p99Ms }) => p99Ms)), 'ms', 50),
      ...(await runRivalCopies(source, join(root, `rival-${shape.folders}`), shape.files)),
    );
  }
  return rows;
}

type Run = { readonly ms: number; readonly gatheredMs: number; readonly cpuMs: number; readonly p99Ms: number };

async function carry(from: string, folder: string): Promise<Run> {
  await mkdir(folder, { mode: 0o700 });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const source = await folderSource(from, options);
  const gatheredMs = performance.now() - begun;
  const part = await openTreePart({
    path: join(folder, '.ferry.part'),
    folder,
    name: 'tree',
    size: source.size,
    keepExecutable: true,
  });
  for await (const chunk of source.open(new AbortController().signal)) await part.write(chunk);
  await part.finish();
  await part.publish();
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  await settle();
  return { ms, gatheredMs, cpuMs: (user + system) / 1000, p99Ms: delay.percentile(99) / 1e6 };
}

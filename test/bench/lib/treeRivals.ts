// What other programs need to copy the same folder on this machine, where they are installed.

import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

import { type BenchRow, noted, notMeasured } from '../rows.ts';
import { settle } from './files.ts';
import { median } from './numbers.ts';

const run = promisify(execFile);
const rounds = 3;

/** Rows: `rsync`, and `tar` into `tar`, both followed by `sync`, for Ferry syncs as well. */
export async function runRivalCopies(source: string, target: string, files: number): Promise<readonly BenchRow[]> {
  const rivals: readonly (readonly [string, string])[] = [
    ['rsync -a', 'rsync -a "$0"/ "$1"'],
    ['tar into tar', 'tar -C "$0" -c . | tar -C "$1" -x'],
  ];
  const rows: BenchRow[] = [];
  for (const [name, command] of rivals) {
    const times: number[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        await mkdir(target);
        const begun = performance.now();
        await run('sh', ['-c', `set -e; ${command}; sync -f "$1"`, source, target]);
        times.push(performance.now() - begun);
        await rm(target, { recursive: true });
        await settle();
      }
      rows.push(noted(`tree: ${name}, then sync`, files / (median(times) / 1000), 'files/s'));
    } catch {
      await rm(target, { recursive: true, force: true });
      rows.push(notMeasured(`tree: ${name}`, 'it is not installed here', '-'));
    }
  }
  return rows;
}

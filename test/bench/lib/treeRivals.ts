// What other programs need to copy the same folder on this machine, where they are installed.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

import { type BenchRow, noted, notMeasured } from '../rows.ts';
import { settle } from './files.ts';
import { median } from './numbers.ts';

const run = promisify(execFile);
const rounds = 3;

/** Rows: `rsync`, also with a sync for each file as Ferry has it, and `tar` into `tar`, all of them followed by `sync`. */
export async function runRivalCopies(source: string, target: string, files: number): Promise<readonly BenchRow[]> {
  const rivals: readonly (readonly [string, string])[] = [
    ['rsync -a', 'rsync -a "$0"/ "$1"'],
    ['rsync -a --fsync', 'rsync -a --fsync "$0"/ "$1"'],
    ['tar into tar', 'tar -C "$0" -c . | tar -C "$1" -x'],
  ];
  const rows: BenchRow[] = [];
  for (const [name, command] of rivals) {
    const times: number[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        const copy = `${target}-${rows.length}-${round}`;
        await mkdir(copy);
        const begun = performance.now();
        await run('sh', ['-c', `set -e; ${command}; sync -f "$1"`, source, copy]);
        times.push(performance.now() - begun);
        await settle();
      }
      rows.push(noted(`tree: ${name}, then sync`, files / (median(times) / 1000), 'files/s'));
    } catch {
      rows.push(notMeasured(`tree: ${name}`, 'it is not installed here', '-'));
    }
  }
  return rows;
}

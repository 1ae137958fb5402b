// Memory while 4 GiB move: the most that was resident, and whether it grows with what has moved.

import { statfs } from 'node:fs/promises';

import { tempFolder } from '../support/temp.ts';
import type { Usage } from './lib/calls.ts';
import { gibi, sparseFile } from './lib/files.ts';
import { slope } from './lib/numbers.ts';
import { withPair } from './lib/peers.ts';
import { atMost, type BenchRow, notMeasured } from './rows.ts';
import { sendOnce } from './throughput.ts';

const size = 4 * gibi;
/** A process needs its first moments to fill its heap; what counts is what comes after. */
const warmUp = 0.25;
/** Less than what a list of what was received would need. */
const flatMbPerGibi = 2;

/** Rows: the peak and the slope of each side. */
export async function benchMemory(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize < size + 2 * gibi) return [notMeasured('memory: 4 GiB', 'it needs 6 GiB of free disk', '<= 150')];
  const source = await sparseFile(root, 'source.bin', size);
  return withPair(root, async (pair) => {
    const { ms, sender, receiver } = await sendOnce(pair, source, size, false);
    return [...rowsOf('sender', sender, ms), ...rowsOf('receiver', receiver, ms)];
  });
}

function rowsOf(side: string, { peakMb, samples }: Usage, ms: number): readonly BenchRow[] {
  const late = samples.slice(Math.floor(samples.length * warmUp));
  const moved = late.map(([seconds, mb]): [number, number] => [(seconds * 1000 * (size / gibi)) / ms, mb]);
  return [
    atMost(`memory: most in the ${side} while 4 GiB move`, peakMb, 'MB', 150),
    atMost(`memory: growth in the ${side}`, slope(moved), 'MB/GiB', flatMbPerGibi),
  ];
}

// The same 1 GiB sealed: an own key, RFC 8188 records, sealed in one process while it is unsealed in the other, in turns with
// the plain transfer.

import { tempFolder } from '../support/temp.ts';
import { gibi, randomFile } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { withPair } from './lib/peers.ts';
import { atLeast, atMost, type BenchRow, noted } from './rows.ts';
import { rate, sendOnce, usageRows } from './throughput.ts';

const rounds = 5;

/** Rows: the rate, its ratio to the plain one, and the most memory that each side had. */
export async function benchSealed(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const source = await randomFile(root, 'source.bin', gibi);
  return withPair(root, async (pair) => {
    const [plain, sealed] = [[] as Awaited<ReturnType<typeof sendOnce>>[], [] as Awaited<ReturnType<typeof sendOnce>>[]];
    for (let round = 0; round < rounds; round += 1) {
      sealed.push(await sendOnce(pair, source, gibi, true));
      plain.push(await sendOnce(pair, source, gibi, false));
    }
    const ratios = plain.map((one, round) => one.ms / (sealed[round]?.ms ?? Number.NaN));
    const last = sealed.at(-1);
    return [
      noted('sealed: 1 GiB, file to file, sealed and unsealed on the way', rate(median(sealed.map((one) => one.ms))), 'MB/s'),
      atLeast('sealed against unsealed', median(ratios), 'x', 0.7),
      atMost('sealed: most memory while sealing 1 GiB', last?.sender.peakMb ?? Number.NaN, 'MB', 150),
      atMost('sealed: most memory while unsealing 1 GiB', last?.receiver.peakMb ?? Number.NaN, 'MB', 150),
      ...usageRows('sealed', sealed),
    ];
  });
}

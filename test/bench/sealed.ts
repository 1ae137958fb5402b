// The same 1 GiB sealed: an own key, RFC 8188 records, sealed in one process while it is unsealed in the other, in turns with
// the plain transfer.

import { limits } from '../../src/core/base/limits.ts';
import { tempFolder } from '../support/temp.ts';
import { gibi, randomFile } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { withPair } from './lib/peers.ts';
import { atLeast, atMost, type BenchRow, noted } from './rows.ts';
import { rate, sendOnce, usageRows } from './throughput.ts';

const rounds = 5;

/** The first few find code that has not run yet. */
const holdWarmUp = 3;
const holdRounds = 15;

const many = 60;
const largestWhole = limits.compactSealBytes;
/** The library holds an item that is sealed whole some fifteen times. */
const wholeMb = 400;

/**
 * Rows: the rate, its ratio to the plain one, and the most memory that each side had; then many items that are sealed whole, and
 * how long one of them holds the loop.
 */
export async function benchSealed(): Promise<readonly BenchRow[]> {
  return [...(await benchLarge()), ...(await benchMany()), ...(await benchHold())];
}

/** How long one item that is sealed whole holds the loop of each side: the library takes it in one go. */
async function benchHold(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const source = await randomFile(root, 'source.bin', largestWhole);
  return withPair(root, async (pair) => {
    const most = { sender: [] as number[], receiver: [] as number[] };
    for (let round = 0; round < holdWarmUp + holdRounds; round += 1) {
      const used = await sendOnce(pair, source, largestWhole, true);
      if (round < holdWarmUp) continue;
      for (const side of ['sender', 'receiver'] as const) most[side].push(used[side].loopMostMs);
    }
    return (['sender', 'receiver'] as const).map((side) =>
      atMost(`loop: one item of 2 MiB, sealed whole, longest hold, ${side}`, median(most[side]), 'ms', 50),
    );
  });
}

async function benchMany(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const source = await randomFile(root, 'source.bin', largestWhole);
  return withPair(root, async ({ sender, receiver, to }) => {
    for (const one of [sender, receiver]) await one.ask('watch', {});
    const paths = Array.from({ length: many }, () => source);
    const { times } = await sender.ask('send', { to, paths, perOffer: many, cold: true, sealed: true });
    const [ofSender, ofReceiver] = [await sender.ask('watched', {}), await receiver.ask('watched', {})];
    return [
      noted(`sealed: ${many} items of 2 MiB, each sealed whole`, (many * largestWhole) / 1e3 / (times[0] ?? Number.NaN), 'MB/s'),
      atMost(`sealed: most memory while sealing ${many} items of 2 MiB`, ofSender.peakMb, 'MB', wholeMb),
      atMost(`sealed: most memory while unsealing ${many} items of 2 MiB`, ofReceiver.peakMb, 'MB', wholeMb),
    ];
  });
}

async function benchLarge(): Promise<readonly BenchRow[]> {
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

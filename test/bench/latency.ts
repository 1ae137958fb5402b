// How long a small item takes from the sender's decision to the receiver's disk, where nobody has to be asked.

import { tempFolder } from '../support/temp.ts';
import { manyFiles, takeAway } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { withPair } from './lib/peers.ts';
import { atMost, type BenchRow } from './rows.ts';

const size = 10 * 1024;
const count = 100;
/** The first few find code that has not run yet. */
const warmUp = 10;

/** Rows: with a new connection for each item, and with one that is kept. */
export async function benchLatency(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const paths = await manyFiles(`${root}/source`, count, size);
  return withPair(root, async ({ sender, receiver, to }) => {
    const medianOf = async (cold: boolean): Promise<number> => {
      const { times } = await sender.ask('send', { to, paths, perOffer: 1, cold, sealed: false });
      await takeAway(receiver.folder, count, size);
      return median(times.slice(warmUp));
    };
    return [
      atMost('latency: 10 KiB on a new connection, median', await medianOf(true), 'ms', 25),
      atMost('latency: 10 KiB on a kept connection, median', await medianOf(false), 'ms', 6),
    ];
  });
}

// How long a message takes from the moment it is written until it is kept and told of on the other side.

import { tempFolder } from '../support/temp.ts';
import { median } from './lib/numbers.ts';
import { withProcesses } from './lib/peers.ts';
import { atMost, type BenchRow } from './rows.ts';

/** As many as one peer may write in a row. */
const count = 10;

/** Rows: the first message, which has to find and dial its peer, and the median of the others. */
export async function benchMessages(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  return withProcesses(root, ['writer', 'reader'], async ([writer, reader]) => {
    if (writer === undefined || reader === undefined) throw new Error('a process is missing');
    const [from, to] = [await writer.start(), await reader.start()];
    const heard = reader.ask('hears', { peerId: from.peerId, count });
    const written = await writer.ask('write', { to, count });
    const { at } = await heard;
    const times = at.map((arrived, n) => arrived - (written.at[n] ?? Number.NaN));
    const [first = Number.NaN, ...others] = times;
    return [
      atMost('messages: the first one, with a new connection', first, 'ms', 100),
      atMost('messages: one after another, median', median(others), 'ms', 100),
      atMost('messages: the slowest of these', Math.max(...others), 'ms', 100),
    ];
  });
}

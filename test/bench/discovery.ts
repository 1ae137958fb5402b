// How soon a peer is listed by another after it starts, and how soon it is no longer listed after it leaves: mDNS on loopback,
// and the greeting that has to be answered before anybody is listed.

import { tempFolder } from '../support/temp.ts';
import { median } from './lib/numbers.ts';
import { withProcesses } from './lib/peers.ts';
import { atMost, type BenchRow } from './rows.ts';

const times = 10;

/** Rows: appears, goes; medians. */
export async function benchDiscovery(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  return withProcesses(root, ['looker', 'comer'], async ([looker, comer]) => {
    if (looker === undefined || comer === undefined) throw new Error('a process is missing');
    await looker.start();
    const [appears, goes]: [number[], number[]] = [[], []];
    // Who comes has an identity before it starts for the first time, and the looker has to know which to look for.
    const { peerId } = await comer.start();
    await looker.ask('sees', { peerId, present: true });
    for (let time = 0; time < times; time += 1) {
      const gone = looker.ask('sees', { peerId, present: false });
      const left = await comer.ask('stop', {});
      goes.push((await gone).at - left.at);
      const seen = looker.ask('sees', { peerId, present: true });
      const came = await comer.start();
      appears.push((await seen).at - came.at);
    }
    return [
      atMost('discovery: a peer is listed after it starts, median', median(appears), 'ms', 1_500),
      atMost('discovery: a peer is gone after it leaves, median', median(goes), 'ms', 2_000),
    ];
  });
}

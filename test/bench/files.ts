// Many small files: what each of them costs besides its bytes.

import { tempFolder } from '../support/temp.ts';
import { manyFiles, settle, takeAway } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { withPair } from './lib/peers.ts';
import { atLeast, atMost, type BenchRow, noted } from './rows.ts';

const count = 10_000;
const size = 1024;
/** As many as fit into the JSON body of one offer. */
const perOffer = 1_500;
const rounds = 3;

/** Rows: files a second, processor time for each thousand, and event loops. */
export async function benchFiles(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const paths = await manyFiles(`${root}/source`, count, size);
  await settle();
  return withPair(root, async ({ sender, receiver, to }) => {
    const times: number[] = [];
    const cpu: number[] = [];
    const delay = { sender: 0, receiver: 0 };
    for (let round = 0; round < rounds; round += 1) {
      for (const one of [sender, receiver]) await one.ask('watch', {});
      const sent = await sender.ask('send', { to, paths, perOffer, cold: false, sealed: false });
      const used = { sender: await sender.ask('watched', {}), receiver: await receiver.ask('watched', {}) };
      times.push(sent.times.reduce((sum, ms) => sum + ms, 0));
      cpu.push(used.sender.cpuSeconds + used.receiver.cpuSeconds);
      for (const side of ['sender', 'receiver'] as const) delay[side] = Math.max(delay[side], used[side].loopP99Ms);
      await takeAway(receiver.folder, count, size);
    }
    return [
      atLeast('files: 10 000 files of 1 KiB', count / (median(times) / 1000), 'files/s', 1_500),
      noted('files: processor time of both sides', median(cpu) / (count / 1000), 's/1000 files'),
      atMost('loop: files, sender, p99 delay', delay.sender, 'ms', 50),
      atMost('loop: files, receiver, p99 delay', delay.receiver, 'ms', 50),
    ];
  });
}

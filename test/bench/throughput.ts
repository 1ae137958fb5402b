// 1 GiB from a file of one process to a file of another, over loopback, in turns with scp and socat: whatever else the machine
// does meanwhile slows all of them down.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { tempFolder } from '../support/temp.ts';
import type { Usage } from './lib/calls.ts';
import { gibi, randomFile, takeAway } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { type Pair, withPair } from './lib/peers.ts';
import { type Found, scp, socat } from './lib/rivals.ts';
import { atLeast, atMost, type BenchRow, noted, notMeasured } from './rows.ts';

const rounds = 5;

type Round = { readonly ms: number; readonly sender: Usage; readonly receiver: Usage };

/** Rows: the rates, the ratios to both rivals, processor time and event loops. */
export async function benchThroughput(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const source = await randomFile(root, 'source.bin', gibi);
  return withPair(root, async (pair) => {
    const rivals = { scp: await rivalIn(root, 'scp', scp), socat: await rivalIn(root, 'socat', socat) };
    const own: Round[] = [];
    const others = { scp: [] as number[], socat: [] as number[] };
    try {
      for (let round = 0; round < rounds; round += 1) {
        own.push(await sendOnce(pair, source, gibi, false));
        for (const name of ['scp', 'socat'] as const) {
          const found = rivals[name];
          if ('rival' in found) others[name].push(await copyOnce(root, found.rival, source));
        }
      }
    } finally {
      for (const found of Object.values(rivals)) if ('rival' in found) await found.rival.end();
    }
    const ms = median(own.map((one) => one.ms));
    return [
      noted('throughput: 1 GiB, file to file, TLS and SHA-256', rate(ms), 'MB/s'),
      ...against('throughput against scp', rivals.scp, others.scp, own, 1.3),
      ...against('throughput against socat over TLS', rivals.socat, others.socat, own, 0.45),
      ...usageRows('throughput', own),
    ];
  });
}

/** Sends one file over a new connection and takes it away again. */
export async function sendOnce({ sender, receiver, to }: Pair, path: string, size: number, sealed: boolean): Promise<Round> {
  for (const one of [sender, receiver]) await one.ask('watch', {});
  const { times } = await sender.ask('send', { to, paths: [path], perOffer: 1, cold: true, sealed });
  const [ofSender, ofReceiver] = [await sender.ask('watched', {}), await receiver.ask('watched', {})];
  await takeAway(receiver.folder, 1, size);
  return { ms: times[0] ?? Number.NaN, sender: ofSender, receiver: ofReceiver };
}

/** Rows for what the rounds of a part used: processor time for each GiB, and the worst event loop of the median round. */
export function usageRows(part: string, rounds: readonly Round[]): readonly BenchRow[] {
  return (['sender', 'receiver'] as const).flatMap((side) => [
    noted(`${part}: processor time, ${side}`, median(rounds.map((round) => round[side].cpuSeconds)), 's/GiB'),
    atMost(`loop: ${part}, ${side}, p99 delay`, Math.max(...rounds.map((round) => round[side].loopP99Ms)), 'ms', 50),
  ]);
}

/** MB (10^6 bytes) a second. */
export function rate(msPerGibi: number): number {
  return gibi / 1e6 / (msPerGibi / 1000);
}

async function rivalIn(root: string, name: string, make: (folder: string) => Promise<Found>): Promise<Found> {
  const folder = join(root, name);
  await mkdir(folder, { mode: 0o700 });
  return make(folder);
}

async function copyOnce(
  root: string,
  rival: { copy(source: string, target: string): Promise<number> },
  source: string,
): Promise<number> {
  const folder = join(root, 'copies');
  await mkdir(folder, { recursive: true });
  const ms = await rival.copy(source, join(folder, 'copy.bin'));
  await takeAway(folder, 1, gibi);
  return ms;
}

/** The middle of the ratios of each round: what happens on the machine in one round meets both of its copies. */
function against(name: string, found: Found, times: readonly number[], own: readonly Round[], bar: number): readonly BenchRow[] {
  if ('missing' in found) return [notMeasured(name, found.missing, `>= ${bar}`)];
  const ratios = times.map((ms, round) => ms / (own[round]?.ms ?? Number.NaN));
  return [noted(`${name}: its rate`, rate(median(times)), 'MB/s'), atLeast(name, median(ratios), 'x', bar)];
}

// 1 GiB from a file of one process to a file of another, over loopback, in turns with scp and socat: whatever else the machine
// does meanwhile slows all of them down.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { tempFolder } from '../support/temp.ts';
import type { Usage } from './lib/calls.ts';
import { gibi, randomFile, takeAway } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { type Pair, withPair, withProcesses } from './lib/peers.ts';
import { findProgram, run, timed } from './lib/programs.ts';
import { type Found, scp, socat } from './lib/rivals.ts';
import { atLeast, atMost, type BenchRow, noted, notMeasured } from './rows.ts';

const rounds = 5;

type Round = { readonly ms: number; readonly sender: Usage; readonly receiver: Usage };

/** Rows: the rates, the ratios to both rivals, processor time and event loops; then what it costs to wait for the disk. */
export async function benchThroughput(): Promise<readonly BenchRow[]> {
  return [...(await benchRivals()), ...(await benchSync())];
}

async function benchRivals(): Promise<readonly BenchRow[]> {
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

/**
 * Waiting for the disk, as Ferry does, against the slower of what bounds it: the same without waiting, and the disk alone.
 */
async function benchSync(): Promise<readonly BenchRow[]> {
  const name = 'throughput: synced, against the lesser of unsynced and dd';
  const dd = await findProgram('dd');
  if (dd === undefined) return [notMeasured(name, 'it needs dd', '>= 0.9')];
  const root = await tempFolder();
  const source = await randomFile(root, 'source.bin', gibi);
  const disk = {
    copy: (from: string, to: string) => timed(() => run(dd, [`if=${from}`, `of=${to}`, 'bs=1M', 'conv=fdatasync'])),
  };
  return withProcesses(root, ['sender', 'synced', 'unsynced'], async ([sender, synced, unsynced]) => {
    if (sender === undefined || synced === undefined || unsynced === undefined) throw new Error('a process is missing');
    await sender.start();
    const pairs = {
      synced: { sender, receiver: synced, to: await synced.start() },
      unsynced: { sender, receiver: unsynced, to: await unsynced.start({ unsynced: true }) },
    };
    const times = { synced: [] as number[], unsynced: [] as number[], dd: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of ['synced', 'unsynced'] as const) times[kind].push((await sendOnce(pairs[kind], source, gibi, false)).ms);
      times.dd.push(await copyOnce(root, disk, source));
    }
    const lesser = Math.max(median(times.unsynced), median(times.dd));
    return [
      noted('throughput: 1 GiB, synced', rate(median(times.synced)), 'MB/s'),
      noted('throughput: 1 GiB, unsynced', rate(median(times.unsynced)), 'MB/s'),
      noted('throughput: 1 GiB by dd conv=fdatasync', rate(median(times.dd)), 'MB/s'),
      atLeast(name, lesser / median(times.synced), 'x', 0.9),
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

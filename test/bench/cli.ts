// The command line as it is installed, from its start to what it says of a delivery: a process for each transfer.

import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { endFerries, runFerry, startFerry } from '../support/cliProcess.ts';
import { tempFolder } from '../support/temp.ts';
import { gibi, manyFiles, randomFile, takeAway } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { withPair } from './lib/peers.ts';
import { atLeast, atMost, type BenchRow, noted } from './rows.ts';

const root = resolve(import.meta.dirname, '../..');
const rounds = 9;
const large = 3;

/** Rows: a small file to a peer that waits, by address and by name, and a large one beside the same between two peers. */
export async function benchCli(): Promise<readonly BenchRow[]> {
  await promisify(execFile)(process.execPath, ['esbuild.mjs', '--cli'], { cwd: root });
  const program = [process.execPath, join(root, 'out/cli/ferry.mjs')];
  const folder = await tempFolder();
  const [sender, receiver] = [join(folder, 'sender'), join(folder, 'receiver')];
  const invite = async (data: string): Promise<string> => (await runFerry(['invite'], { data, program })).stdout.trim();
  await runFerry(['trust', await invite(sender)], { data: receiver, program });
  const [small = ''] = await manyFiles(join(folder, 'small'), 1, 10 * 1024);
  const listening = await startFerry(['receive', '--json', '--into', join(folder, 'into')], {
    ...{ data: receiver, name: 'receiver', program },
  });
  const { port } = await listening.fact('listening');
  /** From the start of the process to the moment at which it says that the item is there, in milliseconds. */
  const send = async (path: string, to: string): Promise<number> => {
    const begun = performance.now();
    const ferry = await startFerry(['send', path, '--to', to, '--json'], { data: sender, name: 'sender', program });
    const { outcome } = await ferry.fact('sent');
    const ms = performance.now() - begun;
    if (outcome !== 'delivered') throw new Error(`a transfer ended with ${String(outcome)}`);
    await ferry.ended;
    return ms;
  };
  const medianOf = async (count: number, path: string, to: string): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < count; round += 1) {
      // Whoever was met is dialled where it was: a name would not be looked for.
      await rm(join(sender, 'peers.json'), { force: true });
      times.push(await send(path, to));
    }
    return median(times);
  };
  try {
    const byAddress = await medianOf(rounds, small, `127.0.0.1:${String(port)}`);
    const byName = await medianOf(rounds, small, 'receiver');
    const source = await randomFile(folder, 'large.bin', gibi);
    const cli = await medianOf(large, source, `127.0.0.1:${String(port)}`);
    const pair = await betweenPeers(folder, source);
    return [
      atMost('cli: start to delivered, 10 KiB by address, median', byAddress, 'ms', 300),
      atMost('cli: start to delivered, 10 KiB by name over mDNS, median', byName, 'ms', 1500),
      noted('cli: 1 GiB, start included', gibi / 1e3 / cli, 'MB/s'),
      atLeast('cli: 1 GiB against two peers without a start', pair / cli, 'x', 0.8),
    ];
  } finally {
    await endFerries();
  }
}

/** The same item between two peers that are there, in milliseconds. */
async function betweenPeers(folder: string, source: string): Promise<number> {
  return withPair(join(folder, 'pair'), async ({ sender, receiver, to }) => {
    const all: number[] = [];
    for (let round = 0; round < large; round += 1) {
      const { times } = await sender.ask('send', { to, paths: [source], perOffer: 1, cold: true, sealed: false });
      all.push(...times);
      await takeAway(receiver.folder, 1, gibi);
    }
    return median(all);
  });
}

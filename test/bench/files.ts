// Many small files: what each costs besides its bytes. A folder as one item, in turns with programs that copy one through SSH:
// whatever else the machine does meanwhile slows all of them down.

import { join, resolve } from 'node:path';

import { tempFolder } from '../support/temp.ts';
import type { Usage } from './lib/calls.ts';
import { manyFiles, settle, takeAway } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { type Pair, withPair } from './lib/peers.ts';
import { type Copied, type TreeRival, treeRivals } from './lib/remoteTrees.ts';
import { sshServer } from './lib/sshServer.ts';
import { even, filesIn, makeTree } from './lib/trees.ts';
import { atLeast, atMost, type BenchRow, noted, notMeasured } from './rows.ts';

/** Nothing is removed in between: for minutes, ext4 looks at every file that was removed when it makes a new one. */
const rounds = 5;
/** For what takes ten times as long. */
const slowRounds = 3;
/** Bars by name: what Ferry, which waits for the disk, has of the speed of a program that does not. */
const bars: Readonly<Record<string, number>> = { 'rsync -a': 0.7, 'scp -r': 3 };

type Sent = { readonly ms: number; readonly sender: Usage; readonly receiver: Usage };

/** Rows: a folder of small files and one of packages, both against other programs; then the same files as items of their own. */
export async function benchFiles(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const source = join(root, 'source');
  await makeTree(source, even);
  const packages = resolve(import.meta.dirname, '../../node_modules');
  return [
    ...(await benchFolder(root, { name: `files: ${even.name}`, source, rounds, bars })),
    ...(await benchFolder(root, { name: 'files: node_modules of this project', source: packages, rounds: slowRounds, bars: {} })),
    ...(await benchSingle()),
  ];
}

type Part = {
  readonly name: string;
  readonly source: string;
  readonly rounds: number;
  readonly bars: Readonly<Record<string, number>>;
};

async function benchFolder(root: string, part: Part): Promise<readonly BenchRow[]> {
  const folder = await tempFolder();
  const files = await filesIn(part.source);
  const ssh = await sshServer(folder);
  try {
    return await withPair(folder, async (pair) => {
      const rivals = 'missing' in ssh ? [] : await treeRivals(ssh);
      const { own, others } = await inTurns(pair, part, rivals);
      const arrived = await filesIn(pair.receiver.folder);
      if (arrived !== files * part.rounds)
        throw new Error(`${arrived} files arrived, not ${files} in each of ${part.rounds} rounds`);
      const rates = own.map(({ ms }) => files / (ms / 1000));
      return [
        noted(part.name, median(rates), 'files/s'),
        ...('missing' in ssh ? [notMeasured(`${part.name}, against others`, ssh.missing, '-')] : []),
        ...[...others].flatMap(([name, copies]) => against(part, name, { files, own, copies })),
        ...usageRows(part.name, files, own),
      ];
    });
  } finally {
    if (!('missing' in ssh)) await ssh.end();
  }
}

type Turns = { readonly own: readonly Sent[]; readonly others: ReadonlyMap<string, readonly Copied[]> };

async function inTurns(pair: Pair, { source, rounds: turns }: Part, rivals: readonly TreeRival[]): Promise<Turns> {
  const own: Sent[] = [];
  const others = new Map<string, Copied[]>(rivals.map(({ name }) => [name, []]));
  const copies = await tempFolder();
  await settle();
  for (let round = 0; round < turns; round += 1) {
    own.push(await sendFolder(pair, source));
    for (const rival of rivals) {
      const { name } = rival;
      if (name === 'scp -r' && round >= slowRounds) continue;
      others.get(name)?.push(await rival.copy(source, join(copies, `${name.replace(/\W+/g, '')}-${round}`)));
      await settle();
    }
  }
  return { own, others };
}

async function sendFolder({ sender, receiver, to }: Pair, path: string): Promise<Sent> {
  for (const one of [sender, receiver]) await one.ask('watch', {});
  const { ms } = await sender.ask('sendFolder', { to, path });
  const used = { sender: await sender.ask('watched', {}), receiver: await receiver.ask('watched', {}) };
  await settle();
  return { ms, ...used };
}

/** The middle of the ratios of each round, as in throughput; and the same where the other waits for the disk as well. */
function against(
  { name, bars: held }: Part,
  rival: string,
  { files, own, copies }: { readonly files: number; readonly own: readonly Sent[]; readonly copies: readonly Copied[] },
): readonly BenchRow[] {
  const ratio = (msOf: (copied: Copied) => number): number =>
    median(copies.map((copied, round) => msOf(copied) / (own[round]?.ms ?? Number.NaN)));
  const bar = held[rival];
  const row = `${name}, against ${rival}`;
  const value = ratio(({ ms }) => ms);
  return [
    noted(`${row}: its rate`, files / (median(copies.map(({ ms }) => ms)) / 1000), 'files/s'),
    bar === undefined ? noted(row, value, 'x') : atLeast(row, value, 'x', bar),
    noted(
      `${row} and sync`,
      ratio(({ ms, syncMs }) => ms + syncMs),
      'x',
    ),
  ];
}

function usageRows(part: string, files: number, own: readonly Sent[]): readonly BenchRow[] {
  return (['sender', 'receiver'] as const).flatMap((side) => {
    const used = own.map((one) => one[side]);
    return [
      noted(
        `${part}: processor time, ${side}`,
        median(used.map(({ cpuSeconds }) => cpuSeconds)) / (files / 1000),
        's/1000 files',
      ),
      atMost(`${part}: most memory, ${side}`, used.at(-1)?.peakMb ?? Number.NaN, 'MB', 200),
      noted(`${part}: memory after the first round, ${side}`, lateMb(used[0]), 'MB'),
      noted(`${part}: memory after the last round, ${side}`, lateMb(used.at(-1)), 'MB'),
      atMost(`loop: ${part}, ${side}, p99 delay`, Math.max(...used.map(({ loopP99Ms }) => loopP99Ms)), 'ms', 50),
    ];
  });
}

function lateMb(used: Usage | undefined): number {
  return median((used?.samples ?? []).slice(-10).map(([, mb]) => mb));
}

const single = 1_000;
const size = 1024;

/** Each file an item of its own. */
async function benchSingle(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  return withPair(root, async ({ sender, receiver, to }) => {
    const times: number[] = [];
    for (let round = 0; round < slowRounds; round += 1) {
      const paths = await manyFiles(join(root, `round-${round}`), single, size);
      await settle();
      const sent = await sender.ask('send', { to, paths, perOffer: single, cold: false, sealed: false });
      times.push(sent.times[0] ?? Number.NaN);
    }
    await takeAway(receiver.folder, single * slowRounds, size);
    return [noted('files: 1 000 files of 1 KiB, each an item', single / (median(times) / 1000), 'files/s')];
  });
}

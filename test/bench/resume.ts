// Transfers that are cut: by a connection that is reset, by `kill -9` of the receiver, by `kill -9` of the sender, in turns and
// at random moments. Each goes on, and is delivered whole, or has failed and left nothing under the name. What is counted is what
// was sent in all, and what was called delivered and is not there.

import { createHash, randomInt } from 'node:crypto';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { encodeHex } from '../../src/core/base/bytes.ts';
import { sha256OfFile } from '../../src/net/disk/fileDigest.ts';
import { freeUdpPort } from '../support/mdnsPort.ts';
import { tempFolder } from '../support/temp.ts';
import type { Target } from './lib/calls.ts';
import { gibi, randomFile, sparseFile } from './lib/files.ts';
import { median } from './lib/numbers.ts';
import { bundlePeer, type PeerProcess, startProcess } from './lib/peers.ts';
import { type Proxy, startProxy } from './lib/proxy.ts';
import { makeTree } from './lib/trees.ts';
import { atMost, type BenchRow, noted, notMeasured } from './rows.ts';

const cuts = Number(process.env['FERRY_CUTS'] ?? 60);
const fileBytes = 64 * 2 ** 20;
const treeShape = { name: 'tree', folders: 50, files: 2_000, sizeOf: (n: number): number => 13_000 + ((n * 7_919) % 40_000) };
const ways = ['reset', 'receiver', 'sender'] as const;
type Way = (typeof ways)[number];
/** How transfers ended that were cut in one way, and how many bytes each of them sent twice. */
type Tally = { delivered: number; failed: number; wrong: number; readonly twice: number[] };

/** Rows for a file and for a tree: outcomes, and bytes sent twice; then how soon a large file goes on. */
export async function benchResume(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  const world = await startWorld(root);
  try {
    const file = await randomFile(root, 'source.bin', fileBytes);
    const tree = join(root, 'tree');
    await makeTree(tree, treeShape);
    return [
      ...(await benchCuts(world, 'a file of 64 MiB', file)),
      ...(await benchCuts(world, 'a tree of 2 000 files', tree)),
      ...(await benchLarge(world, root)),
    ];
  } finally {
    await world.end();
  }
}

async function benchCuts(world: World, name: string, source: string): Promise<readonly BenchRow[]> {
  const digest = await digestOf(source);
  const before = world.proxy.sent();
  if ((await world.deliver(source)) !== 'delivered') throw new Error('what nobody cut was not delivered');
  const whole = world.proxy.sent() - before;
  await world.takeAway(digest);
  const tallies = new Map<Way, Tally>(ways.map((way) => [way, { delivered: 0, failed: 0, wrong: 0, twice: [] }]));
  for (let n = 0; n < cuts / 2; n += 1) {
    const way = ways[n % ways.length] ?? 'reset';
    const tally = tallies.get(way);
    if (tally === undefined) continue;
    const begun = world.proxy.sent();
    const sending = world.deliver(source);
    await world.proxy.reached(begun + randomInt(whole));
    const phase = await world.cut(way, sending);
    const there = await world.takeAway(digest);
    const isDelivered = phase === 'delivered';
    if (isDelivered) tally.delivered += 1;
    else tally.failed += 1;
    if (there !== (isDelivered ? 'whole' : 'nothing')) tally.wrong += 1;
    if (isDelivered) tally.twice.push(world.proxy.sent() - begun - whole);
  }
  return [...tallies].flatMap(([way, tally]) => rowsOf(`resume: ${name}, ${wayWords[way]}`, whole, tally));
}

const wayWords: Readonly<Record<Way, string>> = {
  reset: 'connection reset',
  receiver: 'receiver killed',
  sender: 'sender killed',
};

function rowsOf(name: string, whole: number, { delivered, failed, wrong, twice }: Tally): readonly BenchRow[] {
  const mean = twice.reduce((sum, one) => sum + one, 0) / twice.length;
  return [
    noted(`${name}: delivered`, delivered, 'times'),
    noted(`${name}: failed, and nothing left`, failed, 'times'),
    atMost(`${name}: wrongly called delivered, or failed`, wrong, 'times', 0),
    ...(twice.length === 0 ? [] : [atMost(`${name}: sent twice`, (mean / whole) * 100, '%', 2)]),
    ...(twice.length === 0 ? [] : [noted(`${name}: sent twice, median of a cut`, median(twice) / 2 ** 20, 'MiB')]),
  ];
}

/**
 * How soon a new byte comes after an interruption where 10 GiB are there already: after the cut, or after the killed process is
 * there again.
 */
async function benchLarge({ proxy, deliver, cut, takeAway }: World, root: string): Promise<readonly BenchRow[]> {
  const { bavail, bsize } = await statfs(root);
  const name = 'resume: first new byte with 10 GiB kept';
  if (bavail * bsize < 25 * gibi) return [notMeasured(name, 'it needs 25 GiB of free disk', '<= 2')];
  const source = await sparseFile(root, 'large.bin', 11 * gibi);
  proxy.pace(Number.POSITIVE_INFINITY);
  const begun = proxy.sent();
  let sending = deliver(source);
  const rows: BenchRow[] = [];
  for (const [n, way] of ways.entries()) {
    await proxy.reached(begun + 10.1 * gibi + (n * gibi) / 4);
    let firstMs = Number.NaN;
    const isBack = (): void => {
      const [since, before] = [performance.now(), proxy.sent()];
      // More than a handshake and an offer.
      void proxy.reached(before + 65_536).then(() => (firstMs = performance.now() - since));
    };
    sending = cut(way, sending, isBack);
    await proxy.reached(begun + 10.2 * gibi + (n * gibi) / 4);
    rows.push(atMost(`${name}, ${wayWords[way]}`, firstMs / 1000, 's', 2));
  }
  const phase = await sending;
  const there = await takeAway(await digestOf(source));
  return [
    ...rows,
    noted(
      `resume: 11 GiB, cut three times: ${phase}, ${there}; sent twice`,
      ((proxy.sent() - begun) / (11 * gibi) - 1) * 100,
      '%',
    ),
  ];
}

/** A sender, a receiver and the proxy between them. */
type World = {
  readonly proxy: Proxy;
  /** Sends a file or a folder, and gives how that ended. */
  readonly deliver: (source: string) => Promise<string>;
  /** Cuts what is being sent, calls `isBack` once it can go on, and gives how it ended. */
  readonly cut: (way: Way, sending: Promise<string>, isBack?: () => void) => Promise<string>;
  /** What is under a name at the receiver, held against the digest of one thing that should be; and removes it. */
  readonly takeAway: (digest: string) => Promise<'whole' | 'nothing' | 'wrong'>;
  readonly end: () => Promise<void>;
};

async function startWorld(root: string): Promise<World> {
  const entry = await bundlePeer(root);
  const [proxy, folder] = [await startProxy(), join(root, 'received')];
  const start = async (name: 'sender' | 'receiver'): Promise<PeerProcess & { readonly target: Target }> => {
    const storage = join(root, name);
    await mkdir(storage, { recursive: true, mode: 0o700 });
    const one = await startProcess(entry, folder);
    // Nobody finds a way past the proxy.
    const target = await one.ask('start', { folder, storage, mdnsPort: await freeUdpPort() });
    if (name === 'receiver') proxy.leadTo(target.port);
    return { ...one, target };
  };
  let [sender, receiver] = [await start('sender'), await start('receiver')];
  const to = proxy.address;
  const { peerId } = receiver.target;
  return {
    proxy,
    deliver: async (path) => (await sender.ask('deliver', { to, peerId, path })).phase,
    cut: async (way, sending, isBack = () => undefined) => {
      if (way === 'sender') {
        // It cannot say any more how it ended.
        sending.catch(() => undefined);
        await sender.kill();
        sender = await start('sender');
        isBack();
        return (await sender.ask('goOn', { to })).phase;
      }
      if (way === 'receiver') {
        await receiver.kill();
        receiver = await start('receiver');
      } else {
        proxy.cut();
      }
      isBack();
      return sending;
    },
    takeAway: async (digest) => {
      const names = (await readdir(folder)).filter((name) => !name.startsWith('.ferry-'));
      const [name, ...others] = names;
      const found = name === undefined ? 'nothing' : (await digestOf(join(folder, name))) === digest ? 'whole' : 'wrong';
      for (const one of names) await rm(join(folder, one), { recursive: true });
      return others.length > 0 ? 'wrong' : found;
    },
    end: async () => {
      await Promise.all([sender.end(), receiver.end()]);
      await proxy.close();
    },
  };
}

/** Of a file, or of a folder with the paths in it. */
async function digestOf(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return encodeHex(await sha256OfFile(path));
  const hash = createHash('sha256');
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) hash.update(`${relative(path, file)} ${encodeHex(await sha256OfFile(file))}\n`);
  return hash.digest('hex');
}

// The store of received files on a simulated disk whose power is cut, and whose processes are killed, at each step.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import type { PartFile, ReceiveStore } from '../../../src/core/receiving/store.ts';
import type { DiskPort } from '../../../src/net/disk/disk.ts';
import { createReceiveStore } from '../../../src/net/disk/receiveStore.ts';
import { SimDisk, type SimOptions } from '../../support/simDisk.ts';

const folder = '/home/person/received';
const seeds = 32;

/** What is received: two items of one name, and one that is empty. Contents of several sectors, so that a torn one shows. */
const items = [
  { name: 'a.txt', part: 'one', bytes: Buffer.alloc(2500, 'one') },
  { name: 'a.txt', part: 'two', bytes: Buffer.alloc(1300, 'two') },
  { name: 'b.bin', part: 'three', bytes: Buffer.alloc(4096, 'three') },
] as const;
type Item = (typeof items)[number];
/** Paths that `publish` gave, by the item. */
type Promised = Map<string, string>;
type Variant = (port: DiskPort) => DiskPort;

describe('A power cut while files are received', () => {
  it('leaves each name absent or whole, keeps what was published, and the next start makes no second file', async () => {
    assert.equal(await search((port) => port, 'cut'), undefined);
  });

  it('leaves each name absent or whole also where a process is killed', async () => {
    assert.equal(await search((port) => port, 'kill'), undefined);
  });

  it('leaves nothing under a name but a whole file, or on a disk without links an empty one that held its place', async () => {
    for (const end of ['cut', 'kill'] as const) {
      await everyEnd(withoutLinks, end, async (next, promised) => {
        assert.equal(await breachOf(next.port, promised, (bytes) => bytes.length === 0), undefined);
        return undefined;
      });
    }
  });

  it('is found to leave parts where a file has its name before it is synced', async () => {
    assert.match((await search(withoutDataSync, 'cut')) ?? 'nothing was found', /not whole/);
  });

  it('is found to cost files where the folder is not synced', async () => {
    assert.match((await search(withoutFolderSync, 'cut')) ?? 'nothing was found', /is gone/);
  });
});

/** What is wrong at the next start, first seen and then when the sender asks again. */
function search(variant: Variant, end: 'cut' | 'kill'): Promise<string | undefined> {
  return everyEnd(
    variant,
    end,
    async (next, promised) => (await breachOf(next.port, promised)) ?? (await breachOfRepeat(next.port, promised)),
  );
}

/** Ends the machine or its processes at each step of each seed, until something is found wrong. */
async function everyEnd(
  variant: Variant,
  end: 'cut' | 'kill',
  find: (next: SimDisk, promised: Promised) => Promise<string | undefined>,
): Promise<string | undefined> {
  for (let seed = 0; seed < seeds; seed += 1) {
    const { steps } = (await receive({ seed }, variant)).disk;
    for (let stopAt = 1; stopAt <= steps; stopAt += 1) {
      const { disk, promised } = await receive({ seed, stopAt }, variant);
      const next = end === 'cut' ? disk.cutPower() : disk.kill({ seed });
      const breach = await find(next, promised);
      if (breach !== undefined) return `seed ${seed}, step ${stopAt} of ${steps}: ${breach}`;
    }
  }
  return undefined;
}

function storeOn(fs: DiskPort): ReceiveStore {
  return createReceiveStore({ folders: () => ({ folder, storage: folder }), keepFreeBytes: 0, fs });
}

async function receive(options: SimOptions, variant: Variant): Promise<{ readonly disk: SimDisk; readonly promised: Promised }> {
  const disk = new SimDisk(options);
  const promised: Promised = new Map();
  const store = storeOn(variant(disk.port));
  const work = async (): Promise<void> => {
    await store.prepare('folder', 10_000);
    await Promise.all(
      items.map(async (item) => {
        const part = await store.create('folder', item);
        await write(part, item, 0);
        promised.set(item.part, await part.publish());
        await part.discard();
      }),
    );
  };
  await Promise.race([work(), disk.stopped]);
  return { disk, promised };
}

/** Writes what is missing, in pieces that end within sectors. */
async function write(part: PartFile, { bytes }: Item, from: number): Promise<void> {
  for (let at = from; at < bytes.length; at += 700) await part.write(bytes.subarray(at, Math.min(at + 700, bytes.length)));
  await part.finish();
}

async function breachOf(
  fs: DiskPort,
  promised: Promised,
  isMeant: (bytes: Buffer) => boolean = () => false,
): Promise<string | undefined> {
  for (const name of await fs.readdir(folder).catch(() => [])) {
    const bytes = await fs.readFile(`${folder}/${name}`);
    if (name.startsWith('.ferry-') || isMeant(bytes)) continue;
    if (!items.some((item) => item.bytes.equals(bytes))) return `${name} is not whole`;
  }
  for (const { part, bytes } of items) {
    const path = promised.get(part);
    const found = path === undefined ? bytes : await fs.readFile(path).catch(() => undefined);
    if (found === undefined || !bytes.equals(found)) return `${basename(path ?? '')} is gone`;
  }
  return undefined;
}

/** Who got no answer asks again: each item is there once in the end. */
async function breachOfRepeat(fs: DiskPort, promised: Promised): Promise<string | undefined> {
  const store = storeOn(fs);
  await store.prepare('folder', 10_000);
  for (const item of items) if (!promised.has(item.part)) await receiveAgain(store, item);
  const names = (await fs.readdir(folder)).filter((name) => !name.startsWith('.ferry-'));
  const all = await Promise.all(names.map((name) => fs.readFile(`${folder}/${name}`)));
  for (const { part, bytes } of items) {
    const times = all.filter((found) => bytes.equals(found)).length;
    if (times !== 1) return `${part} is there ${times} times`;
  }
  return undefined;
}

/** Goes on with what is there, and begins anew where its digest shows that it is not what was sent. */
async function receiveAgain(store: ReceiveStore, item: Item): Promise<void> {
  const left = await store.reopen('folder', item);
  if (left !== undefined && 'published' in left) return;
  if (left !== undefined) {
    const followed = left.part.followed();
    await write(left.part, item, left.size);
    if (Buffer.from(await followed.digest()).equals(createHash('sha256').update(item.bytes).digest())) {
      await left.part.publish();
      await left.part.discard();
      return;
    }
    await left.part.discard();
  }
  const part = await store.create('folder', item);
  await write(part, item, 0);
  await part.publish();
  await part.discard();
}

const withoutDataSync: Variant = (port) => withHandles(port, (path) => path !== folder, { datasync: () => Promise.resolve() });
const withoutFolderSync: Variant = (port) => withHandles(port, (path) => path === folder, { sync: () => Promise.resolve() });

function withHandles(port: DiskPort, isMeant: (path: unknown) => boolean, changes: object): DiskPort {
  return {
    ...port,
    open: async (path, flags, mode) => {
      const file = await port.open(path, flags, mode);
      return isMeant(path) ? Object.assign(file, changes) : file;
    },
  };
}

const withoutLinks: Variant = (port) => ({
  ...port,
  link: () => Promise.reject(Object.assign(new Error('no links here'), { code: 'EPERM' })),
});

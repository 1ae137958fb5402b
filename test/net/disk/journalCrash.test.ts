// The journal on a simulated disk whose power is cut at each step, and whose steps fail.

import assert from 'node:assert/strict';

import type { Journal } from '../../../src/core/base/journal.ts';
import type { Log } from '../../../src/core/base/log.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import type { DiskPort } from '../../../src/net/disk/disk.ts';
import { openJournal } from '../../../src/net/disk/journal.ts';
import { SimDisk, type SimOptions } from '../../support/simDisk.ts';

const folder = '/storage/journal';
const seeds = 32;

/** What was asked of a key, and what was answered. */
type Story = { started: number; durable: number; removal: 'none' | 'begun' | 'done' };
type Stories = Map<string, Story>;
/** A file system that does something in a wrong order. */
type Variant = (port: DiskPort) => DiskPort;

describe('A power cut', () => {
  it('at any step leaves each record absent, old or whole, what was put there, and what was removed away', async () => {
    const { breach, runs } = await search((port) => port);
    assert.equal(breach, undefined);
    assert.ok(runs > 1000, `${runs} runs`);
  });

  it('takes nothing that was shown since the process before was killed', async () => {
    for (let seed = 0; seed < seeds; seed += 1) {
      const { steps } = await live({ seed }, (port) => port);
      for (let stopAt = 1; stopAt <= steps; stopAt += 1) {
        const { disk, stories } = await live({ seed, stopAt }, (port) => port);
        const next = disk.kill({ seed });
        const shown: Stories = new Map();
        const second = await openJournal(folder, { log: silentLog, fs: next.port, host: 'first start' });
        for (const [key, { started }] of stories) {
          const number = Number(Reflect.get(Object(second.find(key)), 'number') ?? 0);
          shown.set(key, { started, durable: number, removal: 'none' });
        }
        void second.close();
        assert.equal(await breachAfter(next.cutPower(), shown), undefined, `seed ${seed}, step ${stopAt}`);
      }
    }
  });

  it('is found to cost records where a file is renamed before it is synced', async () => {
    assert.match((await search(renamedBeforeSync)).breach ?? 'nothing was found', /damaged|is not there|older/);
  });

  it('is found to cost records where the folder is not synced', async () => {
    assert.match((await search(withoutFolderSync)).breach ?? 'nothing was found', /is not there|older|came back/);
  });

  it('is found to bring removed records back where the folder is not synced after a removal', async () => {
    assert.match((await search(withoutSyncOfRemoval)).breach ?? 'nothing was found', /came back/);
  });

  it('is found to cost records where the old one goes before the new one is durable', async () => {
    assert.match((await search(oldGoneFirst)).breach ?? 'nothing was found', /is not there|older/);
  });

  it('after a step that failed costs nothing that was promised', async () => {
    for (const code of ['EIO', 'ENOSPC']) {
      for (let seed = 0; seed < seeds; seed += 1) {
        const { steps } = await live({ seed }, (port) => port);
        for (let failAt = 1; failAt <= steps; failAt += 3) {
          const fail = (_: unknown, number: number): string | undefined => (number === failAt ? code : undefined);
          const { disk, stories } = await live({ seed, fail }, (port) => port);
          assert.equal(await breachAfter(disk.cutPower(), stories), undefined, `seed ${seed}, ${code} at step ${failAt}`);
        }
      }
    }
  });

  it('on a full disk costs nothing that was promised', async () => {
    for (let seed = 0; seed < seeds; seed += 1) {
      const { disk, stories } = await live({ seed, space: 500 + seed * 300 }, (port) => port);
      assert.equal(await breachAfter(disk.cutPower(), stories), undefined, `seed ${seed}`);
    }
  });
});

/** Cuts the power at each step of each seed, until something is wrong. */
async function search(variant: Variant): Promise<{ readonly breach: string | undefined; readonly runs: number }> {
  let runs = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const { steps } = await live({ seed }, variant);
    for (let stopAt = 1; stopAt <= steps; stopAt += 1) {
      runs += 1;
      const { disk, stories } = await live({ seed, stopAt }, variant);
      const breach = await breachAfter(disk.cutPower(), stories);
      if (breach !== undefined) return { breach: `seed ${seed}, step ${stopAt}: ${breach}`, runs };
    }
  }
  return { breach: undefined, runs };
}

/** Two windows that write, take over and remove, until they are done or the machine stops. */
async function live(
  options: SimOptions,
  variant: Variant,
): Promise<{ readonly disk: SimDisk; readonly stories: Stories; readonly steps: number }> {
  const disk = new SimDisk(options);
  const stories: Stories = new Map();
  const port = variant(disk.port);
  const windows: Journal[] = [];
  const open = async (): Promise<Journal> => {
    const journal = await openJournal(folder, { log: silentLog, fs: port, host: 'first start', now: () => 0 });
    windows.push(journal);
    return journal;
  };
  const work = async (): Promise<void> => {
    const [one, other] = [await open(), await open()];
    await Promise.all([handedOver(one, other, stories), brief(one, stories, 'brief'), brief(other, stories, 'other')]);
  };
  // A step that fails is told by whoever asked; what it promised before counts.
  await Promise.race([work().catch(() => undefined), disk.stopped]);
  // On a machine that stopped this never ends, but it ends the timers.
  const closed = Promise.all(windows.map((journal) => journal.close()));
  await Promise.race([closed, disk.stopped]);
  return { disk, stories, steps: disk.steps };
}

async function handedOver(one: Journal, other: Journal, stories: Stories): Promise<void> {
  await one.claim('shared');
  await put(one, stories, 'shared', 1);
  await Promise.all([put(one, stories, 'shared', 2), put(one, stories, 'shared', 3)]);
  await one.release('shared');
  if (await other.claim('shared')) await put(other, stories, 'shared', 4);
}

async function brief(journal: Journal, stories: Stories, key: string): Promise<void> {
  await put(journal, stories, key, 1);
  if (await journal.claim(key)) await put(journal, stories, key, 2);
  await remove(journal, stories, key);
  await put(journal, stories, key, 3);
}

async function put(journal: Journal, stories: Stories, key: string, number: number): Promise<void> {
  const story = stories.get(key) ?? { started: 0, durable: 0, removal: 'none' };
  stories.set(key, story);
  story.started = number;
  await journal.put(key, record(number));
  story.durable = Math.max(story.durable, number);
}

async function remove(journal: Journal, stories: Stories, key: string): Promise<void> {
  const story = stories.get(key);
  if (story !== undefined) story.removal = 'begun';
  await journal.remove(key);
  if (story !== undefined) story.removal = 'done';
}

/** What is wrong with the journal after the cut, and after it was used and a second cut came. */
async function breachAfter(disk: SimDisk, stories: Stories): Promise<string | undefined> {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
  const second = await openJournal(folder, { log, fs: disk.port, host: 'second start' });
  const found = breachOf(second, stories) ?? warnings[0];
  if (found !== undefined) {
    await second.close();
    return found;
  }
  await second.put('later', record(9));
  for (const key of ['shared', 'brief']) await second.remove(key);
  const next = disk.cutPower();
  void second.close();
  const later: Stories = new Map([['later', { started: 9, durable: 9, removal: 'none' }]]);
  for (const key of ['shared', 'brief']) later.set(key, { started: 9, durable: 0, removal: 'done' });
  const third = await openJournal(folder, { log, fs: next.port, host: 'third start' });
  const breach = breachOf(third, later) ?? warnings[0];
  await third.close();
  return breach;
}

function breachOf(journal: Journal, stories: Stories): string | undefined {
  for (const [key, { started, durable, removal }] of stories) {
    const found = journal.find(key);
    const number = Number(Reflect.get(Object(found), 'number'));
    if (found === undefined && removal === 'none' && durable > 0) return `${key} is not there`;
    if (found === undefined) continue;
    if (removal === 'done') return `${key} came back`;
    if (JSON.stringify(found) !== JSON.stringify(record(number))) return `${key} is damaged`;
    if (number < durable) return `${key} is older than what was promised`;
    if (number > started) return `${key} is newer than what was asked`;
  }
  return undefined;
}

/** Several sectors, so that a torn one shows. */
function record(number: number): { readonly number: number; readonly filling: string } {
  return { number, filling: String(number).repeat(1500) };
}

/** Syncs what it renamed, too late. */
const renamedBeforeSync: Variant = (port) => ({
  ...port,
  open: async (path, flags, mode) => {
    const file = await port.open(path, flags, mode);
    return String(path).endsWith('.part') ? Object.assign(file, { sync: () => Promise.resolve() }) : file;
  },
  rename: async (from, to) => {
    await port.rename(from, to);
    await (await port.open(to, 'r')).sync();
  },
});

const withoutFolderSync: Variant = (port) => ({
  ...port,
  open: async (path, flags, mode) => {
    const file = await port.open(path, flags, mode);
    return path === folder ? Object.assign(file, { sync: () => Promise.resolve() }) : file;
  },
});

const withoutSyncOfRemoval: Variant = (port) => {
  let isRemoving = false;
  return {
    ...port,
    writeFile: async (path, data, options) => {
      await port.writeFile(path, data, options);
      isRemoving ||= typeof path === 'string' && path.endsWith('.gone');
    },
    open: async (path, flags, mode) => {
      const file = await port.open(path, flags, mode);
      const skips = isRemoving && path === folder;
      if (skips) isRemoving = false;
      return skips ? Object.assign(file, { sync: () => Promise.resolve() }) : file;
    },
  };
};

const oldGoneFirst: Variant = (port) => ({
  ...port,
  rename: async (from, to) => {
    const [hash = ''] = String(to)
      .slice(folder.length + 1)
      .split('.');
    for (const name of await port.readdir(folder)) {
      if (name.startsWith(hash) && name.endsWith('.json')) await port.unlink(`${folder}/${name}`);
    }
    await (await port.open(folder, 'r')).sync();
    await port.rename(from, to);
  },
});

// Which of several windows holds a key of the journal, when they race, stand still and come back.

import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Journal } from '../../../src/core/base/journal.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { type DiskPort, disk } from '../../../src/net/disk/disk.ts';
import { type JournalOptions, openJournal } from '../../../src/net/disk/journal.ts';
import { SimDisk } from '../../support/simDisk.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('A window that holds a key', () => {
  const open: Journal[] = [];
  let folder = '';
  let clock = 0;
  const window = async (options: Partial<JournalOptions> = {}): Promise<Journal> => {
    const journal = await openJournal(folder, { log: silentLog, now: () => clock, ...options });
    open.push(journal);
    return journal;
  };
  /** Looks so many times, five seconds apart. */
  const claims = async (journal: Journal, times: number, apart = 5000): Promise<readonly boolean[]> => {
    const results: boolean[] = [];
    for (let time = 0; time < times; time += 1) {
      results.push(await journal.claim('a'));
      clock += apart;
    }
    return results;
  };

  beforeEach(async () => {
    folder = join(await tempFolder(), 'journal');
  });
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close();
    await removeTempFolders();
  });

  it('and stands still keeps it for 15 seconds of looks, then loses it, and changes nothing when it comes back', async () => {
    const freezer = freezing();
    const [frozen, other] = [await window({ fs: freezer.fs, host: 'elsewhere' }), await window()];
    const told: string[] = [];
    frozen.onDidChange((keys) => told.push(...keys));
    assert.equal(await frozen.claim('a'), true);
    await frozen.put('a', 'before');
    freezer.freeze();
    const late = frozen.put('a', 'late');
    await freezer.reached;
    assert.deepEqual(await claims(other, 4), [false, false, false, true]);
    assert.equal(other.find('a'), 'before');
    await other.put('a', 'after');
    freezer.thaw();
    await assert.rejects(late, { code: 'ERR_BUSY' });
    assert.equal(await frozen.claim('a'), false);
    assert.deepEqual([...new Set(told)], ['a']);
    const third = await window();
    assert.deepEqual([other.find('a'), third.find('a')], ['after', 'after']);
    assert.equal((await readdir(folder)).filter((name) => name.endsWith('.json')).length, 1);
  });

  it('and stands still while the key is removed does not bring it back', async () => {
    const freezer = freezing();
    const [frozen, other] = [await window({ fs: freezer.fs, host: 'elsewhere' }), await window()];
    await frozen.claim('a');
    await frozen.put('a', 'before');
    freezer.freeze();
    const late = frozen.put('a', 'late');
    await freezer.reached;
    await other.remove('a');
    freezer.thaw();
    await late;
    assert.deepEqual([frozen.find('a'), other.find('a'), (await window()).find('a')], [undefined, undefined, undefined]);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.json')),
      [],
    );
  });

  it('keeps it from whoever slept and has not looked since', async () => {
    const freezer = freezing();
    const [holder, sleeper] = [await window({ fs: freezer.fs, host: 'elsewhere' }), await window()];
    await holder.claim('a');
    freezer.freeze();
    assert.deepEqual(await claims(sleeper, 3, 3_600_000), [false, false, false]);
    freezer.thaw();
  });

  it('keeps it as long as it moves', async () => {
    const [holder, other] = [await window({ host: 'elsewhere' }), await window()];
    await holder.claim('a');
    for (let beats = 1; beats <= 10; beats += 1) {
      assert.equal(await other.claim('a'), false);
      clock += 5000;
      await beat(folder, beats);
    }
  });
});

describe('Windows that race for a key', () => {
  it('never hold it both, in any order of their steps', async () => {
    assert.equal(await raceUntilWrong((port) => port), undefined);
  });

  it('are found to hold it both where a lease that is there can be made again', async () => {
    const wrong = await raceUntilWrong((port) => ({
      ...port,
      writeFile: (path, data, options) => port.writeFile(path, data, { ...(options as { readonly mode: number }), flag: 'w' }),
    }));
    assert.match(wrong ?? 'nothing was found', /hold it|overwrote/);
  });
});

/** Three windows that count in one record, each while it holds the key, in 300 orders. Gives what went wrong. */
async function raceUntilWrong(variant: (port: DiskPort) => DiskPort): Promise<string | undefined> {
  let wins = 0;
  for (let seed = 0; seed < 300; seed += 1) {
    const fs = variant(new SimDisk({ seed }).port);
    const windows = await Promise.all([1, 2, 3].map(() => openJournal('/j', { log: silentLog, fs, host: 'h' })));
    const holders = new Set<Journal>();
    let counted = 0;
    let wrong: string | undefined;
    const rounds = windows.map(async (journal) => {
      for (let round = 0; round < 4; round += 1) {
        if (!(await journal.claim('a'))) continue;
        holders.add(journal);
        if (holders.size > 1) wrong = `seed ${seed}: ${holders.size} hold it`;
        counted += 1;
        await journal.put('a', Number(journal.find('a') ?? 0) + 1).catch(() => undefined);
        holders.delete(journal);
        await journal.release('a');
      }
    });
    await Promise.all(rounds);
    await windows[0]?.claim('a');
    if (windows[0]?.find('a') !== counted) wrong ??= `seed ${seed}: one overwrote what it had not seen`;
    await Promise.all(windows.map((journal) => journal.close()));
    if (wrong !== undefined) return wrong;
    wins += counted;
  }
  return wins > 300 ? undefined : `only ${wins} claims succeeded`;
}

/** Does what the one window that holds something does every two seconds. */
async function beat(folder: string, beats: number): Promise<void> {
  const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.window'));
  const text = await readFile(join(folder, name), 'utf8');
  await writeFile(join(folder, name), text.replace(/\d{10}/, String(1000 + beats).padStart(10, '0')));
}

/** A disk on which one window stands still, in the middle of a put: no beat, and no name for what it wrote, until it thaws. */
function freezing(): { readonly fs: DiskPort; readonly reached: Promise<void>; freeze(): void; thaw(): void } {
  const reached = Promise.withResolvers<undefined>();
  const thawed = Promise.withResolvers<undefined>();
  let isFrozen = false;
  const fs: DiskPort = {
    ...disk.promises,
    writeFile: async (path, data, options) => {
      if (isFrozen && typeof path === 'string' && path.endsWith('.window')) await thawed.promise;
      await disk.promises.writeFile(path, data, options);
    },
    rename: async (from, to) => {
      reached.resolve(undefined);
      if (isFrozen) await thawed.promise;
      await disk.promises.rename(from, to);
    },
  };
  return {
    ...{ fs, thaw: () => thawed.resolve(undefined), reached: reached.promise },
    freeze: () => {
      isFrozen = true;
    },
  };
}

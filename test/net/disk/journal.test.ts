// The journal in a folder of a real disk, used by several windows.

import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { FerryError } from '../../../src/core/base/errors.ts';
import type { Journal } from '../../../src/core/base/journal.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { hashOf } from '../../../src/net/disk/journal/record.ts';
import { type JournalOptions, openJournal } from '../../../src/net/disk/journal.ts';
import { killChildren, startChild } from '../../support/childProcess.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('The journal', () => {
  const open: Journal[] = [];
  let folder = '';
  const window = async (options: Partial<JournalOptions> = {}): Promise<Journal> => {
    const journal = await openJournal(folder, { log: silentLog, ...options });
    open.push(journal);
    return journal;
  };
  const files = async (pattern: RegExp): Promise<readonly string[]> =>
    (await readdir(folder)).filter((name) => pattern.test(name)).sort();

  beforeEach(async () => {
    folder = join(await tempFolder(), 'journal');
  });
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close();
    await killChildren();
    await removeTempFolders();
  });

  it('is empty before anything is put into it', async () => {
    const journal = await window();
    assert.deepEqual([journal.entries(), journal.find('a')], [new Map(), undefined]);
  });

  it('keeps what is put into it, for the next window too, and leaves nothing beside it', async () => {
    const first = await window();
    await first.put('a', { n: 1 });
    await first.put('b', ['é']);
    assert.deepEqual([first.find('a'), first.find('b')], [{ n: 1 }, ['é']]);
    await first.close();
    assert.equal((await files(/./)).length, 2);
    const next = await window();
    assert.deepEqual(Object.fromEntries(next.entries()), { a: { n: 1 }, b: ['é'] });
    assert.deepEqual(next.find('b'), ['é']);
  });

  it('is for its owner alone, and names nobody in the names of its files', async () => {
    await (await window()).close();
    await chmod(folder, 0o755);
    const journal = await window();
    await journal.claim('peer/offer');
    await journal.put('peer/offer', {});
    await journal.remove('gone');
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const names = await readdir(folder);
    assert.equal(names.length, 4);
    for (const name of names) {
      assert.match(name, /^[0-9a-f]+\.[0-9a-z.-]+$/);
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
    }
  });

  it('keeps the order of puts of one key, and writes the last of those that wait', async () => {
    const journal = await window();
    await journal.claim('a');
    const first = journal.put('a', 'first');
    await new Promise(setImmediate);
    await Promise.all([first, ...Array.from({ length: 50 }, (_, n) => journal.put('a', n))]);
    assert.equal(journal.find('a'), 49);
    assert.deepEqual(await files(/json$/), [`${hashOf('a')}.1-2.json`]);
  });

  it('holds 500 records, put at once', async () => {
    const journal = await window();
    const all = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`key ${n}`, { n }]));
    await Promise.all(Object.entries(all).map(([key, record]) => journal.put(key, record)));
    assert.deepEqual(Object.fromEntries(journal.entries()), all);
    assert.deepEqual(Object.fromEntries((await window()).entries()), all);
  });

  it('refuses a record of more than 512 KiB and keeps the one before', async () => {
    const journal = await window();
    await journal.claim('a');
    await journal.put('a', 'x'.repeat(512 * 1024 - 64));
    await assert.rejects(journal.put('a', 'x'.repeat(512 * 1024)), code('ERR_BODY_TOO_LARGE'));
    assert.equal((await window()).find('a'), 'x'.repeat(512 * 1024 - 64));
  });

  it('takes nothing after it was closed', async () => {
    const journal = await window();
    await journal.close();
    for (const call of [journal.put('a', 1), journal.remove('a'), journal.claim('a'), journal.release('a')]) {
      await assert.rejects(call, code('ERR_CANCELLED'));
    }
    await journal.close();
  });

  it('says that it cannot be written where its folder is a file', async () => {
    await writeFile(folder, '');
    await assert.rejects(window(), code('ERR_FOLDER_UNUSABLE'));
  });

  describe('of two windows', () => {
    it('shows each what the other does', async () => {
      const [one, other] = [await window(), await window()];
      const told: string[] = [];
      one.onDidChange((keys) => told.push(...keys));
      await other.claim('a');
      await other.put('a', 1);
      await eventually(one.onDidChange, () => one.find('a'), 'the record comes');
      await other.put('a', 2);
      await eventually(one.onDidChange, () => (one.find('a') === 2 ? true : undefined), 'it changes');
      await other.remove('a');
      await eventually(one.onDidChange, () => (one.find('a') === undefined ? true : undefined), 'it goes');
      assert.deepEqual(told, ['a', 'a', 'a']);
    });

    it('tells neither of what it did itself', async () => {
      const one = await window();
      const told: string[] = [];
      one.onDidChange((keys) => told.push(...keys));
      await one.claim('a');
      await one.put('a', 1);
      await one.remove('a');
      const other = await window();
      await other.put('b', 1);
      await eventually(one.onDidChange, () => one.find('b'), 'what the other did');
      assert.deepEqual(told, ['b']);
    });

    it('lets one hold a key at a time, and hands its last record over', async () => {
      const [one, other] = [await window(), await window()];
      assert.deepEqual([await one.claim('a'), await one.claim('a'), await other.claim('a')], [true, true, false]);
      await one.put('a', 1);
      await assert.rejects(other.put('a', 2), code('ERR_BUSY'));
      const last = one.put('a', 3);
      await one.release('a');
      await last;
      assert.equal(await other.claim('a'), true);
      assert.equal(other.find('a'), 3);
      await assert.rejects(one.put('a', 4), code('ERR_BUSY'));
      await other.put('a', 5);
      await other.close();
      assert.equal(await one.claim('a'), true);
      assert.equal(one.find('a'), 5);
    });

    it('lets one of many that claim at once have the key', async () => {
      const windows = await Promise.all(Array.from({ length: 8 }, () => window()));
      for (let round = 0; round < 10; round += 1) {
        const claims = await Promise.all(windows.map((journal) => journal.claim('a')));
        assert.equal(claims.filter(Boolean).length, 1);
        const holder = windows[claims.indexOf(true)];
        if (round % 2 === 0) await holder?.put('a', round);
        await holder?.release('a');
      }
    });

    it('lets one of two that put a new key succeed', async () => {
      const [one, other] = [await window(), await window()];
      for (let round = 0; round < 20; round += 1) {
        const puts = await Promise.allSettled([one.put(`key ${round}`, 'one'), other.put(`key ${round}`, 'other')]);
        const who = puts.flatMap(({ status }, index) => (status === 'fulfilled' ? [['one', 'other'][index]] : []));
        assert.equal(who.length, 1);
        assert.equal((await window()).find(`key ${round}`), who[0]);
      }
    });

    it('brings nothing back that one of them removed', async () => {
      const [one, other] = [await window(), await window()];
      await one.claim('a');
      await one.put('a', 1);
      const [, late] = await Promise.all([other.remove('a'), one.put('a', 2), other.remove('a')]);
      assert.equal(late, undefined);
      await one.put('a', 3);
      await other.put('a', 4);
      assert.equal(await one.claim('a'), false);
      const third = await window();
      assert.deepEqual([one.find('a'), other.find('a'), third.find('a')], [undefined, undefined, undefined]);
      assert.equal(await third.claim('a'), false);
      assert.deepEqual(await files(/json$/), []);
    });
  });

  describe('of a process that was killed', () => {
    it('shows the old record or the new one, and its keys are free at once', async () => {
      const journal = await window();
      for (let round = 0; round < 5; round += 1) {
        const key = `key ${round}`;
        const child = startChild('journalChild.ts', folder, key);
        assert.deepEqual(await child.message(), { claimed: true });
        assert.equal(await journal.claim(key), false);
        let durable = 0;
        while (durable < 3 + round) durable = Number(Reflect.get(Object(await child.message()), 'number'));
        await child.kill();
        assert.equal(await journal.claim(key), true);
        const record = Object(journal.find(key)) as { readonly number?: number; readonly filling?: string };
        assert.ok((record.number ?? 0) >= durable, `${record.number} is older than ${durable}`);
        assert.equal(record.filling?.length, 100_000);
        await journal.put(key, 'ours');
      }
      const next = await window();
      assert.deepEqual([...next.entries().values()], ['ours', 'ours', 'ours', 'ours', 'ours']);
      assert.deepEqual(await files(/part$/), []);
      assert.equal((await files(/window$/)).length, 1, 'the dead are swept, the living window is not');
    });
  });
});

function code(expected: string): (error: unknown) => boolean {
  return (error) => (error as FerryError).code === expected;
}

// What the journal makes of files that are not as it wrote them.

import assert from 'node:assert/strict';
import { readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Journal } from '../../../src/core/base/journal.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { openJournal } from '../../../src/net/disk/journal.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('A file of the journal', () => {
  const open: Journal[] = [];
  let folder = '';
  const window = async (): Promise<Journal> => {
    const journal = await openJournal(folder, { log: silentLog });
    open.push(journal);
    return journal;
  };
  const files = async (pattern: RegExp, under = ''): Promise<readonly string[]> =>
    (await readdir(join(folder, under))).filter((name) => pattern.test(name)).sort();
  /** Puts a record and one beside it; gives the path of its file. */
  const written = async (record: unknown): Promise<string> => {
    const journal = await window();
    await journal.put('a', record);
    const [name = ''] = await files(/json$/);
    await journal.put('beside', 1);
    await journal.close();
    return join(folder, name);
  };

  beforeEach(async () => {
    folder = join(await tempFolder(), 'journal');
  });
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close();
    await removeTempFolders();
  });

  it('that is damaged anywhere is set aside and costs its own record alone', async () => {
    const path = await written({ text: 'é' });
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at += 1) {
      for (const damaged of [whole.with(at, whole[at]! ^ 1), whole.subarray(0, at)]) {
        await writeFile(path, damaged);
        const journal = await window();
        assert.deepEqual(Object.fromEntries(journal.entries()), { beside: 1 }, `byte ${at}`);
        await journal.close();
      }
    }
    assert.equal((await files(/json$/, 'bad')).length, 20, 'the last twenty are kept');
    assert.equal((await files(/json$/)).length, 1);
    const journal = await window();
    await journal.put('a', 'anew');
    assert.equal(journal.find('a'), 'anew');
  });

  it('that is longer than a record can be, or is named after another key, is set aside too', async () => {
    const path = await written('x'.repeat(512 * 1024 - 64));
    const other = path.replace(/[0-9a-f]{64}/, 'f'.repeat(64));
    await rename(path, other);
    assert.deepEqual(Object.fromEntries((await window()).entries()), { beside: 1 });
    await writeFile(path, ' '.repeat(600_000));
    assert.deepEqual(Object.fromEntries((await window()).entries()), { beside: 1 });
    assert.equal((await files(/json$/, 'bad')).length, 2);
  });

  it('that is damaged while an older one is there shows the older one', async () => {
    const path = await written('old');
    const newer = path.replace(/\.1-1\.json$/, '.2-1.json');
    await writeFile(newer, 'half of a rec');
    assert.equal((await window()).find('a'), 'old');
    assert.deepEqual(await files(/json$/, 'bad').then((names) => names.length), 1);
  });

  it('that a later version wrote is neither shown nor touched nor written over', async () => {
    const path = await written('old');
    const later = '{"v":2,"anything":"else"}\nin another way\n';
    await writeFile(path, later);
    const journal = await window();
    assert.deepEqual(Object.fromEntries(journal.entries()), { beside: 1 });
    assert.equal(await journal.claim('a'), false);
    await assert.rejects(journal.put('a', 'new'), { code: 'ERR_BUSY' });
    await journal.close();
    assert.equal(await readFile(path, 'utf8'), later);
  });

  it('that goes without a word is gone', async () => {
    const path = await written('old');
    const journal = await window();
    assert.equal(journal.find('a'), 'old');
    await unlink(path);
    assert.equal(await journal.claim('a'), true);
    assert.equal(journal.find('a'), undefined);
  });

  it('that is none of the journal is left alone', async () => {
    await written('old');
    for (const name of ['notes.txt', 'a.json', `${'0'.repeat(64)}.json`]) await writeFile(join(folder, name), 'mine');
    const journal = await window();
    assert.equal(journal.entries().size, 2);
    assert.deepEqual(await files(/^(notes.txt|a.json|0+\.json)$/), [`${'0'.repeat(64)}.json`, 'a.json', 'notes.txt']);
  });

  it('that says what was removed goes after eight days', async () => {
    const journal = await window();
    await journal.remove('a');
    const [name = ''] = await files(/gone$/);
    const [hash = '', day = ''] = name.split('.');
    await journal.close();
    await (await window()).close();
    assert.deepEqual(await files(/gone$/), [name]);
    await rename(join(folder, name), join(folder, `${hash}.${Number(day) - 9}.gone`));
    await window();
    assert.deepEqual(await files(/gone$/), []);
  });
});

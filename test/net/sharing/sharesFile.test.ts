// The list of shared folders on disk, as several windows of a person have it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';

import type { FerryError } from '../../../src/core/base/errors.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { type Share, type ShareBook, withShare } from '../../../src/core/sharing/shares.ts';
import { formatShares } from '../../../src/core/sharing/stored.ts';
import { disk } from '../../../src/net/disk/disk.ts';
import { keepPrivate } from '../../../src/net/disk/privateFolder.ts';
import { openShares } from '../../../src/net/disk/sharing/sharesFile.ts';
import { startChild } from '../../support/childProcess.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('The list of shared folders', () => {
  let folder: string;
  const open: ShareBook[] = [];
  beforeEach(async () => {
    folder = await tempFolder();
  });
  afterEach(() => {
    for (const book of open.splice(0)) book.close();
  });
  after(removeTempFolders);

  const window = async (tell?: (trouble: FerryError) => void): Promise<ShareBook> => {
    const book = await openShares(folder, silentLog, tell);
    open.push(book);
    return book;
  };
  const share = (book: ShareBook, name: string): Promise<void> =>
    book.change((shares) => withShare(shares, { name, path: `/${name}`, with: 'paired' }));
  const namesIn = (book: ShareBook): string =>
    book
      .entries()
      .map(({ name }) => name)
      .toSorted()
      .join();

  it('has what all windows put there, and each sees what the others did', async () => {
    const [one, other] = [await window(), await window()];
    await Promise.all(['a', 'b', 'c', 'd'].map((name, n) => share(n % 2 === 0 ? one : other, name)));
    for (const book of [one, other]) {
      await eventually(book.onDidChange, () => (namesIn(book) === 'a,b,c,d' ? true : undefined), 'all four are seen');
    }
    assert.equal(namesIn(await window()), 'a,b,c,d');
    await other.change(() => []);
    await eventually(one.onDidChange, () => (namesIn(one) === '' ? true : undefined), 'nothing is shared any more');
    assert.deepEqual(await readdir(folder), ['shares.json']);
  });

  it('is for its person alone', async () => {
    await share(await window(), 'a');
    if (process.platform !== 'win32') assert.equal((await stat(join(folder, 'shares.json'))).mode & 0o777, 0o600);
  });

  it('shares nothing where it is damaged, is kept aside under a number, and begins anew', async () => {
    const damaged = '{"version":1,"shares":[{"path":"/etc"}]}';
    for (const number of [1, 2]) {
      await writeFile(join(folder, 'shares.json'), damaged);
      const told: FerryError[] = [];
      const book = await window((trouble) => told.push(trouble));
      assert.equal(namesIn(book), '');
      const file = `shares.json.unreadable-${number}`;
      assert.deepEqual(
        told.map(({ code, detail }) => [code, detail]),
        [['ERR_BOOK_UNREADABLE', { list: 'shares', reason: 'damaged', file, kept: 0 }]],
      );
      await share(book, 'a');
      assert.equal(await readFile(join(folder, file), 'utf8'), damaged);
      assert.equal(namesIn(await window()), 'a');
      for (const one of open.splice(0)) one.close();
    }
  });

  it('shares nothing any more, and is kept aside, where it is damaged while a window is open', async () => {
    const [book, other] = [await window(), await window()];
    await share(book, 'a');
    await eventually(other.onDidChange, () => (namesIn(other) === 'a' ? true : undefined), 'both windows share it');
    await writeFile(join(folder, 'shares.json'), '{"version":1,');
    for (const one of [book, other])
      await eventually(one.onDidChange, () => (namesIn(one) === '' ? true : undefined), 'nothing is shared');
    await share(other, 'b');
    assert.deepEqual((await readdir(folder)).toSorted(), ['shares.json', 'shares.json.unreadable-1']);
  });

  it('leaves nothing where a window was killed while it wrote', async () => {
    const book = await window();
    await share(book, 'a');
    assert.equal(await startChild('renameChild.ts', folder).ended(), null);
    assert.equal((await readdir(folder)).filter((name) => name.endsWith('.part')).length, 3);
    await keepPrivate(folder);
    await share(book, 'b');
    assert.deepEqual(await readdir(folder), ['shares.json']);
  });

  it('is left alone where a later version wrote it', async () => {
    const later = '{"version":2,"shares":"whatever"}';
    await writeFile(join(folder, 'shares.json'), later);
    const book = await window();
    assert.equal(namesIn(book), '');
    await assert.rejects(share(book, 'a'), { code: 'ERR_BOOK_UNREADABLE', detail: { list: 'shares', reason: 'newer' } });
    assert.equal(await readFile(join(folder, 'shares.json'), 'utf8'), later);
  });

  it('P11: is what was written last, also where it was read slowly before that', async () => {
    const book = await window();
    const states: string[] = [];
    book.onDidChange(() => states.push(namesIn(book)));
    const path = join(folder, 'shares.json');
    const [reading, goOn] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const read = disk.promises.readFile.bind(disk.promises);
    const slow = mock.method(disk.promises, 'readFile', async (...asked: Parameters<typeof read>) => {
      const text = await read(...asked);
      reading.resolve(undefined);
      await goOn.promise;
      return text;
    });
    const write = async (shares: readonly Share[]): Promise<void> => {
      await writeFile(`${path}.new`, formatShares(shares));
      await rename(`${path}.new`, path);
    };
    await write(withShare([], { name: 'a', path: '/a', with: 'paired' }));
    await reading.promise;
    slow.mock.restore();
    const written = once(watch(folder, { persistent: false }), 'change');
    await write([]);
    await written;
    // Time for whoever has heard of it too.
    for (let times = 0; times < 50; times += 1) await readFile(path);
    goOn.resolve(undefined);
    await eventually(book.onDidChange, () => (states.length > 0 && namesIn(book) === '' ? true : undefined), 'nothing is shared');
  });
});

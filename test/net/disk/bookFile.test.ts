// The book of peers as a file that all windows of a person share.

import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';

import type { FerryError } from '../../../src/core/base/errors.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { blankEntry, type PeerBook } from '../../../src/core/peers/book.ts';
import { formatBook, parseBook } from '../../../src/core/peers/stored.ts';
import { disk } from '../../../src/net/disk/disk.ts';
import { type BookFile, openBook } from '../../../src/net/disk/kept/bookFile.ts';
import { killChildren, startChild } from '../../support/childProcess.ts';
import { peerIdOfNobody as id } from '../../support/peerIds.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('The file of the book', () => {
  const books: { close(): void }[] = [];
  let folder = '';
  const open = async (): Promise<PeerBook> => {
    const book = await openBook(folder, silentLog);
    books.push(book);
    return book;
  };
  const file = (): string => join(folder, 'peers.json');

  beforeEach(async () => {
    folder = await tempFolder();
  });
  afterEach(async () => {
    for (const book of books.splice(0)) book.close();
    await killChildren();
    await removeTempFolders();
  });

  it('is not there before there is something to remember', async () => {
    const book = await open();
    assert.deepEqual([book.entries(), book.find(id(1)), await readdir(folder)], [[], undefined, []]);
  });

  it('keeps what is written, for its owner alone, and leaves nothing beside it', async () => {
    const book = await open();
    await book.change(id(1), (entry) => ({ ...entry, name: 'Ada', trust: 'known' }));
    assert.equal(book.find(id(1))?.name, 'Ada');
    assert.equal((await stat(file())).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['peers.json']);
    assert.deepEqual(parseBook(await readFile(file(), 'utf8')), book.entries());
    assert.deepEqual((await open()).entries(), book.entries());
  });

  it('is seen by every window when one of them writes', async () => {
    const [one, other] = [await open(), await open()];
    let changes = 0;
    one.onDidChange(() => {
      changes += 1;
    });
    await other.change(id(1), (entry) => ({ ...entry, name: 'Ada' }));
    assert.equal(
      (await eventually(one.onDidChange, () => one.find(id(1)), 'the first window sees what the other wrote')).name,
      'Ada',
    );
    await one.change(id(1), (entry) => ({ ...entry, name: `${entry.name} Lovelace` }));
    await eventually(
      other.onDidChange,
      () => (other.find(id(1))?.name === 'Ada Lovelace' ? true : undefined),
      'and the other way round',
    );
    assert.equal(changes, 2);
  });

  it('tells nobody of a change that changes nothing', async () => {
    const book = await open();
    await book.change(id(1), (entry) => ({ ...entry, name: 'Ada' }));
    let changes = 0;
    book.onDidChange(() => {
      changes += 1;
    });
    await book.change(id(1), (entry) => entry);
    await book.change(id(1), (entry) => ({ ...entry, name: 'Ada' }));
    assert.equal(changes, 0);
  });

  it('loses none of forty changes that come at once', async () => {
    const [one, other] = [await open(), await open()];
    await Promise.all(
      Array.from({ length: 40 }, (_, number) =>
        (number % 2 === 0 ? one : other).change(id(number % 10), (entry) => ({ ...entry, lastUsed: entry.lastUsed + 1 })),
      ),
    );
    assert.deepEqual(
      parseBook(await readFile(file(), 'utf8')).map((entry) => entry.lastUsed),
      Array.from({ length: 10 }, () => 4),
    );
    assert.deepEqual(await readdir(folder), ['peers.json']);
  });

  it('loses none of the changes of two other processes, and is never seen half written', async () => {
    const watching = await open();
    let seen = 0;
    watching.onDidChange(() => {
      seen += 1;
    });
    const children = [startChild('bookChild.ts', folder, '1', '10'), startChild('bookChild.ts', folder, '11', '10')];
    for (const child of children) assert.equal(await child.message(), 'ready');
    for (const child of children) child.send('go');
    for (const child of children) assert.equal(await child.message(), 'written');
    const entries = parseBook(await readFile(file(), 'utf8'));
    assert.equal(entries.find((entry) => entry.id === id(0))?.lastUsed, 20);
    for (let number = 1; number <= 20; number += 1)
      assert.equal(entries.find((entry) => entry.id === id(number))?.name, `peer ${number}`);
    await eventually(
      watching.onDidChange,
      () => (watching.entries().length === 21 ? true : undefined),
      'the window that only watches knows all',
    );
    assert.ok(seen > 0);
    assert.deepEqual(await readdir(folder), ['peers.json']);
  });

  const troubled = async (): Promise<{ readonly book: BookFile; readonly told: readonly FerryError[] }> => {
    const told: FerryError[] = [];
    const book = await openBook(folder, silentLog, (trouble) => told.push(trouble));
    books.push(book);
    return { book, told };
  };
  const add = (book: PeerBook): Promise<void> => book.change(id(1), (entry) => ({ ...entry, name: 'Ada' }));

  const unreadable: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['half a book', formatBook([]).slice(0, -5)],
    ['other JSON', '[]'],
    ['no peers', '{"version":1}'],
    ['no version', '{"peers":[]}'],
  ];
  for (const [name, text] of unreadable) {
    it(`is kept aside where it holds ${name}, under a number, and the person is told`, async () => {
      for (const number of [1, 2]) {
        await writeFile(file(), text);
        const { book, told } = await troubled();
        assert.deepEqual(
          [book.entries().length, told.map(({ code, detail }) => [code, detail['reason'], detail['file']])],
          [0, [['ERR_BOOK_UNREADABLE', 'damaged', `peers.json.unreadable-${number}`]]],
        );
        assert.equal(await readFile(`${file()}.unreadable-${number}`, 'utf8'), text);
        await book.check();
        await add(book);
        book.close();
      }
      assert.deepEqual((await readdir(folder)).toSorted(), ['peers.json', 'peers.json.unreadable-1', 'peers.json.unreadable-2']);
    });
  }

  it('keeps what can still be read of a file that was cut, and every block in it', async () => {
    const entries = [1, 2, 3].map((number) => ({ ...blankEntry(id(number)), name: `peer ${number}`, trust: 'paired' as const }));
    const whole = formatBook([...entries, { ...blankEntry(id(4)), name: 'Eve', trust: 'blocked' }]);
    await writeFile(file(), whole.slice(0, -30));
    const { book, told } = await troubled();
    assert.deepEqual(book.entries().slice(0, 3), entries);
    assert.equal(book.trustOf(id(4)), 'blocked');
    assert.deepEqual(
      told.map(({ detail }) => detail['kept']),
      [4],
    );
    assert.deepEqual(parseBook(await readFile(file(), 'utf8')), book.entries());
  });

  it('costs one entry where one is wrong, and no block', async () => {
    const peers = [
      { ...blankEntry(id(1)), name: 'Ada', trust: 'paired' },
      { ...blankEntry(id(2)), trust: 'admin' },
      { ...blankEntry(id(3)), lastUsed: 'yesterday' },
      { ...blankEntry(id(4)), name: 7, trust: 'blocked' },
      'peer',
      { ...blankEntry(id(5)), name: 'Bob', trust: 'known' },
      { ...blankEntry(id(5)), trust: 'blocked' },
    ];
    await writeFile(file(), `\ufeff${JSON.stringify({ version: 1, peers })}`);
    const { book, told } = await troubled();
    const trusts = (): unknown => Object.fromEntries(book.entries().map((entry) => [entry.id, entry.trust]));
    assert.deepEqual([trusts(), told], [{ [id(1)]: 'paired', [id(4)]: 'blocked', [id(5)]: 'blocked' }, []]);
    await book.change(id(6), (entry) => ({ ...entry, name: 'new' }));
    assert.deepEqual(trusts(), { [id(1)]: 'paired', [id(4)]: 'blocked', [id(5)]: 'blocked', [id(6)]: 'unknown' });
  });

  it('of a later version is left alone, and nobody is let in meanwhile', async () => {
    const text = '{"version":2,"peers":[]}';
    await writeFile(file(), text);
    const { book, told } = await troubled();
    assert.deepEqual(
      told.map(({ code, detail }) => [code, detail['reason']]),
      [['ERR_BOOK_UNREADABLE', 'newer']],
    );
    await assert.rejects(add(book), { code: 'ERR_BOOK_UNREADABLE' });
    await assert.rejects(book.check(), { code: 'ERR_BOOK_UNREADABLE' });
    assert.equal(await readFile(file(), 'utf8'), text);
    assert.deepEqual(await readdir(folder), ['peers.json']);
  });

  for (const code of ['EMFILE', 'EACCES', 'EIO']) {
    it(`is not written over where reading it fails with ${code}, and is read once that is over`, async () => {
      await add(await open());
      const text = await readFile(file(), 'utf8');
      const { readFile: real } = disk.promises;
      const failing = Object.assign(new Error(code), { code });
      const reading = mock.method(disk.promises, 'readFile', (...args: Parameters<typeof real>) =>
        args[0] === file() ? Promise.reject(failing) : real(...args),
      );
      const { book, told } = await troubled();
      await assert.rejects(
        book.change(id(2), (entry) => ({ ...entry, name: 'Bob' })),
        { code: 'ERR_BOOK_UNREADABLE' },
      );
      await assert.rejects(book.check(), { code: 'ERR_BOOK_UNREADABLE', detail: { list: 'peers', reason: 'unreadable', code } });
      reading.mock.restore();
      assert.equal(told.length, 1);
      assert.deepEqual([await readFile(file(), 'utf8'), await readdir(folder)], [text, ['peers.json']]);
      await book.check();
      assert.equal(book.find(id(1))?.name, 'Ada');
    });
  }

  it('forgets a peer of whom nothing is left to know', async () => {
    const book = await open();
    for (const forget of [() => undefined, () => blankEntry(id(1))]) {
      await add(book);
      await book.change(id(1), forget);
      assert.deepEqual([book.entries(), parseBook(await readFile(file(), 'utf8'))], [[], []]);
    }
  });

  it('fails a change that cannot be written, and remembers nothing of it', async () => {
    const book = await open();
    const renaming = mock.method(disk.promises, 'rename', () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })));
    await assert.rejects(add(book), { code: 'EIO' }).finally(() => renaming.mock.restore());
    assert.equal(book.find(id(1)), undefined);
    assert.deepEqual(await readdir(folder), []);
  });
});

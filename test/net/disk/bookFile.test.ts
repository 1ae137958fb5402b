// The book of peers as a file that all windows of a person share.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { silentLog } from '../../../src/core/base/log.ts';
import type { PeerBook } from '../../../src/core/peers/book.ts';
import { formatBook, parseBook } from '../../../src/core/peers/stored.ts';
import { openBook } from '../../../src/net/disk/bookFile.ts';
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

  const unreadable: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['half a book', formatBook([]).slice(0, -5)],
    ['another version', '{"version":2,"peers":[]}'],
    ['other JSON', '[]'],
  ];
  for (const [name, text] of unreadable) {
    it(`is kept aside where it holds ${name}, and begins anew`, async () => {
      await writeFile(file(), text);
      const warnings: string[] = [];
      const book = await openBook(folder, { ...silentLog, warn: (message) => warnings.push(message) });
      books.push(book);
      assert.deepEqual([book.entries(), warnings.length], [[], 1]);
      assert.equal(await readFile(`${file()}.unreadable`, 'utf8'), text);
      await book.change(id(1), (entry) => ({ ...entry, name: 'Ada' }));
      assert.deepEqual((await readdir(folder)).toSorted(), ['peers.json', 'peers.json.unreadable']);
      assert.equal(await readFile(`${file()}.unreadable`, 'utf8'), text);
    });
  }

  it('fails a change that cannot be written, and remembers nothing of it', async () => {
    const book = await open();
    await mkdir(`${file()}.${process.pid}.new`);
    await assert.rejects(
      book.change(id(1), (entry) => ({ ...entry, name: 'Ada' })),
      { code: 'EISDIR' },
    );
    assert.equal(book.find(id(1)), undefined);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.lock')),
      [],
    );
  });
});

// A shared folder on a real disk: what is listed, what is opened, and what of both others can change under it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../src/core/base/limits.ts';
import type { SharedDisk } from '../../../src/core/sharing/sharedDisk.ts';
import { parseSharedPage } from '../../../src/core/wire/messages.ts';
import { sealedIds } from '../../../src/net/disk/sharing/ids.ts';
import { createSharedDisk } from '../../../src/net/disk/sharing/sharedDisk.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const forever = new AbortController().signal;
const [peer, other] = [peerIdOfNobody(1), peerIdOfNobody(2)];

describe('A shared folder on disk', () => {
  let root: string;
  let disk: SharedDisk;
  beforeEach(async () => {
    root = join(await tempFolder(), 'shared');
    await mkdir(join(root, 'a/b'), { recursive: true });
    await writeFile(join(root, 'a/b/c.txt'), 'content');
    disk = createSharedDisk(() => ['**/hidden-by-setting']);
  });
  after(removeTempFolders);

  const place = (path: string) => ({ root, path, peer });
  const list = (path: string, after?: string, count = 500) => disk.list(place(path), { after, count }, forever);
  const open = (path: string) => disk.open({ ...place(path), name: path.split('/').at(-1) ?? '' }, undefined, forever);
  const namesOf = async (path: string): Promise<readonly string[]> => (await list(path)).entries.map(({ name }) => name);
  const bytesOf = async (path: string): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of (await open(path)).open(forever)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString();
  };

  it('is listed a page at a time, each entry once, in the order of the names', async () => {
    const names = Array.from({ length: 1234 }, (_, n) => `file-${String(n).padStart(4, '0')}`);
    for (const name of names) await writeFile(join(root, 'a', name), '');
    const seen: string[] = [];
    let after: string | undefined;
    for (let isMore = true; isMore; ) {
      const page = await list('a', after);
      assert.ok(page.entries.length <= 500);
      seen.push(...page.entries.map(({ name }) => name));
      ({ isMore } = page);
      after = seen.at(-1);
    }
    assert.deepEqual(seen, ['b', ...names]);
  });

  it('P11: hides dot files, secrets, links, pipes, and what git and the settings leave out', async () => {
    for (const name of ['.env', '.x', 'id_ed25519', 'a.pem', 'hidden-by-setting', 'x.log', 'seen']) {
      await writeFile(join(root, name), name);
    }
    await writeFile(join(root, '.gitignore'), '*.log\n');
    await mkdir(join(root, '.git'));
    await symlink('/etc', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    assert.deepEqual(await namesOf(''), ['a', 'seen']);
    for (const path of ['.env', 'id_ed25519', 'link', 'link/passwd', 'pipe', '.git']) {
      await assert.rejects(open(path), { code: 'ERR_NOT_SHARED' }, path);
    }
  });

  it('P12: is listed so that it can be read, whatever times and sizes its disk has (needs /dev/shm)', async function () {
    root = await mkdtemp('/dev/shm/ferry-test-').catch(() => skip(this, 'a disk in memory at /dev/shm'));
    try {
      for (const [name, seconds] of [
        ['early', -9e12],
        ['late', 9e15],
        ['now', 1],
      ] as const) {
        await writeFile(join(root, name), '');
        await utimes(join(root, name), 1, seconds);
      }
      await writeFile(join(root, 'huge'), '');
      await truncate(join(root, 'huge'), limits.itemBytes + 1);
      const entries = (await list('')).entries.map((entry, n) => ({ id: `id${n}`, ...entry }));
      assert.deepEqual(parseSharedPage({ entries }).entries, entries);
      assert.deepEqual(
        entries.map(({ name, size }) => [name, size]),
        [
          ['early', 0],
          ['huge', undefined],
          ['late', 0],
          ['now', 0],
        ],
      );
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('P11: leads nowhere else, whatever the path', async () => {
    await writeFile(join(root, '../outside'), 'secret');
    for (const path of ['..', '../outside', 'a/../../outside', '/etc/passwd', 'a//b', 'a/./b', 'a/b/c.txt/..']) {
      await assert.rejects(open(path), { code: 'ERR_NOT_SHARED' }, path);
      await assert.rejects(list(path), { code: 'ERR_NOT_SHARED' }, path);
    }
  });

  it('P11: gives nothing through a folder that has become a link', async () => {
    const outside = join(root, '../outside');
    await mkdir(join(outside, 'b'), { recursive: true });
    await writeFile(join(outside, 'b/c.txt'), 'outside');
    const source = await open('a/b/c.txt');
    const folder = await open('a');
    await rename(join(root, 'a'), join(root, '../a'));
    await symlink(outside, join(root, 'a'));
    await assert.rejects(open('a/b/c.txt'), { code: 'ERR_NOT_SHARED' });
    await assert.rejects(list('a/b'), { code: 'ERR_NOT_SHARED' });
    await assert.rejects(open('a'), { code: 'ERR_NOT_SHARED' });
    await assert.rejects(drained(source.open(forever)), { code: 'ERR_NOT_SHARED' });
    assert.ok(!(await textOf(folder.open(forever))).includes('outside'));
  });

  it('P11: is not held up by a pipe that takes the place of a file', async () => {
    const source = await open('a/b/c.txt');
    await rm(join(root, 'a/b/c.txt'));
    execFileSync('mkfifo', [join(root, 'a/b/c.txt')]);
    await assert.rejects(drained(source.open(forever)), { code: 'ERR_NOT_SHARED' });
  });

  for (const [what, change] of [
    ['grew', (path: string) => appendFile(path, '!')],
    ['shrank', (path: string) => truncate(path, 3)],
    [
      'was replaced',
      async (path: string) => {
        await writeFile(`${path}.new`, 'CONTENT');
        await rename(`${path}.new`, path);
      },
    ],
  ] as const) {
    it(`gives no file that ${what} since it was described, and tells it by its tag`, async () => {
      const source = await open('a/b/c.txt');
      await change(join(root, 'a/b/c.txt'));
      await assert.rejects(drained(source.open(forever)), /not what it was|nothing to be seen/);
      assert.notEqual((await open('a/b/c.txt')).etag, source.etag);
    });
  }

  for (const path of ['a', 'a/b/c.txt']) {
    it(`has another tag for other bytes, also where their size and time are the same: ${path}`, async () => {
      const file = join(root, 'a/b/c.txt');
      await utimes(file, 1, 1);
      const first = await open(path);
      await writeFile(file, 'CONTENT');
      await utimes(file, 1, 1);
      assert.notEqual((await open(path)).etag, first.etag);
    });
  }

  it('has a tag for each state of a folder, the same after a restart', async () => {
    const first = await open('a');
    assert.equal((await createSharedDisk(() => []).open({ ...place('a'), name: 'a' }, undefined, forever)).etag, first.etag);
    await writeFile(join(root, 'a/d.txt'), 'd');
    assert.notEqual((await open('a')).etag, first.etag);
    assert.equal((await disk.open({ ...place('a'), name: 'a' }, first.etag, forever)).etag, first.etag);
    assert.equal(await bytesOf('a/d.txt'), 'd');
  });
});

describe('The ids of what is shared', () => {
  it('P11: are worth something for the peer they were made for alone, and cannot be made elsewhere', () => {
    const ids = sealedIds();
    const id = ids.make(peer, 'at/x/a/b.txt');
    assert.equal(ids.read(peer, id), 'at/x/a/b.txt');
    assert.equal(ids.read(other, id), undefined);
    assert.equal(sealedIds().read(peer, id), undefined);
    for (let at = 0; at < id.length - 1; at += 1) {
      const forged = id.slice(0, at) + (id[at] === 'A' ? 'B' : 'A') + id.slice(at + 1);
      assert.equal(ids.read(peer, forged), undefined);
    }
    for (const none of ['', 'A', 'A'.repeat(37), 'A'.repeat(7_000), 'at/x/a']) assert.equal(ids.read(peer, none), undefined);
  });
});

async function drained(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) assert.ok(chunk.length > 0);
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('latin1');
}

// A folder that changes between its plan and the end of its stream: what is no longer what was planned is left out as a whole and
// told, and no file arrives cut, padded, or as something else.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../../src/core/base/limits.ts';
import { type FolderSource, folderSource } from '../../../../src/net/disk/tree/treeSource.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { needsTools } from '../../../support/tools.ts';
import { bytesOf, everything, forever, makeTree, type Tree, treeAt, unpack } from '../../../support/trees.ts';

const large = randomBytes(3 * limits.pieceBytes + 1234);

describe('A folder that changes while it is sent', () => {
  let folder = '';
  let target = '';
  let source: FolderSource;
  const small = { a: 'A'.repeat(100), 'd/b': 'B', 'd/c': 'C' };
  const prepare = async (tree: Tree): Promise<void> => {
    await makeTree(folder, tree);
    source = await folderSource(folder, everything);
  };
  /** What arrives, in all the bytes that were offered. */
  const arriving = async (): Promise<Readonly<Record<string, string>>> => {
    const bytes = await bytesOf(source);
    assert.equal(bytes.length, source.size);
    return treeAt(await unpack(target, bytes));
  };

  beforeEach(async () => {
    const root = await tempFolder();
    [folder, target] = [join(root, 'folder'), join(root, 'target')];
    await mkdir(folder);
    await mkdir(target, { mode: 0o700 });
  });
  afterEach(removeTempFolders);

  const changes: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
    ['vanished', (path) => rm(path)],
    ['was written anew', (path) => writeFile(path, 'a'.repeat(100))],
    ['is shorter', (path) => truncate(path, 10)],
    ['has another time', (path) => utimes(path, 5, 5)],
    ['was replaced by another', (path) => writeFile(`${path}.new`, 'x'.repeat(200)).then(() => rename(`${path}.new`, path))],
    ['is a folder now', (path) => rm(path).then(() => mkdir(path))],
    ['is a link to another now', (path) => rm(path).then(() => symlink('/etc/passwd', path))],
    ['is a link to itself now', (path) => rename(path, `${path}.moved`).then(() => symlink(`${path}.moved`, path))],
    ['is a link to a device now', (path) => rm(path).then(() => symlink('/dev/zero', path))],
  ];
  for (const size of [100, large.length]) {
    for (const [what, change] of changes) {
      it(`goes without a file of ${size} bytes that ${what}, and is told`, async () => {
        await prepare({ ...small, a: Buffer.alloc(size, 'A') });
        await change(join(folder, 'a'));
        assert.deepEqual(await arriving(), { 'd/': '', 'd/b': 'B', 'd/c': 'C' });
        assert.equal(source.leftOutLate(), 1);
      });
    }
  }

  it('goes without what lies behind a folder that is a link now', async () => {
    await prepare(small);
    await rename(join(folder, 'd'), join(folder, '../elsewhere'));
    await makeTree(join(folder, '../bait'), { b: 'X', c: 'Y' });
    await symlink('../bait', join(folder, 'd'));
    assert.deepEqual(await arriving(), { a: small.a, 'd/': '' });
    assert.equal(source.leftOutLate(), 2);
  });

  it('waits for no pipe that took the place of a file (needs mkfifo)', async function () {
    needsTools(this, 'mkfifo');
    await prepare(small);
    await rm(join(folder, 'a'));
    execFileSync('mkfifo', [join(folder, 'a')]);
    assert.deepEqual(await arriving(), { 'd/': '', 'd/b': 'B', 'd/c': 'C' });
  });

  for (const [what, content] of [
    ['small', Buffer.alloc(5_000, 'A')],
    ['large', large],
  ] as const) {
    it(`never goes on within a ${what} file that was written anew, longer than before, since some of it left`, async () => {
      await prepare({ ...small, 'a.log': content });
      const before = await bytesOf(source);
      const from = before.indexOf('a.log') + 2_000;
      await writeFile(join(folder, 'a.log'), Buffer.alloc(content.length + 1, 'x'));
      await assert.rejects(bytesOf(source, from), { code: 'ERR_SOURCE_CHANGED' });
      assert.deepEqual(await arriving(), { a: small.a, 'd/': '', 'd/b': 'B', 'd/c': 'C', 'a.log': 'x'.repeat(content.length) });
    });
  }

  it('goes with as much of a file that grows as was planned', async () => {
    await prepare({ ...small, large });
    await appendFile(join(folder, 'a'), 'more');
    await appendFile(join(folder, 'large'), 'more');
    assert.deepEqual(await arriving(), { ...small, 'd/': '', large: large.toString('latin1') });
    assert.equal(source.leftOutLate(), 0);
  });

  it('goes on where it stopped, without what was left out before, however often', async () => {
    await prepare({ ...small, e: 'E'.repeat(2000), large });
    await rm(join(folder, 'a'));
    const first = await bytesOf(source);
    // What had been sent of it has arrived.
    await rm(join(folder, 'e'));
    for (const from of [2560 + 2560, 100_000, first.length - 2000])
      assert.ok((await bytesOf(source, from)).equals(first.subarray(from)), `${from}`);
    assert.equal(source.leftOutLate(), 1);
  });

  for (const [what, change] of [
    ['is shorter', (path: string) => truncate(path, limits.pieceBytes)],
    ['was written anew', (path: string) => writeFile(path, Buffer.concat([large.toReversed(), large]))],
  ] as const) {
    it(`fails where a large file ${what} while it is read, and goes without it from its beginning on`, async () => {
      await prepare({ ...small, large, z: 'Z' });
      const received: Buffer[] = [];
      const reading = (async () => {
        for await (const chunk of source.open(forever)) {
          received.push(Buffer.from(chunk));
          if (received.length === 2) await change(join(folder, 'large'));
        }
      })();
      await assert.rejects(reading, { code: 'ERR_SOURCE_CHANGED' });
      const before = Buffer.concat(received);
      const border = before.indexOf(large.subarray(0, 100)) - 512;
      await assert.rejects(bytesOf(source, before.length), { code: 'ERR_SOURCE_CHANGED' });
      const whole = Buffer.concat([before.subarray(0, border), await bytesOf(source, border)]);
      assert.equal(whole.length, source.size);
      assert.deepEqual(await treeAt(await unpack(target, whole)), { ...small, 'd/': '', z: 'Z' });
      assert.equal(source.leftOutLate(), 1);
    });
  }

  it('fails where the small file changed in which it is to go on', async () => {
    await prepare(small);
    await writeFile(join(folder, 'a'), 'new');
    await assert.rejects(bytesOf(source, 2560 + 512 + 50), { code: 'ERR_SOURCE_CHANGED' });
    assert.equal(source.leftOutLate(), 0);
  });

  it('ends when nobody wants it any more', async () => {
    await prepare({ large });
    const ending = new AbortController();
    const reason = new Error('not wanted');
    const reading = (async () => {
      for await (const chunk of source.open(ending.signal)) if (chunk.length > 0) ending.abort(reason);
    })();
    await assert.rejects(reading, reason);
  });
});

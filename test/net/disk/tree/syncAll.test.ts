// One sync for all of a file system: used where it can be relied on, and never taken for done where it is not.

import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type FerryError, isFerryError } from '../../../../src/core/base/errors.ts';
import { findSyncAll, type SyncAll } from '../../../../src/net/disk/tree/syncAll.ts';
import { openTreePart, reopenTreePart, type TreePart, type TreePartOptions } from '../../../../src/net/disk/tree/treePart.ts';
import { countSyncs } from '../../../support/countSyncs.ts';
import { skip } from '../../../support/skipping.ts';
import { endBlocks, padded, rawBlock } from '../../../support/tarBlocks.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { afterOtherStart, treeAt } from '../../../support/trees.ts';

const isLinux = process.platform === 'linux';
const gnu = 'sync (GNU coreutils) 9.1';

describe('The sync of a whole file system', () => {
  let root = '';
  before(async function () {
    if (!isLinux) skip(this, 'Linux');
    root = await tempFolder();
    if (![0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994].includes((await statfs(root)).type))
      skip(this, 'a temporary folder on ext4, XFS, Btrfs, F2FS or tmpfs');
  });
  after(removeTempFolders);

  /** A program that says that it is `version`, and does something else when it is asked to sync. */
  const program = async (name: string, version: string, does: string): Promise<string> => {
    const path = join(root, name);
    await writeFile(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; exit; fi\n${does}\n`, { mode: 0o700 });
    return path;
  };

  it('is done by the program of GNU (skipped where that is not installed)', async function () {
    const syncAll = await findSyncAll(root);
    if (syncAll === undefined) skip(this, 'sync of GNU coreutils, and Linux 5.8 or later');
    assert.equal(await syncAll(root), true);
    await assert.rejects(syncAll(join(root, 'nothing')), { code: 'ERR_FOLDER_UNUSABLE' });
  });

  it('is asked for by whole words: of the file system of one path, with nothing else in its environment', async () => {
    const path = await program('asked', gnu, `echo "$*" > '${join(root, 'words')}'; env >> '${join(root, 'words')}'`);
    assert.equal(await (await findSyncAll(root, { programs: [path] }))?.('/some where'), true);
    const [words, ...env] = (await readFile(join(root, 'words'), 'utf8')).trim().split('\n');
    assert.equal(words, '-f -- /some where');
    assert.deepEqual(
      env.filter((line) => !/^(LC_ALL=C|PWD=.*|_=.*|SHLVL=.*|OLDPWD=.*)$/.test(line)),
      [],
    );
  });

  it('is not to be relied on where failures may not be told, or the call not be taken for what it is', async () => {
    const works = await program('works', gnu, 'exit 0');
    const missing = join(root, 'missing');
    const found = async (...args: Parameters<typeof findSyncAll>): Promise<boolean> => (await findSyncAll(...args)) !== undefined;
    const programs = [missing, works];
    assert.equal(await found(root, { programs }), true);
    assert.equal(await found(root, { programs: [missing] }), false);
    assert.equal(await found(root, { programs: [await program('other', 'sync (uutils coreutils) 0.0.27', 'exit 0')] }), false);
    assert.equal(await found('/proc', { programs }), false);
    assert.equal(await found(missing, { programs }), false);
    for (const [system, expected] of [
      ['4.19.0', false],
      ['5.7.19-generic', false],
      ['5.8.0', true],
      ['6.1.0-13-amd64', true],
      ['unknown', false],
    ] as const) {
      assert.equal(await found(root, { programs, system }), expected, system);
    }
  });

  it('fails where the disk did not take it, and is not done where it takes too long', async () => {
    const fails = await findSyncAll(root, { programs: [await program('fails', gnu, 'echo no >&2; exit 1')] });
    await assert.rejects(fails?.(root) ?? Promise.resolve(), (error: FerryError) => {
      assert.ok(isFerryError(error) && error.code === 'ERR_FOLDER_UNUSABLE');
      assert.match(error.message, /sync ended with 1: no/);
      return true;
    });
    const hangs = await findSyncAll(root, { programs: [await program('hangs', gnu, 'exec sleep 600')], limitMs: 1 });
    assert.equal(await hangs?.(root), false);
    const dies = await findSyncAll(root, { programs: [await program('dies', gnu, 'kill -9 $$')] });
    assert.equal(await dies?.(root), false);
  });
});

describe('A folder of many small files that is received', () => {
  const files = 600;
  const content = 'x'.repeat(3_000);
  const entryBytes = 3_584;
  const blocks = Array.from({ length: files }, (_, n) => [rawBlock({ name: `${n}`, size: content.length }), padded(content)]);
  const bytes = Buffer.concat([...blocks.flat(), endBlocks]);
  let folder = '';
  let list = '';
  before(async function () {
    if (!isLinux) skip(this, 'Linux, where one sync takes the place of many');
  });
  beforeEach(async () => {
    folder = await tempFolder();
    list = join(folder, 'list');
  });
  afterEach(removeTempFolders);

  const options = (syncAll?: SyncAll): TreePartOptions & { readonly list: string } => ({
    ...{ path: join(folder, 'one.part'), folder, name: 'tree', size: bytes.length, keepExecutable: false, list },
    findSyncAll: () => Promise.resolve(syncAll),
  });
  /** Of those that are on the disk, without the sums. */
  const bordersIn = async (path: string): Promise<readonly unknown[]> =>
    (await readFile(path, 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => /^\[\d+,\d+\]/.test(line))
      .map((line) => (JSON.parse(line) as unknown[]).toSpliced(1, 1));
  const isWhole = async (part: TreePart): Promise<void> => {
    await part.finish();
    assert.equal(Object.keys(await treeAt(await part.publish())).length, files);
  };

  it('says of nothing that it is on the disk, and has no name, before one sync for all of it is over', async () => {
    const [first, second] = [askedOnce(), askedOnce()];
    const left = [first, second];
    const part = await openTreePart(options(() => left.shift()?.ask(folder) ?? Promise.resolve(false)));
    await part.write(bytes.subarray(0, 400_000));
    const syncing = part.sync();
    await first.asked;
    assert.deepEqual(await bordersIn(list), []);
    first.answer(true);
    const border = await syncing;
    assert.deepEqual(await bordersIn(list), [[border]]);
    await part.write(bytes.subarray(400_000));
    await part.finish();
    const publishing = part.publish();
    await second.asked;
    assert.ok(!(await readdir(folder)).includes('tree'));
    second.answer(true);
    assert.equal(await publishing, join(folder, 'tree'));
  });

  it('is synced file by file where there is no such sync, or it is not done', async () => {
    // The first small ones, the list, and the folder around it.
    const few = 32 + 3;
    for (const syncAll of [undefined, () => Promise.resolve(false), () => Promise.resolve(true)]) {
      const part = await openTreePart(options(syncAll));
      const counted = await countSyncs(async () => {
        await part.write(bytes);
        await isWhole(part);
      });
      if (syncAll === undefined || !(await syncAll())) assert.ok(counted >= files, `${counted}`);
      else assert.ok(counted <= few + (await bordersIn(list)).length, `${counted}`);
      await removeTempFolders();
      folder = await tempFolder();
      list = join(folder, 'list');
    }
  });

  it('is not there where its disk did not take what was written', async () => {
    const fails: SyncAll = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'ERR_FOLDER_UNUSABLE' }));
    const part = await openTreePart(options(fails));
    await part.write(bytes);
    await part.finish();
    await assert.rejects(part.publish(), { code: 'ERR_FOLDER_UNUSABLE' });
    await part.discard();
    assert.deepEqual(Object.keys(await treeAt(folder)), ['list']);
  });

  it('loses no more than a mebibyte to a killed process, and to a stop of the machine what was not synced', async () => {
    const synced = 600_000;
    const border = Math.floor(synced / entryBytes) * entryBytes;
    const written = bytes.length - 200_000;
    const part = await openTreePart(options(() => Promise.resolve(true)));
    for (let at = 0; at < written; at += 50_000) {
      await part.write(bytes.subarray(at, Math.min(at + 50_000, written)));
      if (at + 50_000 === synced) assert.equal(await part.sync(), border);
    }
    // Nobody says goodbye: the list is as the process left it.
    const text = await readFile(list, 'utf8');
    const first = await reopenTreePart(options());
    assert.ok(first.from > written - 1024 * 1024 - entryBytes && first.from <= written, `${first.from} of ${written}`);
    await first.part.keep();
    assert.notEqual(afterOtherStart(text), text);
    await writeFile(list, afterOtherStart(text));
    const later = await reopenTreePart(options());
    assert.equal(later.from, border);
    await later.part.write(bytes.subarray(later.from));
    await isWhole(later.part);
  });

  it('syncs before it is there what a process that was killed had written', async () => {
    const part = await openTreePart(options(() => Promise.resolve(true)));
    const kept = Promise.withResolvers<undefined>();
    part.whenKept((length) => {
      if (length > 1_500_000) kept.resolve(undefined);
    });
    await part.write(bytes.subarray(0, 2_000_000));
    await kept.promise;
    await appendFile(list, '["file","of a killed');
    const again = await reopenTreePart(options());
    const before = Math.floor(again.from / entryBytes);
    assert.ok(before > 200, `${before}`);
    const counted = await countSyncs(async () => {
      await again.part.write(bytes.subarray(again.from));
      await isWhole(again.part);
    });
    assert.ok(counted >= files, `${counted}`);
  });
});

/** A sync that waits to be answered, and says when it was asked for. */
function askedOnce(): { readonly asked: Promise<undefined>; readonly ask: SyncAll; readonly answer: (done: boolean) => void } {
  const [asked, answered] = [Promise.withResolvers<undefined>(), Promise.withResolvers<boolean>()];
  return {
    asked: asked.promise,
    ask: () => {
      asked.resolve(undefined);
      return answered.promise;
    },
    answer: answered.resolve,
  };
}

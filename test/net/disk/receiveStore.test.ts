// Received files on a real disk: the folder they go to, the space they need, the names they get, and what is left when it goes
// wrong.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { isFerryError } from '../../../src/core/base/errors.ts';
import type { PartFile, ReceiveStore } from '../../../src/core/receiving/store.ts';
import { safeFileName } from '../../../src/core/text/safeName.ts';
import { type DiskPort, disk } from '../../../src/net/disk/disk.ts';
import { removeLeftovers } from '../../../src/net/disk/leftovers.ts';
import { createReceiveStore } from '../../../src/net/disk/receiveStore.ts';
import { hostileNames } from '../../support/hostileNames.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const isRoot = process.getuid?.() === 0;
const mebi = 1024 * 1024;

function storeIn(folder: string, keepFreeBytes = 0): ReceiveStore {
  return createReceiveStore({ folders: () => ({ folder, storage: join(folder, 'storage') }), keepFreeBytes });
}

async function receive(store: ReceiveStore, name: string, content: Uint8Array | string): Promise<string> {
  const part = await store.create('folder', { name: name, part: randomUUID() });
  try {
    await part.write(Buffer.from(content));
    await part.finish();
    return await part.publish();
  } finally {
    await part.discard();
  }
}

describe('The disk that receives', () => {
  let root = '';
  let folder = '';
  let store: ReceiveStore;
  beforeEach(async () => {
    root = await tempFolder();
    folder = join(root, 'received');
    store = storeIn(folder);
    await store.prepare('folder', 0);
  });
  afterEach(removeTempFolders);

  it('makes a folder that is missing, for its owner alone', async () => {
    const deep = storeIn(join(root, 'a', 'b', 'c'));
    await deep.prepare('folder', 1);
    for (const made of ['a', 'a/b', 'a/b/c']) assert.equal((await stat(join(root, made))).mode & 0o777, 0o700);
    await deep.prepare('storage', 1);
    assert.deepEqual(await readdir(join(root, 'a', 'b', 'c')), ['storage']);
  });

  it('gives a file its name when it is whole, for its owner alone', async () => {
    const content = randomBytes(3 * mebi + 7);
    const part = await store.create('folder', { name: 'a.bin', part: randomUUID() });
    for (let at = 0; at < content.length; at += 65_537) await part.write(content.subarray(at, at + 65_537));
    await part.finish();
    assert.ok((await readdir(folder)).every((name) => name.endsWith('.part')));
    const path = await part.publish();
    await part.discard();
    await part.discard();
    assert.equal(path, join(folder, 'a.bin'));
    assert.ok((await readFile(path)).equals(content));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['a.bin']);
  });

  it('writes whatever sizes come', async () => {
    const sizes = [0, 1, 0, mebi - 1, 1, mebi, 2 * mebi + 1, 3, 0];
    const part = await store.create('folder', { name: 'a.bin', part: randomUUID() });
    const chunks = sizes.map((size) => randomBytes(size));
    for (const chunk of chunks) await part.write(chunk);
    await part.finish();
    assert.ok((await readFile(await part.publish())).equals(Buffer.concat(chunks)));
    await part.discard();
  });

  it('leaves nothing of what is discarded', async () => {
    for (const size of [0, 10, 3 * mebi]) {
      const part = await store.create('folder', { name: 'a', part: randomUUID() });
      await part.write(randomBytes(size));
      await part.discard();
    }
    assert.deepEqual(await readdir(folder), []);
  });

  it('numbers twenty files of one name that come at once, and loses none', async () => {
    const texts = Array.from({ length: 20 }, (_, number) => `content ${number}`);
    const paths = await Promise.all(texts.map((text) => receive(store, 'a.tar.gz', text)));
    assert.deepEqual(await Promise.all(paths.map((path) => readFile(path, 'utf8'))), texts);
    const expected = ['a.tar.gz', ...Array.from({ length: 19 }, (_, number) => `a (${number + 1}).tar.gz`)];
    assert.deepEqual((await readdir(folder)).toSorted(), expected.toSorted());
  });

  it('takes every name that was made safe, also the longest', async () => {
    for (const name of new Set(hostileNames.map(safeFileName))) {
      const path = await receive(store, name, 'a');
      assert.equal(path, join(folder, name));
    }
    const long = safeFileName(`${'ä'.repeat(300)}.tar.gz`);
    assert.equal(Buffer.byteLength(long), 199);
    const paths = [await receive(store, long, 'a'), await receive(store, long, 'b')];
    assert.equal(new Set(paths).size, 2);
    assert.deepEqual((await readdir(root)).toSorted(), ['received']);
  });

  const planted: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
    ['a link to a file', (path) => symlink(join(root, 'target'), path)],
    ['a link to nothing', (path) => symlink(join(root, 'nothing'), path)],
    ['a folder', (path) => mkdir(path)],
  ];
  for (const [name, plant] of planted) {
    it(`goes past ${name} under the name of an item`, async () => {
      await writeFile(join(root, 'target'), 'untouched');
      await plant(join(folder, 'a.ts'));
      assert.equal(await receive(store, 'a.ts', 'new'), join(folder, 'a (1).ts'));
      assert.equal(await readFile(join(root, 'target'), 'utf8'), 'untouched');
      assert.deepEqual((await readdir(root)).toSorted(), ['received', 'target']);
    });
  }

  const unusable: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['is a link', 'link', () => rename(folder, join(root, 'real')).then(() => symlink(join(root, 'real'), folder))],
    ['is a file', 'not-a-folder', () => rm(folder, { recursive: true }).then(() => writeFile(folder, ''))],
    ['can be written by the group', 'shared', () => chmod(folder, 0o770)],
    ['can be written by everybody', 'shared', () => chmod(folder, 0o777)],
  ];
  for (const [name, reason, spoil] of unusable) {
    it(`uses no folder that ${name}`, async () => {
      const part = await store.create('folder', { name: 'a', part: randomUUID() });
      await spoil();
      const check = (error: unknown): boolean =>
        isFerryError(error) &&
        error.code === 'ERR_FOLDER_UNUSABLE' &&
        [reason, undefined].includes(error.detail['reason'] as string);
      await assert.rejects(store.prepare('folder', 1), check);
      await assert.rejects(store.create('folder', { name: 'a', part: randomUUID() }), {
        code: 'ERR_FOLDER_UNUSABLE',
        detail: { reason },
      });
      await assert.rejects(part.publish(), { code: 'ERR_FOLDER_UNUSABLE', detail: { reason } });
      await part.discard();
    });
  }

  it('gives no name in a folder that went away meanwhile, and does not make it anew', async () => {
    for (const instead of [undefined, 'empty'] as const) {
      await store.prepare('folder', 0);
      const part = await store.create('folder', { name: 'a', part: randomUUID() });
      await part.write(Buffer.from('a'));
      await part.finish();
      await rm(folder, { recursive: true });
      if (instead !== undefined) await mkdir(folder, { mode: 0o700 });
      await assert.rejects(part.publish(), { code: 'ERR_FOLDER_UNUSABLE' });
      await part.discard();
      assert.deepEqual(await readdir(root), instead === undefined ? [] : ['received']);
    }
    assert.deepEqual(await readdir(folder), []);
  });

  it('uses no folder that cannot be written (skipped for root, who may write all)', async function () {
    if (isRoot) skip(this, 'a user who is not root: root may write to every folder');
    await chmod(folder, 0o500);
    await assert.rejects(store.prepare('folder', 1), { code: 'ERR_FOLDER_UNUSABLE' });
    await chmod(folder, 0o700);
  });

  it('keeps the space free that it is told to keep', async () => {
    const { statfs } = disk.promises;
    const found = await statfs(folder);
    const free = found.bavail * found.bsize;
    assert.ok(free > 0);
    try {
      // What others write meanwhile must not be seen here.
      disk.promises.statfs = (() => Promise.resolve(found)) as unknown as typeof statfs;
      await storeIn(folder, free - 64).prepare('folder', 64);
      await assert.rejects(storeIn(folder, free - 64).prepare('folder', 65), { code: 'ERR_NO_SPACE' });
      await assert.rejects(storeIn(folder).prepare('folder', free + 1), { code: 'ERR_NO_SPACE' });
      await assert.rejects(storeIn(folder, 2 ** 53).prepare('folder', 0), { code: 'ERR_NO_SPACE' });
    } finally {
      disk.promises.statfs = statfs;
    }
  });

  it('keeps the space of an offer that was taken from the others, as far as it is not on disk yet, until it is over', async () => {
    const { bavail, bsize } = await disk.promises.statfs(folder);
    const small = storeIn(folder, bavail * bsize - 256 * mebi);
    const prepare = (bytes: number) => small.prepare('folder', bytes);
    const first = await prepare(150 * mebi);
    assert.ok(first !== undefined);
    await assert.rejects(prepare(150 * mebi), { code: 'ERR_NO_SPACE' });
    first.wrote(100 * mebi);
    (await prepare(150 * mebi))?.release();
    first.wrote(0);
    first.release();
    const both = await Promise.allSettled([prepare(150 * mebi), prepare(150 * mebi)]);
    assert.ok(both.some(({ status }) => status === 'rejected'));
  });

  it('gives no file the name of a part file, so that none goes as a leftover', async () => {
    const tag = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const name = `.ferry-${tag}-2147483646-0123456789abcdef.part`;
    for (const sent of [name, name.toUpperCase(), '.ferry-x.part']) {
      const path = await receive(store, safeFileName(sent), 'mine');
      assert.equal(path, join(folder, `_${sent}`));
      await utimes(path, 1, 1);
      await removeLeftovers(folder);
      assert.equal(await readFile(path, 'utf8'), 'mine');
    }
  });

  it('fails with no space on a disk that fills up, and leaves nothing (needs root and mount)', async function () {
    const mounted = isRoot && tryMount(folder, 'size=1m,mode=0700');
    if (!mounted) skip(this, 'the right to mount a small disk, which root has');
    try {
      await assert.rejects(store.prepare('folder', 2 * mebi), { code: 'ERR_NO_SPACE' });
      await store.prepare('folder', 1000);
      const part = await store.create('folder', { name: 'a.bin', part: randomUUID() });
      await assert.rejects(fill(part), { code: 'ERR_NO_SPACE' });
      await part.discard();
      assert.deepEqual(await readdir(folder), []);
      assert.equal(await receive(store, 'a', 'fits'), join(folder, 'a'));
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      await assert.rejects(store.create('folder', { name: 'b', part: randomUUID() }), {
        code: 'ERR_FOLDER_UNUSABLE',
        detail: { code: 'EROFS' },
      });
      await assert.rejects(store.prepare('folder', 0), { code: 'ERR_FOLDER_UNUSABLE', detail: { code: 'EROFS' } });
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  it('fails a large file of which some could not be brought to the disk, though what came later could', async () => {
    let syncs = 0;
    const fs: DiskPort = {
      ...disk.promises,
      open: async (...args: Parameters<typeof disk.promises.open>) => {
        const file = await disk.promises.open(...args);
        const datasync = file.datasync.bind(file);
        file.datasync = () => ((syncs += 1) === 1 ? Promise.reject(new Error('the disk gave up')) : datasync());
        return file;
      },
    };
    const failing = createReceiveStore({ folders: () => ({ folder, storage: folder }), keepFreeBytes: 0, fs });
    const part = await failing.create('folder', { name: 'a.bin', part: randomUUID() });
    const piece = new Uint8Array(8 * mebi);
    const writing = async (): Promise<void> => {
      for (let n = 0; n < 10; n += 1) await part.write(piece);
      await part.finish();
      await part.publish();
    };
    await assert.rejects(writing(), { code: 'ERR_FOLDER_UNUSABLE' });
    await part.discard();
    assert.deepEqual(await readdir(folder), []);
  });

  it('copies where a file cannot have two names, and never over another', async () => {
    const { link } = disk.promises;
    try {
      disk.promises.link = () => Promise.reject(Object.assign(new Error('not here'), { code: 'EPERM' }));
      await writeFile(join(folder, 'a'), 'mine');
      assert.equal(await receive(store, 'a', 'new'), join(folder, 'a (1)'));
    } finally {
      disk.promises.link = link;
    }
    assert.deepEqual([await readFile(join(folder, 'a'), 'utf8'), await readFile(join(folder, 'a (1)'), 'utf8')], ['mine', 'new']);
    assert.equal((await stat(join(folder, 'a (1)'))).mode & 0o777, 0o600);
    assert.equal((await readdir(folder)).length, 2);
  });
});

function tryMount(folder: string, options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Far more than there is room for. */
async function fill(part: PartFile): Promise<void> {
  for (let written = 0; written < 64 * mebi; written += 65_536) await part.write(new Uint8Array(65_536));
  await part.finish();
}

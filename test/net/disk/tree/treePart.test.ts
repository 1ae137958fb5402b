// A folder that is received: unpacked beside its place, there under its name whole or not at all, and never mixed with another.

import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { limits } from '../../../../src/core/base/limits.ts';
import { openTreePart, reopenTreePart } from '../../../../src/net/disk/tree/treePart.ts';
import { skip } from '../../../support/skipping.ts';
import { endBlocks, padded, paxBlocks, rawBlock } from '../../../support/tarBlocks.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { partIn, treeAt, unpack } from '../../../support/trees.ts';

const file = (name: string, content = '', mode = '0000644'): Buffer =>
  Buffer.concat([rawBlock({ name, size: Buffer.byteLength(content), mode, mtime: '12345670123' }), padded(content)]);
const folder = (name: string): Buffer => rawBlock({ name, type: '5', mtime: '12345670123' });
const stream = (...blocks: readonly Uint8Array[]): Buffer => Buffer.concat([...blocks, endBlocks]);
const time = Number.parseInt('12345670123', 8);
const isRoot = process.getuid?.() === 0;

describe('A folder that is received', () => {
  let root = '';
  beforeEach(async () => {
    root = await tempFolder();
  });
  afterEach(removeTempFolders);

  it('is what was sent: contents, empty folders, times, and the right to run where its owner had it', async () => {
    const blocks = [folder('d/'), folder('d/empty'), file('a', 'A'), file('d/b.sh', 'B', '0000755'), file('d/none')];
    const path = await unpack(root, stream(...blocks));
    assert.equal(path, join(root, 'tree'));
    assert.deepEqual(await treeAt(path), { 'd/': '', 'd/empty/': '', a: 'A', 'x d/b.sh': 'B', 'd/none': '' });
    for (const name of ['a', 'd', 'd/b.sh', 'd/empty']) assert.equal((await stat(join(path, name))).mtimeMs, time * 1000, name);
    assert.deepEqual(await readdir(root), ['tree']);
  });

  it('belongs to its owner alone', async function () {
    if (process.platform === 'win32') skip(this, 'a system where files have modes');
    const path = await unpack(root, stream(folder('d/'), file('d/a', '', '0000777'), file('b', '', '0004666')));
    const modeOf = async (name: string): Promise<number> => (await stat(join(path, name))).mode & 0o7777;
    assert.deepEqual(await Promise.all(['.', 'd', 'd/a', 'b'].map(modeOf)), [0o700, 0o700, 0o700, 0o600]);
  });

  it('runs nothing where that was not granted', async () => {
    const bytes = stream(file('a.sh', '', '0000755'));
    const part = await partIn(root, bytes.length, 'tree', false);
    await part.write(bytes);
    await part.finish();
    assert.deepEqual(await treeAt(await part.publish()), { 'a.sh': '' });
  });

  for (const cut of [1, 100, 512, 1_000_000]) {
    it(`is the same in pieces of ${cut} bytes`, async () => {
      const content = 'x'.repeat(1200);
      assert.deepEqual(await treeAt(await unpack(root, stream(folder('d'), file('d/a', content), file('b', 'B')), cut)), {
        'd/': '',
        'd/a': content,
        b: 'B',
      });
    });
  }

  it('holds files larger than a piece', async () => {
    const content = 'large'.repeat(limits.pieceBytes / 4);
    const path = await unpack(root, stream(file('before', 'b'), file('large', content), file('after', 'a')), 100_000);
    assert.deepEqual(await treeAt(path), { before: 'b', large: content, after: 'a' });
  });

  it('has names that may lie on any disk', async () => {
    const named = (path: string): Buffer => Buffer.concat([paxBlocks(`path=${path}`), file('x')]);
    const path = await unpack(root, stream(folder('CON/'), file('CON/a:b'), named('e\u0301.'), named('\u202egnp.exe')));
    assert.deepEqual(Object.keys(await treeAt(path)).sort(), ['_CON/', '_CON/a_b', 'gnp.exe', '\u00e9'].sort());
  });

  const refused: readonly (readonly [string, string, Buffer])[] = [
    ['has two names that are one on some disks', 'collision', stream(file('a', 'A'), file('b', 'B'), file('A', 'C'))],
    ['has a link in it', 'type', stream(file('a', 'A'), rawBlock({ name: 'l', type: '2', raw: [[157, '/etc']] }), file('l/b'))],
    ['leads out of it', 'name', stream(file('a', 'A'), file('../b', 'B'))],
    ['has no end', 'end', Buffer.concat([file('a', 'A'), file('b', 'B'.repeat(600_000)), Buffer.alloc(512)]).subarray(0)],
  ];
  for (const [what, reason, bytes] of refused) {
    it(`is not there, and nothing of it is left, where its stream ${what}`, async () => {
      const size = reason === 'end' ? bytes.length + 512 : bytes.length;
      const part = await partIn(root, size);
      const filling = part.write(bytes).then(() => part.finish());
      await assert.rejects(filling, { code: 'ERR_MESSAGE_INVALID', detail: { reason } });
      await part.discard();
      assert.deepEqual(await readdir(root), []);
    });
  }

  it('is a part folder and nothing else until it gets its name, which a crash leaves so', async () => {
    const bytes = stream(file('a', 'A'), file('b', 'B'));
    const part = await partIn(root, bytes.length);
    await part.write(bytes.subarray(0, 1100));
    await part.keep();
    assert.deepEqual(await readdir(root), [basename(part.path)]);
    await part.discard();
    assert.deepEqual(await readdir(root), [basename(part.path)]);
  });

  it('says how much of it is on disk, up to the end of an entry', async () => {
    const bytes = stream(folder('d'), file('d/a', 'A'.repeat(700)), file('b', 'B'));
    const part = await partIn(root, bytes.length);
    const borders: number[] = [];
    for (const [from, to] of [
      [0, 100],
      [100, 512],
      [512, 1500],
      [1500, 2048],
      [2048, 2600],
    ] as const) {
      await part.write(bytes.subarray(from, to));
      borders.push(await part.sync());
    }
    assert.deepEqual(borders, [0, 512, 512, 2048, 2048]);
    assert.deepEqual(part.counts, { files: 2, folders: 1 });
    await part.discard();
  });

  it('is not opened again where something of it is missing, and refuses what came already', async () => {
    const bytes = stream(folder('d'), file('d/a', 'A'), file('b', 'B'));
    const list = join(await tempFolder(), 'list');
    const options = { path: join(root, 'one.part'), folder: root, name: 'tree', size: bytes.length, list };
    const more = { ...options, keepExecutable: true };
    const first = await openTreePart(more);
    await first.write(bytes.subarray(0, 1536));
    assert.equal(await first.sync(), 1536);
    await first.keep();
    const { part } = await reopenTreePart(more);
    await assert.rejects(part.write(file('d/A')), { code: 'ERR_MESSAGE_INVALID', detail: { reason: 'collision' } });
    await part.keep();
    await rm(join(part.path, 'd/a'));
    await assert.rejects(reopenTreePart(more), { code: 'ERR_FOLDER_UNUSABLE', detail: { reason: 'part' } });
    await rm(part.path, { recursive: true });
    await assert.rejects(reopenTreePart(more), { code: 'ERR_FOLDER_UNUSABLE' });
  });

  it('lies beside what has its name, whatever that is, and never in it', async () => {
    await mkdir(join(root, 'tree'));
    await writeFile(join(root, 'tree (1)'), 'a file');
    await symlink(join(root, 'nowhere'), join(root, 'tree (2)'));
    await mkdir(join(root, 'tree (3)', 'd'), { recursive: true });
    assert.equal(await unpack(root, stream(file('a', 'A'))), join(root, 'tree (4)'));
    assert.deepEqual(await treeAt(join(root, 'tree')), {});
    assert.deepEqual(await treeAt(join(root, 'tree (3)')), { 'd/': '' });
    assert.deepEqual((await readdir(root)).sort(), ['tree', 'tree (1)', 'tree (2)', 'tree (3)', 'tree (4)']);
  });

  it('keeps its name from others that come at the same time, empty ones among them', async () => {
    const parts = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const inner = join(root, `${n}.part`);
        const bytes = n % 2 === 0 ? stream() : stream(file(`${n}`));
        const part = await partAt(inner, root, bytes.length);
        await part.write(bytes);
        await part.finish();
        return part;
      }),
    );
    const paths = await Promise.all(parts.map((part) => part.publish()));
    assert.equal(new Set(paths).size, 8);
    const trees = await Promise.all(paths.map(treeAt));
    assert.deepEqual(
      trees.map((tree) => Object.keys(tree)),
      parts.map((_, n) => (n % 2 === 0 ? [] : [`${n}`])),
    );
  });

  it('gets no name where its folder cannot be used any more', async function () {
    if (process.platform === 'win32') skip(this, 'a system where files have modes');
    const bytes = stream(file('a'));
    const part = await partAt(join(root, 'one.part'), root, bytes.length);
    await part.write(bytes);
    await part.finish();
    await chmod(root, 0o777);
    await assert.rejects(part.publish(), { code: 'ERR_FOLDER_UNUSABLE', detail: { reason: 'shared' } });
    await part.discard();
    assert.deepEqual(await readdir(root), []);
  });

  it('fails with the folder that cannot be written (skipped for root, who may write all)', async function () {
    if (isRoot) skip(this, 'a user who is not root: root may write every folder');
    const bytes = stream(folder('d'), file('d/a'));
    const part = await partIn(root, bytes.length);
    await chmod(part.path, 0o500);
    await assert.rejects(
      part.write(bytes).then(() => part.finish()),
      { code: 'ERR_FOLDER_UNUSABLE' },
    );
    await chmod(part.path, 0o700);
    await part.discard();
    assert.deepEqual(await readdir(root), []);
  });

  it('takes the place of nothing that somebody put into its part folder', async () => {
    const bytes = stream(folder('d'), file('d/a', 'A'), file('b', 'B'));
    for (const plant of [(path: string) => writeFile(path, 'planted'), (path: string) => symlink(join(root, 'target'), path)]) {
      await writeFile(join(root, 'target'), 'target');
      const part = await partIn(root, bytes.length);
      await plant(join(part.path, 'b'));
      await assert.rejects(
        part.write(bytes).then(() => part.finish()),
        { code: 'ERR_FOLDER_UNUSABLE' },
      );
      await part.discard();
      assert.deepEqual(await treeAt(root), { target: 'target' });
    }
  });
});

function partAt(path: string, folderOf: string, size: number): ReturnType<typeof openTreePart> {
  return openTreePart({ path, folder: folderOf, name: 'tree', size, keepExecutable: true });
}

// Other programs read the streams of Ferry's folders, and Ferry reads theirs where they hold files and folders alone.

import assert from 'node:assert/strict';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { folderSource } from '../../../../src/net/disk/tree/treeSource.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { needsTools, runTool, type Tool } from '../../../support/tools.ts';
import { bytesOf, everything, makeExecutable, makeTree, treeAt, unpack } from '../../../support/trees.ts';

const bsdtar: Tool = { program: 'bsdtar', package: 'libarchive-tools' };
const long = `${'long-'.repeat(30)}name`;
const tree = {
  'd/e/a.txt': 'A'.repeat(1000),
  'd/run.sh': '#!/bin/sh',
  empty: undefined,
  none: '',
  [`${long}/${long}/${long}.txt`]: 'deep',
  'grün/語/🚢.txt': 'ship',
};

describe('Streams of folders and other programs', () => {
  let root = '';
  let folder = '';
  let other = '';
  beforeEach(async () => {
    root = await tempFolder();
    [folder, other] = [join(root, 'folder'), join(root, 'other')];
    await mkdir(other, { mode: 0o700 });
    await makeTree(folder, tree);
    await makeExecutable(join(folder, 'd/run.sh'));
    await utimes(join(folder, 'none'), 1_234_567_890, 1_234_567_890);
    for (const path of Object.keys(await treeAt(folder)))
      if (path.endsWith('/')) await utimes(join(folder, path), 1_500_000_000, 1_500_000_000);
  });
  afterEach(removeTempFolders);

  for (const program of ['tar', bsdtar]) {
    const name = typeof program === 'string' ? program : program.program;

    it(`${name} lists and unpacks what Ferry packed, without a word (needs ${name})`, async function () {
      needsTools(this, program);
      const archive = join(root, 'a.tar');
      await writeFile(archive, await bytesOf(await folderSource(folder, everything)));
      const env = ['env', 'LC_ALL=C.UTF-8', name];
      const listed = await runTool(env[0]!, [...env.slice(1), '-tf', archive]);
      assert.deepEqual([listed.code, listed.stderr], [0, '']);
      assert.deepEqual(
        listed.stdout.trim().split('\n').sort(),
        Object.keys(await treeAt(folder))
          .map((path) => path.replace(/^x /, ''))
          .sort(),
      );
      const unpacked = await runTool(env[0]!, [...env.slice(1), '-xf', archive, '-C', other]);
      assert.deepEqual([unpacked.code, unpacked.stderr], [0, '']);
      assert.deepEqual(await treeAt(other), await treeAt(folder));
      for (const path of ['none', 'd', 'empty'])
        assert.equal((await stat(join(other, path))).mtimeMs, (await stat(join(folder, path))).mtimeMs, path);
    });

    it(`Ferry unpacks what ${name} packed as plain pax (needs ${name})`, async function () {
      needsTools(this, program);
      const archive = join(root, 'a.tar');
      const plain = name === 'tar' ? ['--format=pax', '--pax-option=delete=atime,delete=ctime'] : ['--format=paxr'];
      const names = ['d', 'empty', 'none', long, 'grün'];
      const packed = await runTool('env', ['LC_ALL=C.UTF-8', name, ...plain, '-cf', archive, '-C', folder, ...names]);
      assert.deepEqual([packed.code, packed.stderr], [0, '']);
      const path = await unpack(other, await readFile(archive));
      assert.deepEqual(await treeAt(path), await treeAt(folder));
      for (const inner of ['none', 'd'])
        assert.equal((await stat(join(path, inner))).mtimeMs, (await stat(join(folder, inner))).mtimeMs, inner);
    });
  }

  it('takes no formats of its own from tar, nor what it says of owners and links (needs tar)', async function () {
    needsTools(this, 'tar');
    const archive = join(root, 'a.tar');
    // A time that takes a pax header.
    await utimes(join(folder, 'd/run.sh'), 1.5, 1.5);
    for (const [reason, ...options] of [
      ['format', '--format=gnu'],
      ['format', '--format=v7'],
      ['extension', '--format=pax', '--pax-option=delete=atime,delete=ctime,comment:=a'],
      ['type', '--format=pax', '--pax-option=comment=a'],
    ] as const) {
      await runTool('tar', [...options, '-cf', archive, '-C', folder, 'd']);
      await assert.rejects(unpack(other, await readFile(archive)), (error: { code?: unknown; detail?: unknown }) => {
        assert.equal(error.code, 'ERR_MESSAGE_INVALID', options.join(' '));
        assert.deepEqual(error.detail, { reason }, options.join(' '));
        return true;
      });
    }
    assert.deepEqual(await treeAt(other), {});
  });
});

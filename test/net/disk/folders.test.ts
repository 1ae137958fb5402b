// Folders that are made, with those above them.

import assert from 'node:assert/strict';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { disk, makeFolders } from '../../../src/net/disk/disk.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('Making a folder', () => {
  after(removeTempFolders);
  const make = (path: string): Promise<string | undefined> => makeFolders(disk.promises, path);

  it('makes those above it, for their owner alone, and says which was the first', async () => {
    const root = await tempFolder();
    assert.equal(await make(join(root, 'a/b/c')), join(root, 'a'));
    if (process.platform !== 'win32') assert.equal((await stat(join(root, 'a/b'))).mode & 0o777, 0o700);
    assert.equal(await make(join(root, 'a/b/c')), undefined);
    assert.equal(await make(join(root, 'a/b/d')), join(root, 'a/b/d'));
  });

  it('is done once by all who want the same at once', async () => {
    const path = join(await tempFolder(), 'a/b/c/d');
    await Promise.all(Array.from({ length: 20 }, () => make(path)));
    assert.ok((await stat(path)).isDirectory());
  });

  it('fails where something else has the name, or stands above', async () => {
    const file = join(await tempFolder(), 'file');
    await writeFile(file, '');
    await assert.rejects(make(file), { code: 'EEXIST' });
    await assert.rejects(make(join(file, 'a/b')), { code: 'ENOTDIR' });
  });

  it('fails where none can be made', async function () {
    if (process.getuid?.() === 0) skip(this, 'a user who may not write everywhere');
    const locked = join(await tempFolder(), 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    await assert.rejects(make(join(locked, 'a/b')), { code: 'EACCES' });
  });

  it('ends where a system says that a folder is missing and makes none, as below /proc', async function () {
    if (process.platform !== 'linux') skip(this, 'a folder such as /proc');
    for (const path of ['/proc/ferry', '/proc/ferry/a/b']) await assert.rejects(make(path), { code: 'ENOENT' });
  });
});

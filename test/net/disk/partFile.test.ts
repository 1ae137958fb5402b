// A part that another process has left: what it was given a name as, where that still is what it says.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import type { ReceiveStore } from '../../../src/core/receiving/store.ts';
import { createReceiveStore } from '../../../src/net/disk/receiveStore.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

describe('A part that has its name already', () => {
  const target = { name: 'a', part: 'one' };
  let folder = '';
  let store: ReceiveStore;
  beforeEach(async () => {
    folder = join(await tempFolder(), 'received');
    store = createReceiveStore({ folders: () => ({ folder, storage: folder }), keepFreeBytes: 0 });
    await store.prepare('folder', 0);
  });
  afterEach(removeTempFolders);

  /** As a process that is killed before it could say so. */
  const publish = async (): Promise<string> => {
    const part = await store.create('folder', target);
    await part.write(Buffer.from('abc'));
    await part.finish();
    return part.publish();
  };

  it('is found by it', async () => {
    const path = await publish();
    const found = await store.reopen('folder', target);
    assert.deepEqual(found !== undefined && 'published' in found && found.published, path);
  });

  it('comes once more where the person has moved the file meanwhile, and that one stays', async () => {
    const path = await publish();
    const moved = join(folder, 'kept', 'a');
    await mkdir(join(folder, 'kept'));
    await rename(path, moved);
    assert.equal(await store.reopen('folder', target), undefined);
    const again = await store.create('folder', target);
    await again.write(Buffer.from('abc'));
    await again.finish();
    assert.equal(await again.publish(), path);
    await again.discard();
    assert.deepEqual((await readdir(folder)).sort(), ['a', 'kept']);
    assert.equal(await readFile(moved, 'utf8'), 'abc');
  });
});

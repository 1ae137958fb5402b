// A folder whose process was killed around the moment in which it got its name: it is there once, whoever asks for it again.

import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { PartFile, ReceiveStore, Target } from '../../../../src/core/receiving/store.ts';
import { createReceiveStore } from '../../../../src/net/disk/receiveStore.ts';
import { endBlocks, padded, rawBlock } from '../../../support/tarBlocks.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { treeAt } from '../../../support/trees.ts';

const bytes = Buffer.concat([rawBlock({ name: 'd', type: '5' }), rawBlock({ name: 'd/a', size: 1 }), padded('A'), endBlocks]);
const target: Target = { name: 'tree', part: 'of an offer', tree: { size: bytes.length, keepExecutable: false } };
const whole = { 'd/': '', 'd/a': 'A' };

describe('A folder whose process is killed', () => {
  let folder = '';
  let store: ReceiveStore;
  beforeEach(async () => {
    folder = await tempFolder();
    store = createReceiveStore({ folders: () => ({ folder, storage: folder }), keepFreeBytes: 0 });
  });
  afterEach(removeTempFolders);

  const filled = async (): Promise<PartFile> => {
    const part = await store.create('folder', target);
    await part.write(bytes);
    await part.finish();
    return part;
  };
  const named = async (): Promise<readonly string[]> => (await readdir(folder)).filter((name) => !name.startsWith('.ferry-'));

  it('right after it got its name is found under that, and does not arrive a second time', async () => {
    await mkdir(join(folder, 'tree'));
    const path = await (await filled()).publish();
    assert.equal(path, join(folder, 'tree (1)'));
    for (let times = 0; times < 2; times += 1) {
      const found = await store.reopen('folder', target);
      assert.ok(found !== undefined && 'published' in found);
      assert.equal(found.published, path);
      if (times === 1) await found.discard();
    }
    assert.deepEqual(await treeAt(path), whole);
    assert.deepEqual((await readdir(folder)).toSorted(), ['tree', 'tree (1)']);
    // Nothing is known of it any more: another offer under that would begin anew.
    assert.equal(await store.reopen('folder', target), undefined);
  });

  it('right before that goes on, and gets its name then', async () => {
    const part = await filled();
    await part.keep();
    const [left = '', list = ''] = (await readdir(folder)).toSorted((a, b) =>
      a.endsWith('part') ? -1 : b.endsWith('part') ? 1 : 0,
    );
    const { ino } = await stat(join(folder, left), { bigint: true });
    await appendFile(join(folder, list), `["name","tree","${ino}"]\n`);
    const again = await store.reopen('folder', target);
    assert.ok(again !== undefined && 'part' in again && again.size > 0);
    await again.part.write(bytes.subarray(again.size));
    await again.part.finish();
    assert.deepEqual(await treeAt(await again.part.publish()), whole);
    await again.part.discard();
    assert.deepEqual(await readdir(folder), ['tree']);
  });

  it('is not taken for another of its name that the person put in its place', async () => {
    const path = await (await filled()).publish();
    await rename(path, join(folder, 'moved'));
    await mkdir(path);
    assert.equal(await store.reopen('folder', target), undefined);
    assert.deepEqual((await named()).toSorted(), ['moved', 'tree']);
    await rm(path, { recursive: true });
  });
});

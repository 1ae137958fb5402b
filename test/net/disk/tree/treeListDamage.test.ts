// A list of what has come of a folder that is damaged anywhere: what goes on by it becomes the folder that was sent, or begins
// anew.

import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Target } from '../../../../src/core/receiving/store.ts';
import { createReceiveStore } from '../../../../src/net/disk/receiveStore.ts';
import { addToList } from '../../../../src/net/disk/tree/treeList.ts';
import { reopenTreePart } from '../../../../src/net/disk/tree/treePart.ts';
import { folderSource } from '../../../../src/net/disk/tree/treeSource.ts';
import { skip } from '../../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../../support/temp.ts';
import { bytesOf, everything, makeTree, treeAt } from '../../../support/trees.ts';

describe('The list of a folder that comes', () => {
  after(removeTempFolders);

  it('makes no other folder of it, whatever it says', async function () {
    this.timeout(120_000);
    const root = await tempFolder();
    await makeTree(join(root, 'tree'), { 'a.txt': 'A', 'd/b.txt': 'B', 'd/c.txt': 'C', 'e/': undefined });
    const source = await folderSource(join(root, 'tree'), everything);
    const [stream, whole] = [await bytesOf(source), JSON.stringify(await treeAt(join(root, 'tree')))];
    const target: Target = { name: 'tree', part: 'part', tree: { size: source.size, keepExecutable: false } };
    const [kept, folder] = [join(root, 'kept'), join(root, 'folder')];
    const storeIn = (place: string) =>
      createReceiveStore({ folders: () => ({ folder: place, storage: place }), keepFreeBytes: 0 });
    await mkdir(kept, { mode: 0o700 });
    const part = await storeIn(kept).create('folder', target);
    await part.write(stream.subarray(0, 2_000));
    await part.checkpoint?.();
    await part.write(stream.subarray(2_000, stream.length - 1_500));
    await part.keep();
    const list = (await readdir(kept)).find((name) => name.endsWith('list')) ?? '';
    const text = await readFile(join(kept, list));
    const goOn = async (): Promise<string> => {
      const found = await storeIn(folder).reopen('folder', target);
      if (found === undefined) {
        assert.deepEqual(await readdir(folder), []);
        return 'anew';
      }
      assert.ok('part' in found);
      await found.part.write(stream.subarray(found.size));
      await found.part.finish();
      await found.part.publish();
      await found.part.discard();
      assert.deepEqual(await readdir(folder), ['tree']);
      assert.equal(JSON.stringify(await treeAt(join(folder, 'tree'))), whole);
      return 'goes on';
    };
    const outcomes = new Set<string>();
    for (let at = 0; at < text.length; at += 1) {
      const ways = [text.with(at, (text[at] ?? 0) ^ 1), text.with(at, (text[at] ?? 0) ^ 8), text.subarray(0, at)];
      // A border is all that is believed; of the rest one way each will do.
      const isOfBorder = /^\[\d/.test(text.toString().slice(text.lastIndexOf('\n', at - 1) + 1));
      for (const damaged of isOfBorder ? ways : ways.slice(at % 3, (at % 3) + 1)) {
        await cp(kept, folder, { recursive: true });
        await writeFile(join(folder, list), damaged);
        outcomes.add(await goOn());
        await rm(folder, { recursive: true });
      }
    }
    assert.deepEqual([...outcomes].toSorted(), ['anew', 'goes on']);
  });

  it('leaves no file open where it names what no folder may hold (of Linux, which tells what is open)', async function () {
    if (process.platform !== 'linux') skip(this, 'a system that tells which files are open');
    const root = await tempFolder();
    const [path, list] = [join(root, 'one.part'), join(root, 'one.list')];
    await mkdir(path);
    for (const name of ['A', 'a']) await writeFile(join(path, name), 'content');
    const entry = { kind: 'file', path: 'a', size: 1_000_000, mtime: 1, executable: false } as const;
    await addToList(list, {
      entries: [{ kind: 'file', path: 'A', mtime: 1 }],
      border: 1_024,
      begun: { entry, at: 1_536, done: 7 },
    });
    const options = { path, list, folder: root, name: 'tree', size: 2_000_000, keepExecutable: false };
    await assert.rejects(reopenTreePart(options), { code: 'ERR_MESSAGE_INVALID' });
    const open = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    assert.deepEqual(
      open.filter((one) => one.startsWith(root)),
      [],
    );
  });
});

// A window that is killed at a step of giving an item its name, and then perhaps the next one that finds what it left: the item
// is there once, and nothing beside it.

import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { removeLeftovers } from '../../../src/net/disk/leftovers.ts';
import { folderSource } from '../../../src/net/disk/tree/treeSource.ts';
import { killChildren, startChild } from '../../support/childProcess.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { bytesOf, everything, makeTree, treeAt } from '../../support/trees.ts';

const tree = { 'a.txt': 'A', 'd/b.txt': 'B'.repeat(3_000_000), 'e/': undefined };
const named = 'unlink .*names\\.lock$';
const recorded = 'rename .*\\.json$';
const cleaned = '(rm|unlink) .*received/\\.ferry-[^ ]*\\.(list|part)$';
type Step = readonly [pattern: string, nth?: number];

describe('A window that is killed', () => {
  let root = '';
  beforeEach(async () => {
    root = await tempFolder();
    await mkdir(join(root, 'received'), { mode: 0o700 });
  });
  after(async () => {
    await killChildren();
    await removeTempFolders();
  });

  const offer = async (kind: string): Promise<void> => {
    await makeTree(join(root, 'item'), tree);
    const source = await folderSource(join(root, 'item'), everything);
    const { size, files, folders, names } = source;
    const folder = kind === 'folder' ? { folder: { files, folders, names } } : {};
    await writeFile(join(root, 'stream'), await bytesOf(source));
    await writeFile(join(root, 'item.json'), JSON.stringify({ kind, name: 'item', size, mediaType: 'a/b', ...folder }));
  };
  const window = (pattern = '', nth = 1) => startChild('stepChild.ts', root, pattern, String(nth));

  const rowsOf = (kind: string): Readonly<Record<string, readonly Step[]>> => ({
    'before it gets its name': [['(rename|link) .*\\.part .*received/item$']],
    'when it has its name': [[recorded, 2]],
    // A list that lies there goes before a folder begins.
    'when that is written down': [[cleaned, kind === 'file' ? 1 : 2]],
    'when it has its name, and so is the next one, before that writes it down': [[recorded, 2], [recorded]],
    'when it has its name, and so is the next one, when that has written it down': [[recorded, 2], [cleaned]],
    ...(kind === 'file' ? {} : { 'while it holds the lock on names': [[named]], 'the same, and again': [[named], [recorded]] }),
  });
  for (const kind of ['file', 'folder']) {
    for (const [when, kills] of Object.entries(rowsOf(kind))) {
      it(`leaves a ${kind} that is there once: ${when}`, async () => {
        await offer(kind);
        for (const [pattern, nth] of kills) assert.equal(await window(pattern, nth).ended(), null, pattern);
        const path = join(root, 'received/item');
        assert.deepEqual(await window().message(), [{ phase: 'received', path }]);
        await removeLeftovers(join(root, 'received'));
        assert.deepEqual(await readdir(join(root, 'received')), ['item']);
        if (kind === 'folder') assert.deepEqual(await treeAt(path), await treeAt(join(root, 'item')));
      });
    }
  }
});

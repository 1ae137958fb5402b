// Links that take the place of what is shared: before somebody asks, and again and again while somebody does.

import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { silentLog } from '../../../src/core/base/log.ts';
import { createSharedDisk } from '../../../src/net/disk/sharing/sharedDisk.ts';
import { openShares } from '../../../src/net/disk/sharing/sharesFile.ts';
import { killChildren, startChild } from '../../support/childProcess.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const forever = new AbortController().signal;
const peer = peerIdOfNobody(1);
/** Without care, one in a hundred or two of them was won by the link. */
const rounds = 1_500;

describe('A link in the place of a folder that is shared', () => {
  let [base, root, outside] = ['', '', ''];
  beforeEach(async () => {
    base = await tempFolder();
    [root, outside] = [join(base, 'shared'), join(base, 'outside')];
    await mkdir(join(root, 'a'), { recursive: true });
    await mkdir(join(outside, 'a'), { recursive: true });
    await writeFile(join(root, 'a/c.txt'), 'inside');
    await writeFile(join(outside, 'c.txt'), 'OUTSIDE');
    await writeFile(join(outside, 'd.txt'), 'OUTSIDE');
  });
  after(async () => {
    await killChildren();
    await removeTempFolders();
  });

  const disk = createSharedDisk(() => []);
  const place = (path: string) => ({ root, path, peer });
  /** All that a peer hears of a place, or why it hears nothing. */
  const toldOf = async (path: string): Promise<string> => {
    try {
      const source = await disk.open({ ...place(path), name: 'x' }, undefined, forever);
      let told = JSON.stringify(source.item);
      for await (const chunk of source.open(forever)) told += Buffer.from(chunk).toString('latin1');
      return told;
    } catch (error) {
      return String(error);
    }
  };
  const listed = async (path: string): Promise<string> =>
    disk.list(place(path), { after: undefined, count: 500 }, forever).then((page) => JSON.stringify(page), String);

  it('P11: leads nowhere, also where it comes and goes while a peer asks', async function () {
    this.timeout(120_000);
    await symlink(outside, join(root, '.link'));
    const child = startChild('swapChild.ts', join(root, 'a'), join(root, '.link'));
    await child.message();
    let inside = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const told of [await listed('a'), await toldOf('a/c.txt'), await toldOf(''), await toldOf('a')]) {
        assert.doesNotMatch(told, /OUTSIDE|d\.txt/);
        if (/inside|c\.txt/.test(told)) inside += 1;
      }
    }
    await child.kill();
    assert.ok(inside > 0, 'what is shared was seen now and then');
  });

  it('P11: shares nothing where it takes the place of all of it, or of what that lies in', async () => {
    const above = join(base, 'above');
    await mkdir(above);
    await rename(root, join(above, 'shared'));
    root = join(above, 'shared');
    assert.match(await toldOf('a/c.txt'), /inside/);
    await rename(root, join(above, 'moved'));
    await symlink(outside, root);
    for (const told of [await listed(''), await listed('a'), await toldOf(''), await toldOf('c.txt')]) {
      assert.match(told, /nothing to be seen/);
    }
    await rename(above, join(base, 'aside'));
    await symlink(base, above);
    assert.match(await toldOf('a/c.txt'), /nothing to be seen/);
  });

  it('P11: shares what it leads to as it is shared, and nothing that it leads to later', async () => {
    const link = join(base, 'link');
    await symlink(root, link);
    const shares = await openShares(base, silentLog);
    const added = await shares.add({ name: 'Work', path: link, with: 'paired' });
    shares.close();
    assert.deepEqual([added.name, added.path], ['Work', root]);
    root = link;
    assert.match(await listed(''), /nothing to be seen/);
  });
});

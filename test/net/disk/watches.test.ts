// Files that all windows share, on a system whose watches other programs have used up.

import assert from 'node:assert/strict';

import { silentLog } from '../../../src/core/base/log.ts';
import { openBook } from '../../../src/net/disk/kept/bookFile.ts';
import { openShares } from '../../../src/net/disk/sharing/sharesFile.ts';
import { killChildren, startWatchlessChild } from '../../support/childProcess.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { runTool } from '../../support/tools.ts';

describe('A window for which the system has no watches (needs namespaces of users)', () => {
  after(async () => {
    await killChildren();
    await removeTempFolders();
  });

  it('opens, and sees what other windows write', async function () {
    const probe = 'echo 0 > /proc/sys/user/max_inotify_instances';
    const { code } = await runTool('unshare', ['--user', '--map-root-user', 'sh', '-c', probe]);
    if (code !== 0) skip(this, 'namespaces of users, with unshare of util-linux');
    const folder = await tempFolder();
    const child = startWatchlessChild('followChild.ts', folder);
    assert.equal(await child.message(), '');
    const [book, shares] = [await openBook(folder, silentLog), await openShares(folder, silentLog)];
    await book.change(peerIdOfNobody(1), (entry) => ({ ...entry, name: 'Ada' }));
    assert.equal(await child.message(), 'Ada');
    await shares.add({ name: 'Work', path: folder, with: 'paired' });
    assert.equal(await child.message(), 'Ada,Work');
    await shares.change(() => []);
    assert.equal(await child.message(), 'Ada');
    book.close();
    shares.close();
  });
});

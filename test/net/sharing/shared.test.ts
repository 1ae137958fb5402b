// What one peer shares, and another lists and gets: over real sockets, from a real disk.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { PeerLink } from '../../../src/core/peers/link.ts';
import { findShared, readShared, sharedEntries } from '../../../src/core/sharing/getting/browse.ts';
import { withShare } from '../../../src/core/sharing/shares.ts';
import { startCuttingProxy } from '../../support/cuttingProxy.ts';
import { filesOf, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { gotten, makePaired } from '../../support/sharingPeers.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const forever = new AbortController().signal;
const large = randomBytes(9_000_000);

describe('A shared folder', () => {
  let owner: HeadlessPeer;
  let getter: HeadlessPeer;
  let root: string;

  beforeEach(async () => {
    [owner, getter] = await Promise.all([headlessPeer({ name: 'Ada' }), headlessPeer({ name: 'Grace' })]);
    root = await tempFolder();
    await mkdir(join(root, 'docs/deep'), { recursive: true });
    await writeFile(join(root, 'docs/report.txt'), 'The ferry leaves at nine.\n');
    await writeFile(join(root, 'docs/deep/large.bin'), large);
    await owner.shares.change((shares) => withShare(shares, { name: 'Work', path: root, with: 'paired' }));
    await makePaired(owner, getter);
  });
  afterEach(() => Promise.all([owner.stop(), getter.stop()]));
  after(removeTempFolders);

  const withLink = async <T>(work: (link: PeerLink) => Promise<T>): Promise<T> => {
    const link = await getter.online.dial(owner.address, owner.identity.peerId, forever);
    return work(link).finally(() => link.close());
  };
  const namesOf = (path: readonly string[]): Promise<readonly string[]> =>
    withLink(async (link) => {
      const folder = path.length === 0 ? undefined : await findShared(link, path, forever);
      return (await sharedEntries(link, folder?.id, forever)).map(({ kind, name }) => (kind === 'folder' ? `${name}/` : name));
    });
  const get = (...path: readonly string[]): Promise<string> =>
    getter.fetcher.get({ id: owner.identity.peerId, name: 'Ada' }, [{ path }], { action: 'save' }, forever);

  it('is listed to whom it is shared with, level by level', async () => {
    assert.deepEqual(await namesOf([]), ['Work/']);
    assert.deepEqual(await namesOf(['Work']), ['docs/']);
    assert.deepEqual(await namesOf(['Work', 'docs']), ['deep/', 'report.txt']);
  });

  it('hides links, dot files, secrets, and what git leaves out', async () => {
    for (const name of ['.env', 'id_rsa', 'notes.log', '.hidden', 'seen.md']) await writeFile(join(root, 'docs', name), name);
    await writeFile(join(root, '.gitignore'), '*.log\n');
    await mkdir(join(root, '.git'));
    await symlink('/etc/passwd', join(root, 'docs/passwd'));
    await symlink('/etc', join(root, 'etc'));
    assert.deepEqual(await namesOf(['Work']), ['docs/']);
    assert.deepEqual(await namesOf(['Work', 'docs']), ['deep/', 'report.txt', 'seen.md']);
  });

  it('tells nobody else what is in it, or that there is one', async () => {
    const stranger = await headlessPeer();
    const link = await stranger.online.dial(owner.address, owner.identity.peerId, forever);
    await assert.rejects(sharedEntries(link, undefined, forever), { code: 'ERR_NOT_PAIRED', remote: true });
    link.close();
    await stranger.stop();
    await owner.shares.change((shares) => shares.map((share) => ({ ...share, with: [] })));
    assert.deepEqual(await namesOf([]), []);
  });

  it('gives a file, which is saved as any other', async () => {
    const id = await get('Work', 'docs', 'report.txt');
    const entry = await gotten(getter, id);
    assert.equal(entry.state.phase, 'received');
    assert.equal(await readFile(join(getter.folder, 'report.txt'), 'utf8'), 'The ferry leaves at nine.\n');
    assert.deepEqual(
      owner.sharing.gets.map(({ state, item, peer }) => [state, item.name, peer.id]),
      [['done', 'report.txt', getter.identity.peerId]],
    );
  });

  it('is remembered by every window of whoever shares it, and after the next start', async () => {
    const storage = await tempFolder();
    const { identity } = owner;
    const gotBy = (peer: HeadlessPeer): string =>
      peer.sharing.gets.map((one) => `${one.peer.name} ${one.state} ${one.item.name} ${one.item.size}`).join();
    const windows = [
      await headlessPeer({ name: 'Ada', identity, storage }),
      await headlessPeer({ name: 'Ada', identity, storage }),
    ];
    const window = windows[0] ?? assert.fail();
    await window.shares.change((shares) => withShare(shares, { name: 'Work', path: root, with: 'paired' }));
    await makePaired(window, getter);
    await owner.stop();
    assert.equal((await gotten(getter, await get('Work', 'docs', 'report.txt'))).state.phase, 'received');
    const wanted = 'Grace done report.txt 26';
    for (const one of windows)
      await eventually(one.sharing.onDidChange, () => (gotBy(one) === wanted ? true : undefined), 'what was got is seen');
    await Promise.all(windows.map((one) => one.stop()));
    const next = await headlessPeer({ name: 'Ada', identity, storage });
    assert.equal(gotBy(next), wanted);
    for (const { id } of next.sharing.gets) next.sharing.forget(id);
    await next.stop();
    const last = await headlessPeer({ name: 'Ada', identity, storage });
    assert.equal(gotBy(last), '');
    await last.stop();
  });

  it('gives a folder with all that is in it', async () => {
    const entry = await gotten(getter, await get('Work', 'docs'));
    assert.equal(entry.state.phase, 'received');
    assert.equal(await readFile(join(getter.folder, 'docs/report.txt'), 'utf8'), 'The ferry leaves at nine.\n');
    assert.deepEqual(await readFile(join(getter.folder, 'docs/deep/large.bin')), large);
  });

  for (const by of ['reset', 'farewell'] as const) {
    for (const path of [['Work', 'docs', 'deep', 'large.bin'], ['Work']]) {
      it(`goes on with ${path.at(-1)} where a ${by} has cut it`, async () => {
        const proxy = await startCuttingProxy(owner.address, { direction: 'down', afterBytes: 4_000_000, by });
        await getter.book.change(owner.identity.peerId, (entry) => ({ ...entry, addresses: [proxy.address] }));
        try {
          const entry = await gotten(getter, await get(...path));
          assert.equal(entry.state.phase, 'received', JSON.stringify(entry.state));
          assert.ok(proxy.wasCut);
          const inner = path.length === 1 ? 'Work/docs/deep/large.bin' : 'large.bin';
          assert.deepEqual(await readFile(join(getter.folder, inner)), large);
          assert.equal((await filesOf(getter)).length, 1);
        } finally {
          await proxy.close();
        }
      });
    }
  }

  it('is read without being got, up to a size', async () => {
    await withLink(async (link) => {
      const found = await findShared(link, ['Work', 'docs', 'report.txt'], forever);
      assert.equal(Buffer.from(await readShared(link, found, 100, forever)).toString(), 'The ferry leaves at nine.\n');
      await assert.rejects(readShared(link, found, 25, forever), { code: 'ERR_ITEM_TOO_LARGE', remote: false });
    });
  });

  it("is there for the person's other windows, paired or not", async () => {
    const window = await headlessPeer({ name: 'Ada', identity: owner.identity });
    try {
      await window.online.directory.greet(owner.address);
      const own = { id: owner.identity.peerId, name: 'Ada' };
      const id = await window.fetcher.get(own, [{ path: ['Work', 'docs', 'report.txt'] }], { action: 'save' }, forever);
      assert.equal((await gotten(window, id)).state.phase, 'received');
    } finally {
      await window.stop();
    }
  });

  it('is gone when it is no longer shared', async () => {
    const found = await withLink((link) => findShared(link, ['Work', 'docs', 'report.txt'], forever));
    await owner.shares.change(() => []);
    await withLink(async (link) => {
      await assert.rejects(readShared(link, found, 100, forever), { code: 'ERR_NOT_SHARED', remote: true });
    });
    await assert.rejects(get('Work', 'docs', 'report.txt'), { code: 'ERR_NOT_SHARED' });
  });
});

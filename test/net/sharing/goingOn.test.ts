// Getting over all that comes between: the file changes, it is not shared any more, somebody blocks somebody, a window closes.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describeShared, findShared } from '../../../src/core/sharing/getting/browse.ts';
import { withShare } from '../../../src/core/sharing/shares.ts';
import { startCuttingProxy } from '../../support/cuttingProxy.ts';
import { filesOf, type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { failureOf, gotten, makePaired } from '../../support/sharingPeers.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const forever = new AbortController().signal;
const large = randomBytes(20_000_000);

describe('What is got from a shared folder', () => {
  const running: HeadlessPeer[] = [];
  let owner: HeadlessPeer;
  let getter: HeadlessPeer;
  let root: string;

  const start = async (options: HeadlessOptions): Promise<HeadlessPeer> => {
    const peer = await headlessPeer(options);
    running.push(peer);
    return peer;
  };
  beforeEach(async () => {
    [owner, getter] = [await start({ name: 'Ada' }), await start({ name: 'Grace' })];
    root = await tempFolder();
    await mkdir(join(root, 'deep'));
    await writeFile(join(root, 'deep/large.bin'), large);
    await writeFile(join(root, 'small.txt'), 'small');
    await owner.shares.change((shares) => withShare(shares, { name: 'Work', path: root, with: 'paired' }));
    await makePaired(owner, getter);
  });
  afterEach(() => Promise.all(running.splice(0).map((peer) => peer.stop())));
  after(removeTempFolders);

  const ada = () => ({ id: owner.identity.peerId, name: 'Ada' });
  const get = (...paths: readonly (readonly string[])[]): Promise<string> =>
    getter.fetcher.get(
      ada(),
      paths.map((path) => ({ path })),
      { action: 'save' },
      forever,
    );

  /** Begins to get the large file over a link of the test's own; `then` happens after its first bytes. */
  const duringFetch = async (then: () => Promise<unknown>): Promise<void> => {
    const link = await getter.online.dial(owner.address, owner.identity.peerId, forever);
    try {
      const { id } = await findShared(link, ['Work', 'deep', 'large.bin'], forever);
      const { item, etag } = await describeShared(link, id, 'large.bin', forever);
      await link.fetch(
        { id, etag, size: item.size, from: 0 },
        async (body) => {
          let isFirst = true;
          for await (const chunk of body.bytes) {
            assert.ok(chunk.length > 0);
            if (isFirst) await then();
            isFirst = false;
          }
          throw new Error('all of it came');
        },
        forever,
      );
    } finally {
      link.close();
    }
  };
  const code = (wanted: string) => ({ code: wanted, remote: false });

  it('P15: ends when it is no longer shared, and so does what is asked for next', async () => {
    await assert.rejects(
      duringFetch(() => owner.shares.change(() => [])),
      code('ERR_CONNECTION_LOST'),
    );
    await assert.rejects(get(['Work', 'small.txt']), { code: 'ERR_NOT_SHARED' });
  });

  it('P15: ends when the peer is no longer paired', async () => {
    const { peerId } = getter.identity;
    await assert.rejects(
      duringFetch(() => owner.book.change(peerId, (entry) => ({ ...entry, trust: 'known' }))),
      code('ERR_CONNECTION_LOST'),
    );
    await assert.rejects(get(['Work', 'small.txt']), { code: 'ERR_NOT_PAIRED', remote: true });
  });

  it('P15: ends when the peer is blocked', async () => {
    const { peerId } = getter.identity;
    await assert.rejects(
      duringFetch(() => owner.book.change(peerId, (entry) => ({ ...entry, trust: 'blocked' }))),
      code('ERR_CONNECTION_LOST'),
    );
  });

  it('P11: fails and leaves nothing where the file has changed', async () => {
    const proxy = await startCuttingProxy(owner.address, { direction: 'down', afterBytes: 3_000_000, by: 'reset' });
    await getter.book.change(owner.identity.peerId, (entry) => ({ ...entry, addresses: [proxy.address] }));
    const changing = eventually(
      getter.inbox.onDidChange,
      () => getter.inbox.entries.find(({ state }) => state.phase === 'paused' && state.received > 0),
      'it is cut',
    ).then(() => appendFile(join(root, 'deep/large.bin'), 'more'));
    const id = await get(['Work', 'deep', 'large.bin']);
    await changing;
    assert.equal(failureOf(await gotten(getter, id)), 'ERR_SOURCE_CHANGED');
    assert.deepEqual(await filesOf(getter), []);
    await proxy.close();
  });

  it('are several files and folders at once', async () => {
    const id = await get(['Work', 'small.txt'], ['Work', 'deep', 'large.bin'], ['Work', 'deep']);
    const { state, received } = await gotten(getter, id);
    assert.deepEqual([state.phase, received.length], ['received', 3]);
    assert.deepEqual((await filesOf(getter)).toSorted(), ['deep', 'large.bin', 'small.txt']);
    assert.deepEqual(await readFile(join(getter.folder, 'deep/large.bin')), large);
  });

  it('is cancelled for good', async () => {
    const proxy = await startCuttingProxy(owner.address, { direction: 'down', afterBytes: 3_000_000, by: 'reset' });
    await getter.book.change(owner.identity.peerId, (entry) => ({ ...entry, addresses: [proxy.address] }));
    const cut = eventually(
      getter.inbox.onDidChange,
      () => getter.inbox.entries.find(({ state }) => state.phase === 'paused' && state.received > 0),
      'it is cut',
    ).then(({ id }) => getter.inbox.cancel(id));
    const id = await get(['Work', 'deep', 'large.bin']);
    assert.equal(await cut, true);
    assert.equal((await gotten(getter, id)).state.phase, 'cancelled');
    assert.deepEqual(await filesOf(getter), []);
    await proxy.close();
  });

  for (const path of [
    ['Work', 'deep', 'large.bin'],
    ['Work', 'deep'],
  ]) {
    it(`goes on by itself after a restart on both sides: ${path.at(-1)}`, async () => {
      const proxy = await startCuttingProxy(owner.address, { direction: 'down', afterBytes: 7_000_000, by: 'reset' });
      await getter.book.change(owner.identity.peerId, (entry) => ({ ...entry, addresses: [proxy.address] }));
      const storage = [join(owner.folder, '..'), join(getter.folder, '..')] as const;
      const cut = eventually(
        getter.inbox.onDidChange,
        () => getter.inbox.entries.find(({ state }) => state.phase === 'paused' && state.received > 0),
        'it is cut',
      );
      const id = await get(path);
      await cut;
      await proxy.close();
      await Promise.all(running.splice(0).map((peer) => peer.stop()));
      const { identity, online } = owner;
      owner = await start({ name: 'Ada', identity, storage: storage[0], port: online.port });
      const again = await start({ name: 'Grace', identity: getter.identity, storage: storage[1] });
      const counting = await startCuttingProxy(owner.address);
      await again.book.change(owner.identity.peerId, (entry) => ({ ...entry, addresses: [counting.address] }));
      const entry = await gotten(again, id);
      assert.equal(entry.state.phase, 'received', failureOf(entry));
      // A folder goes on behind the last file that came as a whole, and here there was none.
      if (path.length === 3) assert.ok(counting.passed.down < large.length - 3_000_000, `${counting.passed.down} bytes`);
      await counting.close();
      const inner = path.length === 2 ? 'deep/large.bin' : 'large.bin';
      assert.deepEqual(await readFile(join(again.folder, inner)), large);
      assert.equal((await filesOf(again)).length, 1);
    });
  }

  /** Cuts the large file off in the middle, for good; gives the id of what is got. */
  const cutOff = async (): Promise<string> => {
    const proxy = await startCuttingProxy(owner.address, { direction: 'down', afterBytes: 7_000_000, by: 'reset' });
    await getter.book.change(owner.identity.peerId, (entry) => ({ ...entry, addresses: [proxy.address] }));
    const id = await get(['Work', 'deep', 'large.bin']);
    const cut = () => [getter.inbox.find(id)?.state].find((state) => state?.phase === 'paused' && state.received > 0);
    await eventually(getter.inbox.onDidChange, cut, 'it is cut');
    await proxy.close();
    return id;
  };

  it('S3: is taken from nobody else who answers there meanwhile', async () => {
    const id = await cutOff();
    const { identity, online, folder } = owner;
    await owner.stop();
    const other = await start({ name: 'Ada', port: online.port });
    await other.shares.add({ name: 'Work', path: root, with: 'paired' });
    await other.book.change(getter.identity.peerId, (entry) => ({ ...entry, trust: 'paired' }));
    await getter.book.change(identity.peerId, (entry) => ({ ...entry, addresses: [other.address] }));
    await assert.rejects(get(['Work', 'small.txt']), { code: 'ERR_PEER_MISMATCH' });
    assert.deepEqual([getter.inbox.find(id)?.state.phase, other.sharing.gets], ['paused', []]);
    await other.stop();
    owner = await start({ name: 'Ada', identity, storage: join(folder, '..'), port: online.port });
    assert.equal((await gotten(getter, id)).state.phase, 'received');
    assert.deepEqual(await readFile(join(getter.folder, 'large.bin')), large);
  });

  it('is there once where two windows start at the same time, and either could go on with it', async () => {
    const id = await cutOff();
    const [{ identity, folder }, storage] = [getter, join(getter.folder, '..')];
    await getter.stop();
    const windows = await Promise.all([1, 2].map(() => start({ name: 'Grace', identity, storage })));
    for (const window of windows) assert.equal((await gotten(window, id)).state.phase, 'received');
    assert.deepEqual(await readFile(join(folder, 'large.bin')), large);
    for (const window of windows) assert.deepEqual(await filesOf(window), ['large.bin']);
    assert.deepEqual(
      owner.sharing.gets.map(({ state }) => state),
      ['done', 'ended'],
    );
  });

  for (const who of ['owner', 'getter'] as const) {
    it(`is there in the end where the ${who} goes offline in the middle of it`, async () => {
      const id = await get(['Work', 'deep', 'large.bin']);
      const one = who === 'owner' ? owner : getter;
      await one.presence.goOffline();
      // On a fast machine, all of it may have come before.
      await eventually(
        getter.inbox.onDidChange,
        () => [getter.inbox.find(id)].find((entry) => ['paused', 'received'].includes(entry?.state.phase ?? '')),
        'it stands still',
      );
      await one.presence.goOnline({ visibility: 'thisMachine', discovery: 'on', port: one.online.port, interfaces: [] });
      const entry = await gotten(getter, id);
      assert.equal(entry.state.phase, 'received', failureOf(entry));
      assert.deepEqual(await readFile(join(getter.folder, 'large.bin')), large);
    });
  }

  it('is asked about once where the person wants to be asked', async () => {
    const asking = await start({ name: 'Asking', asksBeforeGets: () => true });
    await asking.shares.change((shares) => withShare(shares, { name: 'Mine', path: root, with: 'paired' }));
    await makePaired(asking, getter);
    const asked: string[] = [];
    asking.sharing.questions.onDidAsk(({ item, answer }) => {
      asked.push(item.name);
      answer(item.name === 'small.txt');
    });
    const from = { id: asking.identity.peerId, name: 'Asking' };
    const wanted = ['small.txt', 'deep'].map((name) => ({ path: ['Mine', name] }));
    const { state, received } = await gotten(getter, await getter.fetcher.get(from, wanted, { action: 'save' }, forever));
    assert.deepEqual(asked, ['small.txt', 'deep']);
    assert.deepEqual([state.phase, received.map(({ n }) => n)], ['received', [0]]);
    const failed = state.phase === 'received' ? state.failed : undefined;
    assert.deepEqual(
      failed?.map(({ n, error }) => [n, error.code]),
      [[1, 'ERR_OFFER_DECLINED']],
    );
  });
});

// What a person shares, with whom, and how peers are answered about it: over a disk that a test holds in its hand.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { FerryError } from '../../../src/core/base/errors.ts';
import { createEmitter, type Emitter } from '../../../src/core/base/event.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import type { Standing } from '../../../src/core/peers/peers.ts';
import type { SharedDisk, SharedIds } from '../../../src/core/sharing/sharedDisk.ts';
import { isSharedWith, type Share, withShare } from '../../../src/core/sharing/shares.ts';
import { Sharing } from '../../../src/core/sharing/sharing.ts';
import { formatShares, readShares } from '../../../src/core/sharing/stored.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const [ada, grace] = [peerIdOfNobody(1), peerIdOfNobody(2)];
const forever = new AbortController().signal;

/** Ids that a test can read. */
const ids: SharedIds = {
  make: (peer, text) => `${peer} ${text}`,
  read: (peer, id) => (id.startsWith(`${peer} `) ? id.slice(peer.length + 1) : undefined),
};
const share = (id: string, name: string, to: Share['with'] = 'paired'): Share => ({ id, name, path: `/${name}`, with: to });

function sharingWith(
  shares: readonly Share[],
  disk: Partial<SharedDisk>,
  trust: (peer: PeerId) => Standing = () => 'paired',
  asksFirst = false,
) {
  const changed: Emitter<void> = createEmitter();
  const book = {
    onDidChange: changed.event,
    entries: () => [],
    find: () => undefined,
    trustOf: trust,
    change: () => assert.fail(),
  };
  const sharing = new Sharing({
    shares: {
      ...{ onDidChange: changed.event, entries: () => shares, add: () => assert.fail(), change: () => assert.fail() },
      close: () => undefined,
    },
    gets: {
      onDidChange: changed.event,
      entries: () => [],
      put: () => undefined,
      remove: () => undefined,
      close: () => Promise.resolve(),
    },
    disk: { list: () => assert.fail('nothing is listed'), open: () => assert.fail('nothing is opened'), ...disk },
    ...{ ids, book, asksFirst: () => asksFirst, log: silentLog },
  });
  return Object.assign(sharing, { tellChange: () => changed.fire() });
}

describe('Sharing', () => {
  it('lists to each peer what is shared with it, and to others not even that it is nothing', async () => {
    const shares = [share('1', 'all'), share('2', 'ada', [ada]), share('3', 'nobody', [])];
    const sharing = sharingWith(shares, {}, (peer) => (peer === ada || peer === grace ? 'paired' : 'known'));
    const namesFor = async (peer: PeerId): Promise<readonly string[]> =>
      (await sharing.list(peer, undefined, undefined, forever)).entries.map(({ name }) => name);
    assert.deepEqual(await namesFor(ada), ['all', 'ada']);
    assert.deepEqual(await namesFor(grace), ['all']);
    await assert.rejects(namesFor(peerIdOfNobody(3)), { code: 'ERR_NOT_PAIRED' });
  });

  it('answers every id that is none for this peer alike', async () => {
    const sharing = sharingWith([share('1', 'ada', [ada])], {});
    for (const id of [
      '',
      'x',
      ids.make(ada, 'at/1/a'),
      ids.make(grace, 'at/1/a'),
      ids.make(grace, 'at/9/a'),
      ids.make(grace, 'after/a'),
    ]) {
      const failure = { code: 'ERR_NOT_SHARED', message: 'nothing is shared with this peer under this id' };
      await assert.rejects(sharing.list(grace, id, undefined, forever), failure);
      await assert.rejects(sharing.describe(grace, id, forever), failure);
      await assert.rejects(
        sharing.serve({ peer: grace, id, etag: undefined, signal: forever }, () => Promise.resolve(true)),
        failure,
      );
    }
    await assert.rejects(sharing.list(ada, ids.make(ada, 'at/1/'), 'x', forever), { code: 'ERR_MESSAGE_INVALID' });
    await assert.rejects(sharing.list(ada, ids.make(ada, 'at/1/'), ids.make(ada, 'at/1/'), forever), {
      code: 'ERR_MESSAGE_INVALID',
    });
  });

  it('P12: walks through the disk for a peer once at a time, and refuses more than may wait', async () => {
    const running: (() => void)[] = [];
    const list = (): ReturnType<SharedDisk['list']> =>
      new Promise((resolve) => running.push(() => resolve({ entries: [], isMore: false })));
    const sharing = sharingWith([share('1', 'all')], { list });
    const ask = (peer: PeerId) => sharing.list(peer, ids.make(peer, 'at/1/'), undefined, forever);
    const asked = Array.from({ length: limits.sharedWaitingPerPeer }, () => ask(ada));
    await assert.rejects(ask(ada), { code: 'ERR_BUSY' });
    const other = ask(grace);
    await settled();
    assert.equal(running.length, 2, 'one of each peer');
    for (let next = running.shift(); next !== undefined; next = running.shift()) {
      next();
      await settled();
    }
    assert.equal((await Promise.all([...asked, other])).length, limits.sharedWaitingPerPeer + 1);
    const again = ask(ada);
    await settled();
    running.shift()?.();
    await again;
  });

  it('P12: does no work that nobody waits for any more', async () => {
    let walks = 0;
    let end = (): void => undefined;
    const list = (): ReturnType<SharedDisk['list']> => {
      walks += 1;
      return new Promise((resolve) => {
        end = () => resolve({ entries: [], isMore: false });
      });
    };
    const sharing = sharingWith([share('1', 'all')], { list });
    const id = ids.make(ada, 'at/1/');
    const first = sharing.list(ada, id, undefined, forever);
    const gone = new AbortController();
    const second = sharing.list(ada, id, undefined, gone.signal);
    gone.abort(new FerryError('ERR_CONNECTION_LOST', 'the peer went away'));
    await settled();
    end();
    await first;
    await assert.rejects(second, { code: 'ERR_CONNECTION_LOST' });
    assert.equal(walks, 1);
  });

  it('P11: tells nothing more of what is not shared any more, also where it was asked before that', async () => {
    const shares = [share('1', 'all')];
    const item = { kind: 'file', name: 'a', size: 1, mediaType: 'a/b' } as const;
    const source = { item, etag: '"e"', open: () => assert.fail('nothing is given') };
    for (const asksFirst of [false, true]) {
      let trust: Standing = 'paired';
      let end = (): void => undefined;
      const walk = new Promise<void>((resolve) => {
        end = resolve;
      });
      const disk: SharedDisk = {
        list: () => walk.then(() => ({ entries: [{ kind: 'file', name: 'a' }], isMore: false })),
        open: () => (asksFirst ? Promise.resolve(source) : walk.then(() => source)),
      };
      const sharing = sharingWith(shares, disk, () => trust, asksFirst);
      const [folder, file] = [ids.make(ada, 'at/1/'), ids.make(ada, 'at/1/a')];
      const asked = asksFirst
        ? [sharing.serve({ peer: ada, id: file, etag: undefined, signal: forever }, () => assert.fail('it is given'))]
        : [
            sharing.list(ada, folder, undefined, forever),
            sharing.describe(ada, file, forever),
            sharing.list(ada, folder, undefined, forever),
          ];
      await settled();
      assert.equal(sharing.questions.waiting.length, asksFirst ? 1 : 0);
      trust = 'known';
      sharing.tellChange();
      end();
      for (const one of asked) await assert.rejects(one, { code: 'ERR_NOT_SHARED' });
    }
  });

  it('P12: makes no page that is too large to be read, of whatever its names are', async () => {
    for (const letter of ['\u0001', '"', 'ü', 'x']) {
      const name = (n: number): string => String(n).padStart(3, '0') + letter.repeat(250);
      const entries = Array.from(
        { length: 500 },
        (_, n) => ({ kind: 'file', name: name(n), size: 1, modified: 2 ** 41 }) as const,
      );
      const sharing = sharingWith([share('1', 'all')], { list: async () => ({ entries, isMore: false }) });
      const page = await sharing.list(ada, ids.make(ada, 'at/1/'), undefined, forever);
      assert.ok(page.entries.length > 0 && JSON.stringify(page).length < limits.jsonBodyBytes, JSON.stringify(letter));
    }
  });

  it('P12: cuts a page where its names are long, and goes on behind the last that was told', async () => {
    const name = (n: number): string => String(n).padStart(3, '0') + 'x'.repeat(700);
    const entries = Array.from({ length: 500 }, (_, n) => ({ kind: 'file', name: name(n), size: 1 }) as const);
    const sharing = sharingWith([share('1', 'all')], { list: async () => ({ entries, isMore: false }) });
    const page = await sharing.list(ada, ids.make(ada, 'at/1/'), undefined, forever);
    assert.ok(page.entries.length < 200 && JSON.stringify(page).length < limits.jsonBodyBytes);
    assert.equal(ids.read(ada, page.next ?? ''), `after/${page.entries.at(-1)?.name}`);
  });
});

describe('Shares', () => {
  it('have names of their own, and one folder is one share', () => {
    let shares: readonly Share[] = [];
    for (const [name, path] of [
      ['Work', '/a/Work'],
      ['work', '/b/work'],
      ['a:b', '/c'],
      ['Work', '/a/Work'],
    ] as const) {
      shares = withShare(shares, { name, path, with: [ada] });
    }
    shares = withShare(shares, { name: 'Work', path: '/b/work', with: 'paired' });
    assert.deepEqual(
      shares.map(({ name, path, with: whom }) => [name, path, whom]),
      [
        ['Work', '/a/Work', [ada]],
        ['work (1)', '/b/work', 'paired'],
        ['a_b', '/c', [ada]],
      ],
    );
    for (let n = shares.length; n < limits.shares; n += 1)
      shares = withShare(shares, { name: 'x', path: `/${n}`, with: 'paired' });
    assert.throws(() => withShare(shares, { name: 'x', path: '/more', with: 'paired' }), { code: 'ERR_BUSY' });
  });

  it('are for who is paired and named, and for the person', () => {
    const table: readonly (readonly [Standing, Share['with'], boolean])[] = [
      ['own', [], true],
      ['paired', 'paired', true],
      ['paired', [ada], true],
      ['paired', [grace], false],
      ['known', 'paired', false],
      ['known', [ada], false],
      ['unknown', 'paired', false],
      ['blocked', [ada], false],
    ];
    for (const [standing, whom, expected] of table) {
      assert.equal(isSharedWith(share('1', 'a', whom), ada, standing), expected, `${standing} ${whom.toString()}`);
    }
  });

  it('are read as they were written, and nothing else is', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/);
    const one = fc.record(
      {
        id: token,
        name: fc.string({ minLength: 1, maxLength: 50 }),
        path: fc.string({ minLength: 1, maxLength: 200 }),
        with: fc.oneof(fc.constant('paired' as const), fc.constant([ada, grace])),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), (shares) => assert.deepEqual(readShares(formatShares(shares)), shares)),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.throws(() => readShares(text), { code: 'ERR_BOOK_INVALID' });
      }),
    );
    assert.throws(() => readShares('{"version":2}'), { code: 'ERR_VERSION_UNSUPPORTED' });
  });
});

function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

// The bytes of accepted items on their way through the inbox: what is refused, what ends an entry, and that nothing is left.

import assert from 'node:assert/strict';

import { type ErrorCode, FerryError } from '../../../src/core/base/errors.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import type { EntryState } from '../../../src/core/receiving/entry.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import type { ItemBody } from '../../../src/core/receiving/store.ts';
import { bodyOf, brokenBody, FakeDisk, sha256, stalledBody } from '../../support/fakeDisk.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const ada = { id: peerIdOfNobody(1), name: 'Ada' };

describe('An accepted item', () => {
  let disk = new FakeDisk();
  let inbox = new Inbox(disk);
  let offerId = '';
  let entryId = '';
  beforeEach(async () => {
    disk = new FakeDisk();
    inbox = new Inbox(disk);
    offerId = randomToken();
    entryId = `${ada.id}/${offerId}`;
    const item = { kind: 'file', name: 'a', size: 3, mediaType: 'text/plain' } as const;
    inbox
      .offer(ada, { id: offerId, sender: { name: 'Ada' }, items: [item, { ...item, name: 'b' }] }, new AbortController().signal)
      .catch(() => undefined);
  });
  afterEach(() => inbox.rest());

  const accept = (): Promise<boolean> => inbox.accept(entryId, 'save');
  const receive = (n: number, body: ItemBody, from?: number): Promise<void> => inbox.receiveItem(ada.id, offerId, n, body, from);
  const state = (): EntryState | undefined => inbox.find(entryId)?.state;
  const assertFailed = (code: ErrorCode): void => {
    const now = state();
    assert.equal(now?.phase === 'failed' && now.error.code, code);
    assert.deepEqual([disk.files.size, disk.openParts], [0, 0]);
  };

  /** The other item of the offer still comes, and the entry says what is missing. */
  const assertOthersGo = async (n: number, code: ErrorCode): Promise<void> => {
    assert.deepEqual([state()?.phase, disk.openParts], ['receiving', 0]);
    await receive(1 - n, bodyOf('abc'));
    const now = state();
    assert.deepEqual(now?.phase === 'received' && now.failed?.map((failed) => [failed.n, failed.error.code]), [[n, code]]);
    assert.equal(disk.files.size, 1);
  };

  const bad: readonly (readonly [string, () => ItemBody, ErrorCode])[] = [
    ['has one byte more than was offered', () => bodyOf('abcd'), 'ERR_ITEM_TOO_LARGE'],
    ['has one byte less than was offered', () => bodyOf('ab'), 'ERR_SIZE_MISMATCH'],
    ['has no bytes', () => bodyOf(''), 'ERR_SIZE_MISMATCH'],
    ['has another digest', () => bodyOf('abc', sha256('abd')), 'ERR_DIGEST_MISMATCH'],
    ['has no digest', () => ({ ...bodyOf('abc'), digest: () => Promise.resolve(undefined) }), 'ERR_DIGEST_MISMATCH'],
    ['has half a digest', () => bodyOf('abc', sha256('abc').subarray(0, 16)), 'ERR_DIGEST_MISMATCH'],
  ];
  for (const [name, body, code] of bad) {
    it(`is not kept when it ${name}, fails with ${code}, does not come again, and leaves the others`, async () => {
      await accept();
      await assert.rejects(receive(0, body()), { code });
      await assert.rejects(receive(0, bodyOf('abc')), { code: 'ERR_MESSAGE_UNEXPECTED' });
      await assertOthersGo(0, code);
    });

    it(`fails its offer when each ${name}`, async () => {
      await accept();
      for (const n of [1, 0]) await assert.rejects(receive(n, body()), { code });
      assertFailed(code);
    });
  }

  for (const [name, bytes] of [
    ['breaks off', 'ab'],
    ['breaks off after its last byte', 'abc'],
  ] as const) {
    it(`goes on where it ${name}, as one item`, async () => {
      await accept();
      await assert.rejects(receive(0, brokenBody(bytes)), { code: 'ERR_CONNECTION_LOST' });
      assert.deepEqual(state(), { phase: 'paused', received: bytes.length, total: 6, action: 'save' });
      assert.deepEqual(await inbox.progressOf(ada.id, offerId, 0), { offset: bytes.length, size: 3, isComplete: false });
      await receive(0, bodyOf('abc'.slice(bytes.length), sha256('abc')), bytes.length);
      assert.deepEqual(await inbox.progressOf(ada.id, offerId, 0), { offset: 3, size: 3, isComplete: true });
      await receive(1, bodyOf('def'));
      assert.equal(state()?.phase, 'received');
      assert.deepEqual(
        [...disk.files].map(([path, content]) => [path, String(content)]),
        [
          ['folder/a', 'abc'],
          ['folder/b', 'def'],
        ],
      );
    });
  }

  it('is not kept when the disk is full', async () => {
    await accept();
    disk.writeFailure = new FerryError('ERR_NO_SPACE', 'full');
    await assert.rejects(receive(0, bodyOf('abc')), { code: 'ERR_NO_SPACE' });
    disk.writeFailure = undefined;
    await assertOthersGo(0, 'ERR_NO_SPACE');
  });

  it('is not kept when its name cannot be given', async () => {
    await accept();
    disk.onPublish = () => Promise.reject(new FerryError('ERR_FOLDER_UNUSABLE', 'gone'));
    await assert.rejects(receive(0, bodyOf('abc')), { code: 'ERR_FOLDER_UNUSABLE' });
    disk.onPublish = () => Promise.resolve();
    await assertOthersGo(0, 'ERR_FOLDER_UNUSABLE');
  });

  it('is not taken before the person has accepted it', async () => {
    await assert.rejects(receive(0, bodyOf('abc')), { code: 'ERR_MESSAGE_UNEXPECTED' });
    assert.deepEqual([state(), disk.openParts], [{ phase: 'waiting' }, 0]);
  });

  it('is not taken where it was not offered, or from another peer', async () => {
    await accept();
    await assert.rejects(receive(2, bodyOf('abc')), { code: 'ERR_NOT_FOUND' });
    await assert.rejects(receive(-1, bodyOf('abc')), { code: 'ERR_NOT_FOUND' });
    await assert.rejects(inbox.receiveItem(ada.id, randomToken(), 0, bodyOf('abc')), { code: 'ERR_NOT_FOUND' });
    await assert.rejects(inbox.receiveItem(peerIdOfNobody(2), offerId, 0, bodyOf('abc')), { code: 'ERR_NOT_FOUND' });
    assert.equal(state()?.phase, 'receiving');
  });

  it('is not taken where other bytes are wanted next, and what is here stays', async () => {
    await accept();
    await assert.rejects(receive(0, brokenBody('ab')), { code: 'ERR_CONNECTION_LOST' });
    for (const from of [0, 1, 3]) {
      await assert.rejects(receive(0, bodyOf('c', sha256('abc')), from), { code: 'ERR_OFFSET_MISMATCH', detail: { offset: 2 } });
    }
    await receive(0, bodyOf('c', sha256('abc')), 2);
    assert.equal(String(disk.files.get('folder/a')), 'abc');
  });

  it('begins anew where it comes as a whole again', async () => {
    await accept();
    await assert.rejects(receive(0, brokenBody('xy')), { code: 'ERR_CONNECTION_LOST' });
    await receive(0, bodyOf('abc'));
    assert.deepEqual([String(disk.files.get('folder/a')), disk.openParts], ['abc', 0]);
  });

  it('is sent once more where it was put together from two connections and is not what was sent, and then no more', async () => {
    await accept();
    await assert.rejects(receive(0, brokenBody('xy')), { code: 'ERR_CONNECTION_LOST' });
    await assert.rejects(receive(0, bodyOf('c', sha256('abc')), 2), { code: 'ERR_DIGEST_MISMATCH' });
    assert.deepEqual(await inbox.progressOf(ada.id, offerId, 0), { offset: 0, size: 3, isComplete: false });
    await assert.rejects(receive(0, brokenBody('xy')), { code: 'ERR_CONNECTION_LOST' });
    await assert.rejects(receive(0, bodyOf('c', sha256('abc')), 2), { code: 'ERR_DIGEST_MISMATCH' });
    await assertOthersGo(0, 'ERR_DIGEST_MISMATCH');
  });

  it('may not bring more or less after a cut than was offered', async () => {
    await accept();
    await assert.rejects(receive(0, brokenBody('ab')), { code: 'ERR_CONNECTION_LOST' });
    await assert.rejects(receive(0, bodyOf('cd', sha256('abcd')), 2), { code: 'ERR_ITEM_TOO_LARGE' });
    await assertOthersGo(0, 'ERR_ITEM_TOO_LARGE');
  });

  it('is wanted from the sender that came last: the connection before it has no more to say', async () => {
    await accept();
    const first = stalledBody('ab');
    const landing = receive(0, first);
    await first.begun;
    const { answer } = { answer: inbox.progressOf(ada.id, offerId, 0) };
    await assert.rejects(landing, { code: 'ERR_CONNECTION_LOST' });
    assert.deepEqual(await answer, { offset: 2, size: 3, isComplete: false });
    await receive(0, bodyOf('c', sha256('abc')), 2);
    assert.equal(String(disk.files.get('folder/a')), 'abc');
  });

  it('is left on the disk when this side goes offline, and goes on from there', async () => {
    await accept();
    const body = stalledBody('ab');
    const landing = receive(0, body);
    await body.begun;
    inbox.rest();
    await assert.rejects(landing, { code: 'ERR_CONNECTION_LOST' });
    await inbox.idle();
    assert.deepEqual([state()?.phase, disk.openParts, [...disk.kept.values()].map(String)], ['paused', 0, ['ab']]);
    assert.deepEqual(await inbox.progressOf(ada.id, offerId, 0), { offset: 2, size: 3, isComplete: false });
    await receive(0, bodyOf('c', sha256('abc')), 2);
    assert.deepEqual([String(disk.files.get('folder/a')), disk.kept.size], ['abc', 0]);
  });

  it('is not taken twice, and comes from whoever sends it last', async () => {
    await accept();
    const first = stalledBody('ab');
    const landing = receive(0, first);
    await first.begun;
    await Promise.all([assert.rejects(landing), receive(0, bodyOf('abc'))]);
    await assert.rejects(receive(0, bodyOf('xyz')), { code: 'ERR_MESSAGE_UNEXPECTED' });
    await receive(1, bodyOf('def'));
    assert.equal(state()?.phase, 'received');
    assert.deepEqual([...disk.files.values()].map(String), ['abc', 'def']);
  });

  it('may come at the same time as another', async () => {
    await accept();
    const [first, second] = [stalledBody('abc'), stalledBody('def')];
    const landing = Promise.all([receive(0, first), receive(1, second)]);
    await Promise.all([first.begun, second.begun]);
    second.end();
    first.end();
    await landing;
    assert.equal(state()?.phase, 'received');
    assert.equal(disk.files.size, 2);
  });

  const enders: readonly (readonly [string, () => unknown, EntryState])[] = [
    ['the person cancels', () => inbox.cancel(entryId), { phase: 'cancelled', by: 'me' }],
    ['the peer takes it back', () => inbox.withdraw(ada.id, offerId), { phase: 'cancelled', by: 'peer' }],
  ];
  for (const [name, end, ended] of enders) {
    it(`is not kept when ${name} while its bytes move`, async () => {
      await accept();
      const body = stalledBody('ab');
      const landing = receive(0, body);
      await body.begun;
      end();
      assert.deepEqual(state(), ended);
      await assert.rejects(landing, { code: 'ERR_CANCELLED' });
      await inbox.idle();
      assert.deepEqual([state(), disk.files.size, disk.openParts], [ended, 0, 0]);
    });
  }

  it('is not kept when it is cancelled after its last byte', async () => {
    await accept();
    const body = bodyOf('abc');
    await assert.rejects(
      receive(0, {
        ...body,
        digest: () => {
          inbox.cancel(entryId);
          return body.digest();
        },
      }),
      { code: 'ERR_CANCELLED' },
    );
    assert.deepEqual([state(), disk.files.size, disk.openParts], [{ phase: 'cancelled', by: 'me' }, 0, 0]);
  });

  it('is shown when it gets its name just as it is cancelled: its file is there', async () => {
    await accept();
    disk.onPublish = () => Promise.resolve(inbox.cancel(entryId)).then(() => undefined);
    await receive(0, bodyOf('abc'));
    assert.deepEqual(state(), { phase: 'cancelled', by: 'me' });
    assert.deepEqual(
      inbox.find(entryId)?.received.map((done) => done.path),
      ['folder/a'],
    );
  });

  it('leaves one that is on its way when it fails by itself, whose connection may end and come back', async () => {
    await accept();
    const other = stalledBody('abc');
    const landing = receive(1, other);
    await other.begun;
    await assert.rejects(receive(0, bodyOf('x')), { code: 'ERR_SIZE_MISMATCH' });
    assert.equal(state()?.phase, 'receiving');
    other.abort(new FerryError('ERR_CONNECTION_LOST', 'gone'));
    await assert.rejects(landing, { code: 'ERR_CONNECTION_LOST' });
    assert.equal(state()?.phase, 'paused');
    await receive(1, bodyOf('', sha256('abc')), 3);
    assert.equal(state()?.phase, 'received');
  });

  it('stays where it is when a later one of its offer fails', async () => {
    await accept();
    await receive(0, bodyOf('abc'));
    await assert.rejects(receive(1, bodyOf('x')), { code: 'ERR_SIZE_MISMATCH' });
    assert.deepEqual([...disk.files.keys()], ['folder/a']);
    const now = state();
    assert.deepEqual(now?.phase === 'received' && now.failed?.map(({ n, error }) => [n, error.code]), [[1, 'ERR_SIZE_MISMATCH']]);
    assert.deepEqual(
      inbox.find(entryId)?.received.map((done) => done.n),
      [0],
    );
  });

  it('is waited for by idle', async () => {
    await accept();
    const body = stalledBody('abc');
    const landing = receive(0, body);
    await body.begun;
    let idle = false;
    const waiting = inbox.idle().then(() => {
      idle = true;
    });
    await Promise.resolve();
    assert.equal(idle, false);
    body.end();
    await Promise.all([landing, waiting]);
    assert.equal(disk.openParts, 0);
  });
});

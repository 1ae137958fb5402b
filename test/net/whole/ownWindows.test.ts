// Windows of one person among themselves, found over real mDNS on loopback: each is an end of its own, trusted by its key and
// never mixed with anybody else.

import assert from 'node:assert/strict';

import { isFerryError } from '../../../src/core/base/errors.ts';
import { silentLog } from '../../../src/core/base/log.ts';
import { decide, unaskedAction } from '../../../src/core/consent/consent.ts';
import { blankEntry } from '../../../src/core/peers/book.ts';
import { type Peer, peerKey } from '../../../src/core/peers/peers.ts';
import { deliver } from '../../../src/core/sending/deliver.ts';
import type { TransferOutcome } from '../../../src/core/sending/transfer.ts';
import { peerCall } from '../../../src/core/wire/calls.ts';
import type { PlainItem } from '../../../src/core/wire/item.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { filesOf, type HeadlessOptions, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { eventually, removeTempFolders } from '../../support/temp.ts';

describe('Other windows of the same person', function () {
  this.timeout(60_000);
  let person: Identity;
  let opened: HeadlessPeer[] = [];

  const open = async (options: HeadlessOptions): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ identity: person, name: 'laptop', ...options });
    opened.push(peer);
    return peer;
  };
  const workspaces = ({ online }: HeadlessPeer): (string | undefined)[] =>
    online.directory.peers.filter(({ trust }) => trust === 'own').map((peer) => peer.windows[0]?.workspace);
  /** Looks as the list of peers does, until `count` of the person's windows have answered. */
  const finds = async (window: HeadlessPeer, count: number): Promise<void> => {
    const { directory } = window.online;
    const looking = directory.onDidChange(() => void directory.greetNew());
    await directory.refresh();
    await eventually(directory.onDidChange, () => workspaces(window).length === count || undefined, `${count} windows answer`);
    looking.dispose();
  };
  const send = (from: HeadlessPeer, peer: Peer, name = 'notes.txt'): Promise<TransferOutcome> => {
    const { offered, open: read } = memoryItem(name, Buffer.from('text'));
    return deliver(
      { peer, items: [{ offered: offered as PlainItem, open: read }], sealing: { kind: 'none' }, senderName: 'laptop' },
      {
        ...{ session: from.online, book: from.book, log: silentLog, onState: () => undefined },
        signal: new AbortController().signal,
      },
    );
  };
  const windowIn = (from: HeadlessPeer, workspace: string): Peer =>
    from.online.directory.peers.find((peer) => peer.windows[0]?.workspace === workspace) ?? assert.fail('it is not listed');

  before(async () => {
    person = await createIdentity();
  });
  afterEach(async () => {
    await Promise.all(opened.map((peer) => peer.stop()));
    opened = [];
    await removeTempFolders();
  });

  for (const count of [2, 8]) {
    it(`find each other when ${count} start at once, each listed by itself and counted as it is listed`, async () => {
      const names = Array.from({ length: count }, (_, which) => `folder ${which}`);
      const windows = await Promise.all(names.map((workspace) => open({ workspace })));
      await Promise.all(windows.map((window) => finds(window, count - 1)));
      for (const [which, window] of windows.entries()) {
        assert.deepEqual(
          workspaces(window),
          names.filter((_, other) => other !== which),
        );
        assert.deepEqual(window.online.directory.near, { peers: 0, ownWindows: count - 1 });
        assert.equal(new Set(window.online.directory.peers.map(peerKey)).size, count - 1);
      }
    });
  }

  it('get an item each for itself, without a question, and leave nothing in the book', async () => {
    const [sender, ...others] = await Promise.all(['a', 'b', 'c'].map((workspace) => open({ workspace, answer: 'save' })));
    await finds(sender!, 2);
    assert.equal((await send(sender!, windowIn(sender!, 'c'))).phase, 'delivered');
    assert.deepEqual(await Promise.all(others.map(async (other) => (await filesOf(other)).length)), [0, 1]);
    const [entry] = others[1]!.inbox.entries;
    const rules = { book: others[1]!.book, autoAccept: undefined };
    assert.deepEqual([entry!.fromStranger, decide(entry!, rules)], [false, 'accept']);
    for (const { book } of opened) assert.deepEqual(book.entries(), []);
  });

  it('are asked about a name that can run something, and open by themselves where the person wants that', async () => {
    const [sender, receiver] = await Promise.all(['a', 'b'].map((workspace) => open({ workspace, answer: 'save' })));
    await finds(sender!, 1);
    await send(sender!, windowIn(sender!, 'b'), 'tasks.json');
    const rules = { book: receiver!.book, autoAccept: undefined };
    assert.equal(decide(receiver!.inbox.entries[0]!, rules), 'ask');
    assert.deepEqual(
      (['own', 'paired'] as const).map((trust) => [unaskedAction('open', trust), unaskedAction('ask', trust)]),
      [
        ['open', 'save'],
        ['save', 'save'],
      ],
    );
  });

  it('get nothing that was meant for one that has gone, whose port another one has now', async () => {
    const sender = await open({ workspace: 'a' });
    const gone = await open({ workspace: 'gone' });
    await finds(sender, 1);
    const peer = windowIn(sender, 'gone');
    await gone.stop();
    const heir = await open({ workspace: 'heir', port: gone.address.port, answer: 'save' });
    assert.equal(heir.address.port, gone.address.port);
    const outcome = await send(sender, peer);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_UNREACHABLE');
    assert.deepEqual(heir.inbox.entries, []);
  });

  it('tell what is open in them to nobody else, and do not hear it from anybody else', async () => {
    const [mine, stranger] = await Promise.all([
      open({ workspace: 'secret' }),
      open({ identity: await createIdentity(), name: 'stranger', workspace: 'theirs' }),
    ]);
    const { signal } = new AbortController();
    const link = await stranger.online.dial(mine.address, person.peerId, signal);
    const info = await link.call(peerCall, signal);
    link.close();
    assert.equal('workspace' in info, false);
    assert.equal((await mine.online.directory.greet(stranger.address)).workspace, undefined);
    assert.deepEqual(
      mine.online.directory.peers.map(({ trust }) => trust),
      ['unknown'],
    );
  });

  it('are refused where a connection comes back to the same window', async () => {
    const window = await open({ workspace: 'a' });
    const isLoop = (error: unknown): boolean =>
      isFerryError(error) && error.code === 'ERR_PEER_MISMATCH' && error.detail['own'] === true;
    await assert.rejects(window.online.directory.greet(window.address), isLoop);
    await assert.rejects(window.online.dial(window.address, person.peerId, new AbortController().signal), isLoop);
    assert.deepEqual(window.online.directory.peers, []);
  });

  it('cannot pair, and cannot be blocked or remembered', async () => {
    const [a, b] = await Promise.all([open({ workspace: 'a' }), open({ workspace: 'b', pairing: 'confirm' })]);
    const outcome = await a.pair(b);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_REJECTED');
    await a.book.change(person.peerId, () => ({ ...blankEntry(person.peerId), trust: 'blocked' }));
    assert.deepEqual([a.book.entries(), a.book.trustOf(person.peerId)], [[], 'own']);
  });
});

// The directory over fake hints and a fake network: who is greeted, who is dropped, and in which order windows are tried.

import assert from 'node:assert/strict';

import { blankEntry } from '../../../src/core/peers/book.ts';
import { isHere, peerKey } from '../../../src/core/peers/peers.ts';
import { at, FakeWorld, own } from '../../support/directoryWorld.ts';
import { peerIdOfNobody as id } from '../../support/peerIds.ts';

describe('The directory', () => {
  let world = new FakeWorld();
  let directory = world.directory();
  beforeEach(() => {
    world = new FakeWorld();
    directory = world.directory();
  });
  afterEach(() => directory.close());

  const tokens = (): string[] => directory.peers.flatMap((peer) => peer.windows.map(({ window }) => window));

  it('dials nobody on its own account', () => {
    world.windows.set(1, { peerId: id(1), token: 'a' });
    world.see(1, 1);
    world.hintsChanged.fire();
    world.bookChanged.fire();
    assert.deepEqual([world.dialled, directory.peers, directory.near.peers], [[], [], 1]);
  });

  it('greets whom discovery has heard of and whom the book remembers, asks discovery to look again, and closes every link', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a', name: 'Ada' }).set(2, { peerId: id(2), token: 'b', name: 'Bob' });
    world.see(1, 1);
    world.book = [{ ...blankEntry(id(2)), addresses: [at(2), at(9)], trust: 'known', lastUsed: 1 }];
    await directory.refresh();
    assert.deepEqual(
      directory.peers.map((peer) => [peer.name, peer.trust, peer.windows.length]),
      [
        ['Bob', 'known', 1],
        ['Ada', 'unknown', 1],
      ],
    );
    assert.equal(world.requeries, 1);
    assert.deepEqual(world.closed.toSorted(), ['127.0.0.1:1', '127.0.0.1:2']);
  });

  it("lists each of the person's own windows by itself, those on this computer first, with what is open in it", async () => {
    world.windows.set(1, { peerId: own, token: 'a', name: 'laptop', workspace: 'web' });
    world.windows.set(2, { peerId: own, token: 'b', name: 'laptop', workspace: 'api' });
    world.windows.set(3, { peerId: id(1), token: 'c', name: 'Ada', workspace: 'secret' });
    for (const [number, port] of [
      [0, 1],
      [0, 2],
      [1, 3],
    ] as const)
      world.see(number, port);
    world.seen.push({ ...world.seen[0]!, instance: 'far', address: { host: '192.0.2.7', port: 4 } });
    world.windows.set(4, { peerId: own, token: 'd', name: 'desktop', workspace: 'zoo' });
    await directory.refresh();
    assert.deepEqual(
      directory.peers.map((peer) => [peer.name, peer.trust, isHere(peer), peer.windows.map(({ workspace }) => workspace)]),
      [
        ['laptop', 'own', true, ['api']],
        ['laptop', 'own', true, ['web']],
        ['desktop', 'own', false, ['zoo']],
        ['Ada', 'unknown', true, [undefined]],
      ],
    );
    assert.equal(new Set(directory.peers.map(peerKey)).size, 4);
    assert.deepEqual(await directory.addressesOf(own, 'a'), [at(1)]);
    assert.deepEqual(await directory.addressesOf(own, 'gone'), []);
  });

  it('counts who is near as its list has them, before they are greeted and after', async () => {
    world.windows
      .set(1, { peerId: own, token: 'a' })
      .set(2, { peerId: own, token: 'b' })
      .set(3, { peerId: id(1), token: 'c' });
    for (const [number, port] of [
      [0, 1],
      [0, 2],
      [1, 3],
      [1, 9],
      [2, 8],
    ] as const)
      world.see(number, port);
    assert.deepEqual(directory.near, { peers: 2, ownWindows: 2 });
    await directory.refresh();
    // Nobody answered at two of the addresses, and discovery is told so.
    assert.deepEqual(world.forgotten, ['i9 9', 'i8 8']);
    world.seen = world.seen.filter(({ instance }) => !['i9', 'i8'].includes(instance));
    assert.deepEqual(directory.near, { peers: 1, ownWindows: 2 });
    await directory.greet(at(3));
    world.seen = [];
    assert.deepEqual(directory.near, { peers: 1, ownWindows: 2 }, 'one that was added by its address counts as well');
    world.book = [{ ...blankEntry(id(1)), trust: 'blocked' }];
    assert.deepEqual(directory.near, { peers: 0, ownWindows: 2 });
  });

  it('counts windows of one peer once', () => {
    world.see(1, 1);
    world.see(1, 2);
    world.see(2, 3);
    assert.deepEqual(directory.near, { peers: 2, ownWindows: 0 });
  });

  it('greets only whom it has not greeted yet when a list is looked at', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' }).set(2, { peerId: id(2), token: 'b' });
    world.see(1, 1);
    await directory.greetNew();
    world.see(2, 2);
    await directory.greetNew();
    assert.deepEqual(world.dialled, ['127.0.0.1:1', '127.0.0.1:2']);
  });

  it('finds a window again that has moved while it was known', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' }).set(2, { peerId: id(2), token: 'b' });
    world.see(1, 1, 3);
    world.see(2, 2);
    await directory.greetNew();
    world.windows.delete(1);
    world.windows.set(3, { peerId: id(1), token: 'a' });
    await directory.greetNew();
    assert.equal(world.dialled.length, 2, 'a list that is looked at greets nobody again');
    world.onForgotten = () => {
      world.seen = [];
      world.see(1, 3);
    };
    await directory.findAgain(id(1));
    assert.deepEqual(world.dialled.slice(2), ['127.0.0.1:1', '127.0.0.1:3']);
    assert.deepEqual(await directory.addressesOf(id(1)), [at(3)]);
  });

  it('greets an address once for all who ask at the same time', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' });
    world.see(1, 1);
    await Promise.all([directory.refresh(), directory.refresh(), directory.greetNew()]);
    assert.deepEqual(world.dialled, ['127.0.0.1:1']);
  });

  it('tries the other addresses of a window where the first does not answer, and has the dead ones forgotten', async () => {
    world.windows.set(3, { peerId: id(1), token: 'a' });
    world.see(1, 1, 2, 3);
    await directory.refresh();
    assert.deepEqual(world.forgotten, ['i1 1', 'i1 2']);
    assert.deepEqual(tokens(), ['a']);
  });

  it('has forgotten what names another key than the one that answers, and takes the peer for whom the key proves', async () => {
    world.windows.set(1, { peerId: id(2), token: 'a' });
    world.see(1, 1);
    await directory.refresh();
    assert.deepEqual(world.forgotten, ['i1 1']);
    assert.deepEqual(
      directory.peers.map((peer) => peer.id),
      [id(2)],
    );
  });

  it('drops a window that does not answer any more', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' });
    world.see(1, 1);
    await directory.refresh();
    assert.deepEqual(tokens(), ['a']);
    world.windows.clear();
    await directory.refresh();
    assert.deepEqual(directory.peers, []);
  });

  it('keeps one window of an address: the one that answered there last', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' });
    await directory.greet(at(1));
    world.windows.set(1, { peerId: id(1), token: 'b' });
    await directory.greet(at(1));
    assert.deepEqual(tokens(), ['b']);
    world.windows.set(1, { peerId: id(2), token: 'c' });
    await directory.greet(at(1));
    assert.deepEqual(
      directory.peers.map((peer) => peer.id),
      [id(2)],
    );
  });

  it('looks after a greeted window that is said to leave, and only after that', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' }).set(2, { peerId: id(2), token: 'b' });
    world.see(1, 1);
    await directory.refresh();
    world.see(2, 2);
    world.dialled.length = 0;
    world.seen = world.seen.map((sighting) => ({ ...sighting, leaving: true }));
    world.hintsChanged.fire();
    assert.deepEqual(world.dialled, ['127.0.0.1:1']);
    assert.deepEqual(tokens(), ['a']);
  });

  it('gives the addresses of the windows that answer, the one focused last in front, then those that once worked', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a', focusedMsAgo: 60_000 });
    world.windows.set(2, { peerId: id(1), token: 'b', focusedMsAgo: 5_000 });
    world.windows.set(3, { peerId: id(1), token: 'c', focusedMsAgo: 600_000 });
    for (const port of [1, 2, 3]) world.see(1, port);
    world.book = [{ ...blankEntry(id(1)), addresses: [at(9), at(3)] }];
    await directory.refresh();
    assert.deepEqual(await directory.addressesOf(id(1)), [2, 1, 3, 9].map(at));
    world.windows.set(1, { peerId: id(1), token: 'a', focusedMsAgo: 0 });
    assert.deepEqual(await directory.addressesOf(id(1)), [1, 2, 3, 9].map(at));
    world.windows.delete(1);
    assert.deepEqual(await directory.addressesOf(id(1)), [2, 3, 9].map(at));
    assert.deepEqual(await directory.addressesOf(id(2)), []);
  });

  it('does not ask the only window of a peer again, and gives what the book has where there is none', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' });
    world.book = [{ ...blankEntry(id(2)), addresses: [at(7)] }];
    await directory.greet(at(1));
    world.dialled.length = 0;
    assert.deepEqual(await directory.addressesOf(id(1)), [at(1)]);
    assert.deepEqual(await directory.addressesOf(id(2)), [at(7)]);
    assert.deepEqual(world.dialled, []);
  });

  it('fails a greeting as dialling fails', async () => {
    await assert.rejects(directory.greet(at(1)), { code: 'ERR_PEER_UNREACHABLE' });
    world.windows.set(1, { peerId: id(1), token: 'a' });
    await assert.rejects(directory.greet(at(1), { expect: id(2) }), { code: 'ERR_PEER_MISMATCH' });
    await assert.rejects(directory.greet(at(1), { signal: AbortSignal.abort() }), { code: 'ERR_CANCELLED' });
    assert.deepEqual(directory.peers, []);
  });

  it('closes the link of a window that was dialled and says nothing when the greeting is given up', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a', silent: true });
    const stop = new AbortController();
    const greeting = directory.greet(at(1), { signal: stop.signal });
    stop.abort();
    await assert.rejects(greeting, { code: 'ERR_CANCELLED' });
    assert.deepEqual([world.closed, directory.peers], [['127.0.0.1:1'], []]);
  });

  it('tells of changes', async () => {
    let changes = 0;
    directory.onDidChange(() => {
      changes += 1;
    });
    world.windows.set(1, { peerId: id(1), token: 'a' });
    await directory.greet(at(1));
    assert.equal(changes, 1);
    world.hintsChanged.fire();
    world.bookChanged.fire();
    assert.equal(changes, 3);
  });

  it('ends its greetings when it is closed, and knows nobody then', async () => {
    world.windows.set(1, { peerId: id(1), token: 'a' }).set(2, { peerId: id(2), token: 'b', silent: true });
    await directory.greet(at(1));
    const asked = new Promise<void>((resolve) => {
      world.onDialled = () => resolve();
    });
    const greeting = directory.greet(at(2));
    await asked;
    directory.close();
    await assert.rejects(greeting, { code: 'ERR_CANCELLED' });
    assert.deepEqual(directory.peers, []);
    await assert.rejects(directory.greet(at(1)), { code: 'ERR_CANCELLED' });
    world.hintsChanged.fire();
    assert.equal(world.dialled.length, 3);
  });
});

// Several windows of one person, found over real mDNS on loopback: they are one peer, and an item reaches the window focused last
// that answers.

import assert from 'node:assert/strict';

import type { Address } from '../../../src/core/peers/address.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { filesOf, type HeadlessOptions, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { eventually, removeTempFolders } from '../../support/temp.ts';

describe('Several windows of one person', () => {
  let person: Identity;
  let sender: HeadlessPeer;
  let windows: HeadlessPeer[];
  const agoMs = [60_000, 0, 600_000];

  const start = (options: HeadlessOptions): Promise<HeadlessPeer> => headlessPeer({ ...options });
  const open = (which: number): Promise<HeadlessPeer> =>
    start({ identity: person, name: `window ${which}`, answer: 'save', focusedMsAgo: () => agoMs[which] ?? 0 });
  const addressesOf = (): Promise<readonly Address[]> => sender.online.directory.addressesOf(person.peerId);
  const received = (): Promise<number[]> => Promise.all(windows.map(async (window) => (await filesOf(window)).length));
  const send = async (addresses: readonly Address[]): Promise<string> =>
    (await sender.send({ id: person.peerId, addresses }, [memoryItem('a', Buffer.from('a'))])).phase;

  before(async () => {
    person = await createIdentity();
    [sender, ...windows] = await Promise.all([start({ name: 'sender' }), open(0), open(1), open(2)]);
    for (const { online } of [sender, ...windows])
      await eventually(
        online.directory.onDidChange,
        () => (online.discovery.sightings().length >= 3 ? true : undefined),
        'each hears of the three others',
      );
  });
  after(async () => {
    await Promise.all([sender, ...windows].map((peer) => peer.stop()));
    await removeTempFolders();
  });

  it('are one peer, whose name is that of the window focused last', async () => {
    const { directory } = sender.online;
    assert.deepEqual(directory.near, { peers: 1, ownWindows: 0 });
    await directory.refresh();
    assert.deepEqual(
      directory.peers.map((peer) => [peer.id, peer.name, peer.trust, peer.windows.map(({ address }) => address)]),
      [[person.peerId, 'window 1', 'unknown', [1, 0, 2].map((which) => windows[which]!.address)]],
    );
  });

  it('are no peers of each other, but windows of their own person', async () => {
    for (const { online } of windows) {
      await online.directory.refresh();
      assert.deepEqual(
        online.directory.peers.filter((peer) => peer.id === person.peerId).map((peer) => [peer.trust, peer.windows.length]),
        [
          ['own', 1],
          ['own', 1],
        ],
      );
    }
  });

  it('are reached in the order in which they were focused, as it is now', async () => {
    assert.deepEqual(
      await addressesOf(),
      [1, 0, 2].map((which) => windows[which]!.address),
    );
    assert.equal(await send(await addressesOf()), 'delivered');
    assert.deepEqual(await received(), [0, 1, 0]);
    [agoMs[0], agoMs[1]] = [0, 60_000];
    assert.deepEqual(
      await addressesOf(),
      [0, 1, 2].map((which) => windows[which]!.address),
    );
    assert.equal(await send(await addressesOf()), 'delivered');
    assert.deepEqual(await received(), [1, 1, 0]);
  });

  it('stand in for the one that goes, whether the sender knows it yet or not', async () => {
    const before = await addressesOf();
    await windows[0]!.stop();
    assert.equal(await send(before), 'delivered');
    assert.deepEqual(await received(), [1, 2, 0]);
    assert.deepEqual(
      await addressesOf(),
      [1, 2].map((which) => windows[which]!.address),
    );
    assert.equal(await send(await addressesOf()), 'delivered');
    assert.deepEqual(await received(), [1, 3, 0]);
  });

  it('are gone for the sender without a look when the last ones say goodbye', async () => {
    const { directory } = sender.online;
    await Promise.all([windows[1]!.stop(), windows[2]!.stop()]);
    await eventually(
      directory.onDidChange,
      () => (directory.peers.length === 0 ? true : undefined),
      'the sender finds nobody any more',
    );
    const outcome = await sender.send({ id: person.peerId, addresses: await addressesOf() }, [memoryItem('a', Buffer.from('a'))]);
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_PEER_UNREACHABLE');
  });
});

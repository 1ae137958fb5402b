// Peers by what people call them.

import assert from 'node:assert/strict';

import { findPeers } from '../../../src/core/peers/findPeers.ts';
import { fingerprintOf, type PeerId } from '../../../src/core/peers/peerId.ts';
import { type Peer, peerKey } from '../../../src/core/peers/peers.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const peer = (id: PeerId, name: string, more: Partial<Peer> = {}): Peer => ({
  ...{ id, name, trust: 'paired', windows: [], lastUsed: 0 },
  ...more,
});

describe('Finding a peer', () => {
  const [ada, ben, other] = [peer(peerIdOfNobody(1), 'Ada'), peer(peerIdOfNobody(2), 'ben'), peer(peerIdOfNobody(3), 'ada')];
  const peers = [ada, ben, other];

  it('takes its key, its ID in any spelling, and its fingerprint', () => {
    for (const text of [
      peerKey(ben),
      ben.id.toLowerCase().replaceAll('-', ' '),
      fingerprintOf(ben.id).toLowerCase(),
      ` ${ben.id} `,
    ]) {
      assert.deepEqual(findPeers(peers, text), [ben], text);
    }
  });

  it('takes names whatever their case, and gives all that have it', () => {
    assert.deepEqual(findPeers(peers, 'BEN'), [ben]);
    assert.deepEqual(findPeers(peers, 'ada'), [ada, other]);
    assert.deepEqual(findPeers(peers, 'a'), []);
  });

  it('prefers a key to a name that says the same', () => {
    const liar = peer(peerIdOfNobody(4), ben.id);
    assert.deepEqual(findPeers([liar, ...peers], ben.id), [ben]);
  });

  it('finds nobody by a name of which nothing is seen', () => {
    assert.deepEqual(findPeers([peer(peerIdOfNobody(5), '\u200b')], '\u200b'), []);
    assert.deepEqual(findPeers(peers, ''), []);
  });
});

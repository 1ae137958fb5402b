// Links that are kept for the next use: when they are used again, when they are not, and whose they are.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

import type { Address } from '../../../src/core/peers/address.ts';
import { peerCall } from '../../../src/core/wire/calls.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { createDialler, type Dialler } from '../../../src/net/dialling/dialler.ts';
import { type Cut, type CuttingProxy, startCuttingProxy } from '../../support/cuttingProxy.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { removeTempFolders } from '../../support/temp.ts';

type Changing<T> = { -readonly [K in keyof T]: T[K] };

const forever = new AbortController().signal;

describe('The dialler', () => {
  let own: Identity;
  let peer: HeadlessPeer;
  let other: HeadlessPeer;
  let dialler: Dialler;
  let proxy: CuttingProxy;
  let target: Changing<Address>;
  let cut: Changing<Cut>;

  before(async () => {
    [own, peer, other] = await Promise.all([createIdentity(), headlessPeer({ name: 'peer' }), headlessPeer({ name: 'other' })]);
  });
  after(async () => {
    await Promise.all([peer.stop(), other.stop()]);
    await removeTempFolders();
  });
  beforeEach(async () => {
    dialler = createDialler(own);
    target = { ...peer.address };
    cut = { direction: 'up', afterBytes: Number.POSITIVE_INFINITY, by: 'reset' };
    proxy = await startCuttingProxy(target, cut);
  });
  afterEach(async () => {
    dialler.close();
    await proxy.close();
  });

  const nameAt = async (expect?: HeadlessPeer): Promise<string> => {
    const link = await dialler.dial(proxy.address, expect?.identity.peerId, forever);
    try {
      const { name } = await link.call(peerCall, forever);
      assert.equal(link.peerId, name === 'peer' ? peer.identity.peerId : other.identity.peerId);
      return name;
    } finally {
      link.close();
      link.close();
    }
  };

  it('uses a link again that was given back', async () => {
    for (let time = 0; time < 5; time += 1) assert.equal(await nameAt(peer), 'peer');
    assert.equal(proxy.connections, 1);
  });

  it('opens another link while one is in use', async () => {
    const first = await dialler.dial(proxy.address, undefined, forever);
    assert.equal(await nameAt(), 'peer');
    assert.equal(proxy.connections, 2);
    first.close();
  });

  it('uses no link of another key than the one that is expected', async () => {
    assert.equal(await nameAt(), 'peer');
    await assert.rejects(nameAt(other), { code: 'ERR_PEER_MISMATCH' });
    Object.assign(target, other.address);
    assert.equal(await nameAt(other), 'other');
    assert.equal(proxy.connections, 3);
  });

  it('dials again where the other side let go of a link that was kept', async () => {
    assert.equal(await nameAt(), 'peer');
    cut.afterBytes = proxy.passed.up;
    assert.equal(await nameAt(), 'peer');
    assert.deepEqual([proxy.wasCut, proxy.connections], [true, 2]);
  });

  it('takes nobody for the peer whose link was kept, who only answers at the same address', async () => {
    assert.equal(await nameAt(), 'peer');
    cut.afterBytes = proxy.passed.up;
    Object.assign(target, other.address);
    await assert.rejects(nameAt(peer), { code: 'ERR_PEER_MISMATCH' });
    assert.equal(await nameAt(), 'other');
    assert.equal(proxy.wasCut, true);
  });

  it('does not dial again for a new link that breaks', async () => {
    const link = await dialler.dial(proxy.address, undefined, forever);
    cut.afterBytes = proxy.passed.up;
    await assert.rejects(link.call(peerCall, forever), { code: 'ERR_CONNECTION_LOST' });
    link.close();
    assert.equal(proxy.connections, 1);
  });

  it('ends every link when it is closed, and opens none any more', async () => {
    assert.equal(await nameAt(), 'peer');
    const used = await dialler.dial(proxy.address, undefined, forever);
    dialler.close();
    await assert.rejects(used.call(peerCall, forever), { code: 'ERR_CONNECTION_LOST' });
    await assert.rejects(dialler.dial(proxy.address, undefined, forever), { code: 'ERR_CANCELLED' });
    used.close();
  });

  it('dials nobody any more from the moment on in which it is closed', async () => {
    const silent = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const dialling = dialler.dial({ host: '127.0.0.1', port }, undefined, forever);
    const [socket] = (await once(silent, 'connection')) as [Socket];
    dialler.close();
    await assert.rejects(dialling, { code: 'ERR_CANCELLED' });
    socket.destroy();
    silent.close();
  });

  it('says why a peer cannot be reached where nobody listens', async () => {
    await proxy.close();
    const detail = { address: `127.0.0.1:${proxy.address.port}`, reason: 'refused' };
    await assert.rejects(dialler.dial(proxy.address, undefined, forever), { code: 'ERR_PEER_UNREACHABLE', detail });
  });

  it('is cancelled while it dials', async () => {
    await assert.rejects(dialler.dial(proxy.address, undefined, AbortSignal.abort()), { code: 'ERR_CANCELLED' });
    const stop = new AbortController();
    const dialling = dialler.dial(proxy.address, undefined, stop.signal);
    stop.abort();
    await assert.rejects(dialling, { code: 'ERR_CANCELLED' });
  });

  it('says nothing to a peer that it does not admit, on a new link or on one that was kept', async () => {
    let isBlocked = false;
    dialler.close();
    dialler = createDialler(own, { admits: (id) => !isBlocked || id !== peer.identity.peerId });
    assert.equal(await nameAt(peer), 'peer');
    isBlocked = true;
    const before = proxy.passed.up;
    await assert.rejects(nameAt(peer), { code: 'ERR_PEER_REJECTED' });
    await assert.rejects(nameAt(), { code: 'ERR_PEER_REJECTED' });
    assert.ok(proxy.passed.up - before < 100, 'a kept link ends with an alert at most');
    Object.assign(target, other.address);
    assert.equal(await nameAt(other), 'other');
  });

  it('ends the links to a peer that is dropped, and no others', async () => {
    const [used, another] = await Promise.all([peer, other].map(({ address }) => dialler.dial(address, undefined, forever)));
    dialler.drop(peer.identity.peerId);
    await assert.rejects(used!.call(peerCall, forever), { code: 'ERR_CONNECTION_LOST' });
    assert.equal((await another!.call(peerCall, forever)).name, 'other');
    another!.close();
  });

  it('does not take its own window for a peer', async () => {
    const mirror = createDialler(peer.identity);
    await assert.rejects(mirror.dial(peer.address, undefined, forever), { code: 'ERR_PEER_MISMATCH' });
    mirror.close();
  });
});

// Peers that ask for what is shared as no honest one would: many bodies that nobody reads, and one request behind the other.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

import { limits } from '../../../src/core/base/limits.ts';
import { findShared } from '../../../src/core/sharing/getting/browse.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { ask, rawTls, requestText } from '../../support/rawTls.ts';
import { makePaired } from '../../support/sharingPeers.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const forever = new AbortController().signal;

describe('A shared file that many want', () => {
  let owner: HeadlessPeer;
  let getter: HeadlessPeer;
  let [large, small] = ['', ''];
  const sockets: TLSSocket[] = [];

  beforeEach(async () => {
    [owner, getter] = await Promise.all([headlessPeer(), headlessPeer()]);
    const root = await tempFolder();
    await writeFile(join(root, 'large.bin'), Buffer.alloc(64 * 2 ** 20, 1));
    await writeFile(join(root, 'small.txt'), 'small');
    await owner.shares.add({ name: 'Work', path: root, with: 'paired' });
    await makePaired(owner, getter);
    const link = await getter.online.dial(owner.address, owner.identity.peerId, forever);
    const pathOf = async (name: string): Promise<string> => `/v1/shared/${(await findShared(link, ['Work', name], forever)).id}`;
    [large, small] = [await pathOf('large.bin'), await pathOf('small.txt')];
    link.close();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all([owner.stop(), getter.stop()]);
  });
  after(removeTempFolders);

  const connect = (): TLSSocket => {
    const socket = rawTls(owner.online.port, getter.identity);
    sockets.push(socket);
    return socket;
  };
  const whenMoving = (count: number): Promise<true> => {
    const isSo = (): true | undefined =>
      owner.sharing.gets.filter(({ state }) => state === 'moving').length === count || undefined;
    return eventually(owner.sharing.onDidChange, isSo, `${count} bodies move`);
  };

  it('P12: is given to one peer so many times at once, whoever reads it, and again when these have ended', async () => {
    for (let n = 0; n < limits.sharedBodiesPerPeer; n += 1) connect().pause().write(requestText('GET', large));
    await whenMoving(limits.sharedBodiesPerPeer);
    const other = connect();
    for (let times = 0; times < 20; times += 1) assert.equal((await ask(other, requestText('GET', small))).status, 429);
    sockets[0]?.destroy();
    await whenMoving(limits.sharedBodiesPerPeer - 1);
    assert.equal((await ask(other, requestText('GET', small))).status, 200);
  });

  it('P12: is given once to whoever asks for it many times without reading, on one connection', async () => {
    const socket = connect();
    socket.pause().write(requestText('GET', large).repeat(200));
    const isOver = (): true | undefined => owner.sharing.gets.some(({ state }) => state === 'ended') || undefined;
    await eventually(owner.sharing.onDidChange, isOver, 'the connection is ended');
    assert.deepEqual(
      owner.sharing.gets.map(({ state }) => state),
      ['ended'],
    );
    assert.equal((await ask(connect(), requestText('GET', small))).status, 200);
  });
});

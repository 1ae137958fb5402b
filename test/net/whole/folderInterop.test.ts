// Folders between a real peer and one that was written from PROTOCOL.md alone, in Python, with the tar of its library.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import { sealAllOutgoing } from '../../../src/core/sealing/items.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { folderItem } from '../../../src/net/disk/tree/folderItem.ts';
import { startCuttingProxy } from '../../support/cuttingProxy.ts';
import { filesOf, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { findPython, type PythonPeer, startPythonPeer } from '../../support/pythonPeer.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { everything, makeExecutable, makeTree, treeAt } from '../../support/trees.ts';

const long = 'long-'.repeat(24);
const mebi = 1024 * 1024;

describe('Folders with a peer written from the page alone (skipped where its Python is missing)', function () {
  this.timeout(60_000);
  const open: { stop(): unknown }[] = [];
  let python = '';
  let source = '';
  let storage = '';
  before(function () {
    const found = findPython();
    if ('missing' in found) skip(this, found.missing);
    ({ python } = found);
  });
  beforeEach(async () => {
    storage = await tempFolder();
    source = join(await tempFolder(), 'project');
    await mkdir(source);
    await makeTree(source, {
      'src/a.bin': randomBytes(3_000_000),
      'src/grün/語/🚢.txt': 'ship',
      [`${long}/${long}/b.txt`]: 'deep',
      ...{ 'run.sh': '#!/bin/sh\n', none: '', empty: undefined },
    });
    await makeExecutable(join(source, 'run.sh'));
  });
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.stop();
    await removeTempFolders();
  });

  const start = async (): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ answer: 'save' });
    open.push(peer);
    return peer;
  };
  const run = (...command: readonly string[]): PythonPeer => {
    const peer = startPythonPeer(python, storage, ...command);
    open.push(peer);
    return peer;
  };
  /** As the peer tells it: digests in place of contents. */
  const told = async (): Promise<Readonly<Record<string, string | null>>> =>
    Object.fromEntries(
      Object.entries(await treeAt(source)).map(([path, content]) => [
        path,
        path.endsWith('/') ? null : createHash('sha256').update(Buffer.from(content, 'latin1')).digest('hex'),
      ]),
    );
  const assertArrived = async (peer: HeadlessPeer): Promise<void> => {
    assert.deepEqual(await filesOf(peer), ['project']);
    const { 'x run.sh': script = assert.fail(), ...others } = await treeAt(source);
    // Nobody has paired.
    assert.deepEqual(await treeAt(join(peer.folder, 'project')), { ...others, 'run.sh': script });
  };

  for (const sealed of ['', 'compact', 'records']) {
    it(`are sent ${sealed === '' ? 'in the clear' : `sealed as ${sealed}`}, without links`, async () => {
      const receiver = await start();
      const link = join(source, 'src/link');
      await symlink('a.bin', link);
      const to = [String(receiver.online.port), receiver.identity.peerId];
      assert.deepEqual(await run('send', ...to, source, sealed).told('ended'), { ended: 'delivered' });
      await rm(link);
      await assertArrived(receiver);
      const [entry] = receiver.inbox.entries;
      const [item] = entry?.items ?? [];
      assert.deepEqual([item?.kind, entry?.received[0]?.missing], [sealed === '' ? 'folder' : 'sealed', undefined]);
    });
  }

  it('are sent from where they were cut', async () => {
    const receiver = await start();
    const proxy = await startCuttingProxy(receiver.address, { direction: 'up', afterBytes: 1_500_000, by: 'farewell' });
    open.push({ stop: () => proxy.close() });
    const peer = run('send', String(proxy.address.port), receiver.identity.peerId, source);
    assert.ok(Number((await peer.told('resumed'))['resumed']) > 0);
    assert.deepEqual(await peer.told('ended'), { ended: 'delivered' });
    await assertArrived(receiver);
  });

  for (const [way, largest] of [
    ['in the clear', 0],
    ['sealed as compact', 0],
    ['sealed as records', 9 * mebi],
  ] as const) {
    it(`are received ${way}`, async () => {
      if (largest > 0) await makeTree(source, { 'large.bin': randomBytes(largest) });
      const sender = await start();
      const peer = run('receive', 'accept');
      const { port, id } = await peer.told('port');
      const [peerId, address] = [parsePeerId(String(id)), { host: '127.0.0.1', port: Number(port) }];
      const { item } = await folderItem(source, everything);
      let outgoing: OutgoingItem = { ...item, resumes: true };
      if (way !== 'in the clear') {
        const { sealKey } = await sender.online.directory.greet(address, { expect: peerId });
        const recipient = { kind: 'key', key: sealKey ?? assert.fail('there is no seal key') } as const;
        [outgoing = assert.fail()] = await sealAllOutgoing([item], recipient, new AbortController().signal);
      }
      assert.equal((await sender.send({ id: peerId, addresses: [address] }, [outgoing])).phase, 'delivered');
      assert.deepEqual(await peer.told('received'), { received: 'project', entries: await told() });
    });
  }
});

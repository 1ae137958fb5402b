// A receiver that may open no more files, as a process with many watchers and extensions comes to: what comes then fails in a way
// that its sender can name, nothing of it stays, and later ones arrive.

import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { removeLeftovers } from '../../../src/net/disk/leftovers.ts';
import { folderItem } from '../../../src/net/disk/tree/folderItem.ts';
import { type Child, killChildren, startPoorChild } from '../../support/childProcess.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { everything, makeTree } from '../../support/trees.ts';

const openFiles = 200;
const bytes = Buffer.alloc(3_000_000, 'ferry');

describe('A receiver that may open no more files', () => {
  let sender: HeadlessPeer;
  let child: Child;
  let folder = '';
  let to: Parameters<HeadlessPeer['send']>[0];
  before(async function () {
    if (process.platform === 'win32') skip(this, 'a system with ulimit');
    sender = await headlessPeer();
    const root = await tempFolder();
    folder = join(root, 'received');
    child = startPoorChild(openFiles, 'peerChild.ts', 'starve', root);
    const { port, id } = (await child.message()) as { port: number; id: string };
    to = { id: parsePeerId(id), addresses: [{ host: '127.0.0.1', port }] };
  });
  after(async () => {
    await killChildren();
    await sender.stop();
    await removeTempFolders();
  });

  const tell = async (what: 'starve' | 'feed'): Promise<void> => {
    child.send(what);
    const held = Number(await child.message());
    assert.ok(held > 0 && held < openFiles, `${held}`);
  };
  const arrives = async (item: OutgoingItem, name: string): Promise<void> => {
    assert.equal((await sender.send(to, [item])).phase, 'delivered');
    await rm(join(folder, name), { recursive: true });
  };

  it('is not reached, and is again once it may', async () => {
    const item = memoryItem('a.bin', bytes);
    await tell('starve');
    const outcome = await sender.send(to, [item]);
    assert.ok(outcome.phase === 'failed');
    assert.ok(['ERR_CONNECTION_LOST', 'ERR_PEER_UNREACHABLE', 'ERR_BUSY'].includes(outcome.error.code), outcome.error.code);
    await tell('feed');
    await arrives(item, 'a.bin');
  });

  it('says that it is busy where that happens in the middle of a folder, of which nothing stays but what the next start removes', async () => {
    const source = join(await tempFolder(), 'project');
    await mkdir(source);
    await makeTree(source, Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}.bin`, bytes.subarray(0, 10_000)])));
    const { item } = await folderItem(source, everything);
    let starving: Promise<void> | undefined;
    const late: OutgoingItem = {
      ...item,
      open: async function* (signal, from = 0) {
        for await (const chunk of item.open(signal, from)) {
          yield chunk;
          await (starving ??= tell('starve'));
        }
      },
    };
    const outcome = await sender.send(to, [late]);
    assert.ok(outcome.phase === 'failed', outcome.phase);
    assert.deepEqual([outcome.error.code, outcome.error.remote], ['ERR_BUSY', true]);
    await tell('feed');
    await arrives(item, 'project');
    assert.ok((await readdir(folder)).every((name) => name.startsWith('.ferry-')));
    await killChildren();
    await removeLeftovers(folder);
    assert.deepEqual(await readdir(folder), []);
  });
});

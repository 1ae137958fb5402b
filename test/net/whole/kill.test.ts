// Either side is killed, at any stage: no half file has a name, the other side ends, and the next start tidies up.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import type { TransferState } from '../../../src/core/sending/transfer.ts';
import { removeLeftovers } from '../../../src/net/disk/leftovers.ts';
import { createReceiveStore } from '../../../src/net/disk/receiveStore.ts';
import { type Child, killChildren, startChild } from '../../support/childProcess.ts';
import { endlessItem, filesOf, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

type Target = { readonly id: ReturnType<typeof parsePeerId>; readonly addresses: readonly { host: string; port: number }[] };

const bytes = randomBytes(6_000_000);
const digest = createHash('sha256').update(bytes).digest('hex');

describe('A peer that is killed', () => {
  let own: HeadlessPeer;
  let root = '';
  let folder = '';
  before(async () => {
    own = await headlessPeer({ answer: 'save' });
  });
  beforeEach(async () => {
    root = await tempFolder();
    folder = join(root, 'received');
  });
  afterEach(killChildren);
  after(async () => {
    await own.stop();
    await removeTempFolders();
  });

  const receiver = async (role: 'receive' | 'wait'): Promise<{ readonly child: Child; readonly target: Target }> => {
    const child = startChild('peerChild.ts', role, root);
    const { port, id } = (await child.message()) as { port: number; id: string };
    return { child, target: { id: parsePeerId(id), addresses: [{ host: '127.0.0.1', port }] } };
  };
  const isPart = (name: string): boolean => /^\.ferry-[0-9a-f-]+\.part$/.test(name);

  it('while it decides, is lost to the sender at once', async () => {
    const { child, target } = await receiver('wait');
    const sending = own.send(target, [memoryItem('a', Buffer.from('a'))]);
    assert.equal(await child.message(), 'waiting');
    await child.kill();
    const outcome = await sending;
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
    assert.deepEqual(await readdir(folder), []);
  });

  const stages: readonly (readonly [string, (state: TransferState) => boolean])[] = [
    ['before the first byte', ({ phase }) => phase === 'moving'],
    ['after the first bytes', (state) => state.phase === 'moving' && state.sent > 0],
    ['in the middle', (state) => state.phase === 'moving' && state.sent > bytes.length / 2],
    ['when the last byte is on its way', (state) => state.phase === 'moving' && state.sent === bytes.length],
    ['when all is there', ({ phase }) => phase === 'delivered'],
  ];
  for (const [name, isNow] of stages) {
    it(`while it receives, ${name}, leaves a whole file or none, and no rest after the next start`, async () => {
      const { child, target } = await receiver('receive');
      let killing: Promise<void> | undefined;
      const pieces = { ...memoryItem('a.bin', bytes), open: inPieces };
      const outcome = await own.send(target, [pieces], {
        onState: (state) => {
          if (isNow(state)) killing ??= child.kill();
        },
      });
      assert.ok(killing !== undefined);
      await killing;
      assert.ok(
        outcome.phase === 'delivered' || (outcome.phase === 'failed' && outcome.error.code === 'ERR_CONNECTION_LOST'),
        JSON.stringify(outcome),
      );
      const named = (await readdir(folder)).filter((file) => !isPart(file));
      assert.ok(named.length <= 1);
      for (const file of named)
        assert.equal(
          createHash('sha256')
            .update(await readFile(join(folder, file)))
            .digest('hex'),
          digest,
        );
      if (outcome.phase === 'delivered') assert.deepEqual(named, ['a.bin']);
      await removeLeftovers(folder);
      assert.deepEqual(await readdir(folder), named);
    });
  }

  it('while it receives without end, leaves a part file that goes at the next start, and only that', async () => {
    const { child, target } = await receiver('receive');
    let killing: Promise<void> | undefined;
    const outcome = await own.send(target, [endlessItem('a.bin', 2 ** 30)], {
      onState: (state) => {
        if (state.phase === 'moving' && state.sent > 20_000_000) killing ??= child.kill();
      },
    });
    await killing;
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
    const mine = await createReceiveStore({ folders: () => ({ folder, storage: folder }), keepFreeBytes: 0 }).create('folder', {
      name: 'mine',
      part: 'mine',
    });
    await mine.write(Buffer.from('mine'));
    const before = await readdir(folder);
    assert.ok(before.length === 2 && before.every(isPart), before.join());
    await removeLeftovers(folder);
    assert.deepEqual(
      await readdir(folder),
      before.filter((name) => name.includes(`-${process.pid}-`)),
    );
    await mine.finish();
    await mine.publish();
    await mine.discard();
    assert.deepEqual(await readdir(folder), ['mine']);
  });

  it('while it sends, leaves nothing at the receiver, which takes the next item', async () => {
    const { port } = own.online;
    const child = startChild('peerChild.ts', 'send', root, String(port), own.identity.peerId);
    assert.equal(await child.message(), 'moving');
    const moving = () => own.inbox.entries.find(({ state }) => state.phase === 'receiving' && state.received > 0);
    await eventually(own.inbox.onDidChange, moving, 'the first bytes are here');
    assert.ok((await readdir(own.folder)).some(isPart));
    await child.kill();
    // What has come waits for its sender, until the person has enough of that.
    const entry = await own.entry('paused');
    assert.equal((await filesOf(own)).filter(isPart).length, 1);
    own.inbox.cancel(entry.id);
    await own.inbox.idle();
    assert.deepEqual(await filesOf(own), []);
    const { target } = await receiver('receive');
    assert.equal((await own.send(target, [memoryItem('b', Buffer.from('b'))])).phase, 'delivered');
    assert.deepEqual(
      (await readdir(folder)).filter((name) => !isPart(name)),
      ['b'],
    );
  });
});

async function* inPieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

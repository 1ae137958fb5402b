// An offer that was accepted to a folder of the person's choice, with a receiver that is started again in the middle.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { transfer } from '../../../src/core/sending/transfer.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { hostTag } from '../../../src/net/disk/leftovers.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const bytes = randomBytes(8_000_000);

const item: OutgoingItem = {
  ...memoryItem('theirs.bin', bytes),
  open: async function* (_, from = 0) {
    for (let at = from; at < bytes.length; at += 100_000) yield bytes.subarray(at, Math.min(bytes.length, at + 100_000));
  },
};

/** The number of a process that has ended. */
async function goneProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? assert.fail('it never ran');
}

describe('What was accepted to a chosen folder', () => {
  let sender: HeadlessPeer;
  before(async () => {
    sender = await headlessPeer();
  });
  after(async () => {
    await sender.stop();
    await removeTempFolders();
  });

  it('goes on there after a restart, under the chosen name, and replaces nothing', async () => {
    const [storage, folder, chosen, identity] = [
      await tempFolder(),
      await tempFolder(),
      await tempFolder(),
      await createIdentity(),
    ];
    await writeFile(join(chosen, 'mine.bin'), 'mine');
    let receiver = await headlessPeer({ storage, folder, identity });
    const accepted = receiver
      .entry('waiting')
      .then(({ id }) => receiver.inbox.accept(id, 'save', { place: { folder: chosen, name: 'mine.bin' } }));
    let restarting: Promise<void> | undefined;
    const restart = async (): Promise<void> => {
      await receiver.stop();
      assert.ok((await readdir(chosen)).some((name) => /^\.ferry-.*\.part$/.test(name)));
      receiver = await headlessPeer({ storage, folder, identity });
    };
    const outcome = await transfer(
      {
        ...{ peerId: identity.peerId, senderName: 'Ada' },
        items: [item],
        addresses: async () => {
          await restarting;
          return [receiver.address];
        },
      },
      {
        ...{ dial: sender.online.dial, signal: new AbortController().signal, reconnect: () => pause(20, true) },
        onState: (state) => {
          if (state.phase === 'moving' && state.sent > bytes.length / 2) restarting ??= restart();
        },
      },
    );
    assert.equal(await accepted, true);
    assert.deepEqual([outcome.phase, restarting !== undefined], ['delivered', true]);
    await receiver.inbox.idle();
    assert.deepEqual((await readdir(chosen)).toSorted(), ['mine (1).bin', 'mine.bin']);
    assert.equal(await readFile(join(chosen, 'mine.bin'), 'utf8'), 'mine');
    assert.ok(bytes.equals(await readFile(join(chosen, 'mine (1).bin'))));
    assert.deepEqual(await readdir(folder), []);
    await receiver.stop();
  });

  it('leaves no part there of a process that is gone, once its entry is over', async () => {
    const [storage, chosen, identity] = [await tempFolder(), await tempFolder(), await createIdentity()];
    const first = await headlessPeer({ storage, identity });
    const sending = sender.send(first, [memoryItem('a.txt', Buffer.from('a'))]);
    const { id } = await first.entry('waiting');
    assert.equal(await first.inbox.accept(id, 'save', { place: { folder: chosen } }), true);
    assert.equal((await sending).phase, 'delivered');
    await first.stop();
    await writeFile(join(chosen, `.ferry-${hostTag}-${await goneProcess()}-${'0'.repeat(16)}.part`), 'left');
    const second = await headlessPeer({ storage, identity });
    await second.removeLeftovers();
    assert.deepEqual(await readdir(chosen), ['a.txt']);
    await second.stop();
  });

  it('is refused where others can write to the folder', async () => {
    const chosen = await tempFolder();
    await chmod(chosen, 0o777);
    const receiver = await headlessPeer();
    const sending = sender.send(receiver, [memoryItem('a.txt', Buffer.from('a'))]);
    const { id } = await receiver.entry('waiting');
    await assert.rejects(receiver.inbox.accept(id, 'save', { place: { folder: chosen } }), { code: 'ERR_FOLDER_UNUSABLE' });
    assert.equal((await sending).phase, 'failed');
    assert.deepEqual(await readdir(chosen), []);
    await receiver.stop();
  });
});

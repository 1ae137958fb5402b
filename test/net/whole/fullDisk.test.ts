// A real disk that is full in the middle of a transfer, though there was room for it when it was accepted.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { systemCodeOf } from '../../../src/core/base/errors.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import type { GetQuestion } from '../../../src/core/sharing/questions.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { folderItem } from '../../../src/net/disk/tree/folderItem.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { failureOf, gotten, makePaired } from '../../support/sharingPeers.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { everything, forever, makeTree } from '../../support/trees.ts';

const diskBytes = 8 * 2 ** 20;
const bytes = Buffer.alloc(6 * 2 ** 20, 'ferry');

describe('A disk that becomes full while it receives (needs root, mount, and tmpfs)', () => {
  let sender: HeadlessPeer;
  let receiver: HeadlessPeer;
  let folder = '';
  let isMounted = false;
  before(async function () {
    folder = await tempFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=0700`, 'ferry-test', folder], { stdio: 'pipe' });
      isMounted = true;
    } catch {
      skip(this, 'root, mount, and tmpfs');
    }
    sender = await headlessPeer();
    receiver = await headlessPeer({ folder, answer: 'save' });
  });
  after(async () => {
    if (isMounted) {
      await Promise.all([sender.stop(), receiver.stop()]);
      execFileSync('umount', [folder], { stdio: 'pipe' });
    }
    await removeTempFolders();
  });

  const filler = (): string => join(folder, 'filler');
  /** Writes until nothing goes any more. */
  const fill = async (): Promise<void> => {
    await writeFile(filler(), '');
    for (let size = 2 ** 20; size >= 1; ) {
      try {
        await writeFile(filler(), Buffer.alloc(size), { flag: 'a' });
      } catch (error) {
        assert.equal(systemCodeOf(error), 'ENOSPC');
        size /= 16;
      }
    }
  };
  /** What is sent, but for the last part of it the disk is full. */
  const late = (item: OutgoingItem): OutgoingItem => ({
    ...item,
    open: async function* (signal, from = 0) {
      let isFull = false;
      let sent = from;
      for await (const chunk of item.open(signal, from)) {
        for (let at = 0; at < chunk.length; at += 65_536) {
          if (sent > bytes.length / 2 && !isFull) {
            await fill();
            isFull = true;
          }
          const piece = chunk.subarray(at, at + 65_536);
          yield piece;
          sent += piece.length;
        }
      }
    },
  });
  const folderOf = async (): Promise<OutgoingItem> => {
    const source = join(await tempFolder(), 'project');
    await mkdir(source);
    await makeTree(source, Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}.bin`, bytes.subarray(0, 100_000)])));
    return (await folderItem(source, everything)).item;
  };

  for (const [what, make] of [
    ['a file', async () => memoryItem('a.bin', bytes)],
    ['a folder', folderOf],
  ] as const) {
    it(`ends ${what} with ERR_NO_SPACE on both sides, leaves nothing of it, and takes the next one`, async () => {
      const item = await make();
      const outcome = await sender.send(receiver, [late(item)]);
      assert.ok(outcome.phase === 'failed', outcome.phase);
      assert.deepEqual([outcome.error.code, outcome.error.remote], ['ERR_NO_SPACE', true]);
      const { state } = await receiver.entry('failed');
      assert.equal(state.phase === 'failed' && state.error.code, 'ERR_NO_SPACE');
      await receiver.inbox.idle();
      assert.deepEqual(await readdir(folder), ['filler']);
      await rm(filler());
      assert.equal((await sender.send(receiver, [item])).phase, 'delivered');
      await receiver.inbox.idle();
      const [name, ...others] = await readdir(folder);
      assert.deepEqual([name, others], [what === 'a file' ? 'a.bin' : 'project', []]);
      await rm(join(folder, name ?? ''), { recursive: true });
      for (const { id } of receiver.inbox.entries) receiver.inbox.remove(id);
      await receiver.inbox.idle();
    });
  }

  for (const name of ['a.bin', 'inner']) {
    it(`ends the get of a shared ${name === 'inner' ? 'folder' : 'file'} with ERR_NO_SPACE, leaves nothing of it, and gets the next one`, async () => {
      const owner = await headlessPeer({ asksBeforeGets: () => true });
      await makePaired(owner, receiver);
      const root = await tempFolder();
      await makeTree(root, { 'a.bin': bytes, 'inner/b.bin': bytes.subarray(1), 'inner/c.bin': 'c' });
      await owner.shares.add({ name: 'Work', path: root, with: 'paired' });
      let isToFill = true;
      const question = async ({ answer }: GetQuestion): Promise<void> => {
        if (isToFill) await fill();
        // The disk is full after so much of it.
        if (isToFill) await truncate(filler(), (await stat(filler())).size - 2 ** 20);
        answer(true);
      };
      owner.sharing.questions.onDidAsk((asked) => void question(asked));
      const get = async (): Promise<InboxEntry> => {
        const from = { id: owner.identity.peerId, name: '' };
        return gotten(receiver, await receiver.fetcher.get(from, [{ path: ['Work', name] }], { action: 'save' }, forever));
      };
      assert.equal(failureOf(await get()), 'ERR_NO_SPACE');
      await receiver.inbox.idle();
      assert.deepEqual(await readdir(folder), ['filler']);
      await rm(filler());
      isToFill = false;
      assert.equal((await get()).state.phase, 'received');
      await receiver.inbox.idle();
      assert.deepEqual(await readdir(folder), [name]);
      await rm(join(folder, name), { recursive: true });
      await owner.stop();
    });
  }
});

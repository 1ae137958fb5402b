// A folder whose receiver is killed in the middle: it goes on within the large file that was coming, is there once and whole, and
// hardly a byte of it is sent twice.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { limits } from '../../../src/core/base/limits.ts';
import { type TransferOutcome, transfer } from '../../../src/core/sending/transfer.ts';
import type { ItemSource, OutgoingItem } from '../../../src/core/wire/item.ts';
import { folderItem } from '../../../src/net/disk/tree/folderItem.ts';
import { killChildren } from '../../support/childProcess.ts';
import { type Chooser, startChooser } from '../../support/chooser.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { everything } from '../../support/trees.ts';

const mebi = 2 ** 20;

describe('A folder whose receiver is killed', () => {
  let sender: HeadlessPeer;
  let receiver: Chooser;
  let [root, source] = ['', ''];
  before(async () => {
    sender = await headlessPeer();
  });
  beforeEach(async () => {
    [root, source] = [await tempFolder(), join(await tempFolder(), 'project')];
    await mkdir(join(source, 'small'), { recursive: true });
    for (let n = 0; n < 400; n += 1) await writeFile(join(source, 'small', `${n}.ts`), randomBytes(4_000));
    for (const name of ['a.bin', 'b.bin']) await writeFile(join(source, name), randomBytes(9 * mebi));
    receiver = await startChooser(root);
  });
  afterEach(killChildren);
  after(async () => {
    await sender.stop();
    await removeTempFolders();
  });

  /** Sends the folder, kills the receiver once so many bytes have left; gives where each stream began and the bytes that left. */
  const sendAndKill = async (
    killAt: number,
    { item, meanwhile }: { readonly item: ItemSource; readonly meanwhile?: () => Promise<void> },
  ): Promise<{ readonly outcome: TransferOutcome; readonly begun: readonly number[]; readonly left: number }> => {
    const begun: number[] = [];
    let left = 0;
    const watched: OutgoingItem = {
      ...{ ...item, resumes: true },
      open: async function* (signal, from = 0) {
        begun.push(from);
        for await (const chunk of item.open(signal, from)) {
          yield chunk;
          left += chunk.length;
        }
      },
    };
    let restarted: Promise<void> | undefined;
    const outcome = await transfer(
      {
        ...{ peerId: receiver.id, senderName: 'Ada', items: [watched] },
        addresses: async () => {
          await restarted;
          return receiver.addresses();
        },
      },
      {
        ...{ dial: sender.online.dial, signal: new AbortController().signal, reconnect: () => pause(20, true) },
        onState: (state) => {
          if (state.phase === 'moving' && state.sent >= killAt) restarted ??= receiver.restart().then(meanwhile);
        },
      },
    );
    return { outcome, begun, left };
  };
  const received = async (): Promise<string> => {
    assert.deepEqual(await receiver.ask('accept'), ['project received']);
    const folder = join(root, 'received');
    const names = await readdir(folder);
    assert.deepEqual(
      names.filter((name) => !name.startsWith('.ferry-')),
      ['project'],
    );
    return join(folder, 'project');
  };

  for (const [where, killAt] of [
    ['between small files', mebi],
    ['within a large file', 5 * mebi],
    ['within another behind it', 15 * mebi],
  ] as const) {
    it(`goes on where that was, ${where}`, async () => {
      const { item } = await folderItem(source, everything);
      const { outcome, begun, left } = await sendAndKill(killAt, { item });
      assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
      execFileSync('diff', ['-r', source, await received()]);
      assert.equal(begun.length, 2, begun.join());
      assert.ok(left - item.offered.size <= limits.aheadLeastBytes, `${left - item.offered.size} bytes left twice`);
      const wasKept = begun[1] ?? 0;
      assert.ok(wasKept >= killAt - limits.aheadLeastBytes, `${wasKept}`);
    });
  }

  for (const [what, change, comes] of [
    ['was written anew', (path: string): Promise<void> => writeFile(path, randomBytes(9 * mebi)), false],
    ['vanished', (path: string): Promise<void> => rm(path), false],
    ['was written anew and longer', (path: string): Promise<void> => writeFile(path, randomBytes(9 * mebi + 7)), true],
    ['grew', (path: string): Promise<void> => appendFile(path, 'more'), true],
  ] as const) {
    it(`has no file of two versions where the one that was coming ${what} meanwhile`, async () => {
      const { item } = await folderItem(source, everything);
      const path = join(source, 'a.bin');
      const { outcome, begun } = await sendAndKill(5 * mebi, { item, meanwhile: () => change(path) });
      assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
      assert.equal(begun.at(-1), 0, begun.join());
      const folder = await received();
      assert.equal(item.leftOutLate?.(), comes ? 0 : 1);
      assert.deepEqual((await readdir(folder)).toSorted(), comes ? ['a.bin', 'b.bin', 'small'] : ['b.bin', 'small']);
      if (comes) assert.ok((await readFile(path)).subarray(0, 9 * mebi).equals(await readFile(join(folder, 'a.bin'))));
      execFileSync('diff', [join(source, 'b.bin'), join(folder, 'b.bin')]);
    });
  }
});

// Two windows of one person share what outlives them: what one has received stands in the other's list, what one removes goes
// from both, and what one had begun the other goes on with.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { transfer } from '../../../src/core/sending/transfer.ts';
import { createIdentity, type Identity } from '../../../src/net/connection/identity.ts';
import { filesOf, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const bytes = randomBytes(8_000_000);
const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('Two windows of one person', () => {
  let sender: HeadlessPeer;
  let person: Identity;
  let windows: HeadlessPeer[] = [];
  before(async () => {
    sender = await headlessPeer();
    person = await createIdentity();
  });
  beforeEach(async () => {
    const [storage, folder] = [await tempFolder(), await tempFolder()];
    windows = [];
    for (let n = 0; n < 2; n += 1) windows.push(await headlessPeer({ storage, folder, identity: person, answer: 'save' }));
  });
  afterEach(() => Promise.all(windows.map((window) => window.stop())));
  after(async () => {
    await sender.stop();
    await removeTempFolders();
  });
  const phases = ({ inbox }: HeadlessPeer): string[] => inbox.entries.map(({ state }) => state.phase);

  it('show what either has received, and lose together what either removes', async () => {
    const [first, second] = windows as [HeadlessPeer, HeadlessPeer];
    assert.equal((await sender.send(first, [memoryItem('a.bin', bytes)])).phase, 'delivered');
    await eventually(second.inbox.onDidChange, () => phases(second).includes('received') || undefined, 'it is shown in both');
    const entry = second.inbox.entries[0];
    assert.ok(entry !== undefined);
    assert.deepEqual(
      entry.received.map(({ path }) => path),
      [join(first.folder, 'a.bin')],
    );
    second.inbox.remove(entry.id);
    await eventually(first.inbox.onDidChange, () => phases(first).length === 0 || undefined, 'it is gone from both');
    assert.deepEqual(await filesOf(first), ['a.bin']);
  });

  it('go on for each other: a transfer into a window that closes ends in the other one', async () => {
    const [first, second] = windows as [HeadlessPeer, HeadlessPeer];
    let closing: Promise<void> | undefined;
    const item = { ...memoryItem('a.bin', bytes), open: (_: AbortSignal, from = 0) => inPieces(from) };
    const outcome = await transfer(
      {
        ...{ peerId: person.peerId, senderName: 'Ada', items: [item] },
        addresses: () => Promise.resolve(closing === undefined ? [first.address] : [first.address, second.address]),
      },
      {
        ...{ dial: sender.online.dial, signal: new AbortController().signal, reconnect: () => pause(50, true) },
        onState: (state) => {
          if (state.phase === 'moving' && state.sent > bytes.length / 2) closing ??= first.stop();
        },
      },
    );
    await closing;
    assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
    assert.deepEqual([phases(second), await filesOf(second)], [['received'], ['a.bin']]);
    assert.equal(digestOf(await readFile(join(second.folder, 'a.bin'))), digestOf(bytes));
  });
});

async function* inPieces(from: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < bytes.length; at += 50_000) yield bytes.subarray(at, Math.min(bytes.length, at + 50_000));
}

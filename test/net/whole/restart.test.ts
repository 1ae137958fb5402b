// The receiving side stops in the middle, politely or by `kill -9`, and is started again: what was accepted goes on where it
// stopped, in the process that comes after, and is there once.

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Address } from '../../../src/core/peers/address.ts';
import type { PeerId } from '../../../src/core/peers/peerId.ts';
import { type TransferOutcome, type TransferState, transfer } from '../../../src/core/sending/transfer.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { killChildren } from '../../support/childProcess.ts';
import { startChooser } from '../../support/chooser.ts';
import { endlessItem, filesOf, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { times } from '../../support/longRuns.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const size = 24_000_000;
const bytes = randomBytes(size);
const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('A receiver that stops in the middle and is started again', () => {
  let sender: HeadlessPeer;
  before(async () => {
    sender = await headlessPeer();
  });
  afterEach(killChildren);
  after(async () => {
    await sender.stop();
    await removeTempFolders();
  });

  const item: OutgoingItem = {
    offered: { kind: 'file', name: 'a.bin', size, mediaType: 'application/octet-stream' },
    resumes: true,
    open: async function* (_, from = 0) {
      for (let at = from; at < size; at += 100_000) yield bytes.subarray(at, Math.min(size, at + 100_000));
    },
  };
  const waits = memoryItem('waits.bin', Buffer.from('waits'));
  const sendTo = (
    peerId: PeerId,
    addresses: () => Promise<readonly Address[]>,
    onState: (state: TransferState) => void,
    what = item,
  ): Promise<TransferOutcome> =>
    transfer(
      { peerId, addresses, senderName: 'Ada', items: [what] },
      { dial: sender.online.dial, signal: new AbortController().signal, onState, reconnect: () => pause(20, true) },
    );

  it('goes on with what was accepted, and shows it once', async () => {
    const [storage, folder, identity] = [await tempFolder(), await tempFolder(), await createIdentity()];
    let receiver = await headlessPeer({ storage, folder, identity, answer: 'save' });
    let restarting: Promise<void> | undefined;
    const restart = async (): Promise<void> => {
      await receiver.stop();
      const [left, ...more] = await readdir(folder);
      assert.ok(left !== undefined && /^\.ferry-.*\.part$/.test(left) && more.length === 0);
      receiver = await headlessPeer({ storage, folder, identity });
      assert.deepEqual(
        receiver.inbox.entries.map(({ state }) => state.phase),
        ['paused'],
      );
    };
    const outcome = await sendTo(
      identity.peerId,
      async () => {
        await restarting;
        return [receiver.address];
      },
      (state) => {
        if (state.phase === 'moving' && state.sent > size / 2) restarting ??= restart();
      },
    );
    assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
    assert.ok(restarting !== undefined);
    await receiver.inbox.idle();
    assert.deepEqual(await readdir(folder), ['a.bin']);
    assert.equal(digestOf(await readFile(join(folder, 'a.bin'))), digestOf(bytes));
    const [entry, ...others] = receiver.inbox.entries;
    assert.deepEqual([entry?.state.phase, others], ['received', []]);
    assert.equal(
      entry?.received[0]?.sha256 === undefined ? '' : Buffer.from(entry.received[0].sha256).toString('hex'),
      digestOf(bytes),
    );
    await receiver.stop();
    const later = await headlessPeer({ storage, folder, identity });
    assert.deepEqual(
      later.inbox.entries.map(({ state, received }) => [state.phase, received[0]?.path]),
      [['received', join(folder, 'a.bin')]],
    );
    for (const { id } of later.inbox.entries) later.inbox.remove(id);
    await later.stop();
    const last = await headlessPeer({ storage, folder, identity });
    assert.deepEqual(last.inbox.entries, []);
    await last.stop();
  });

  it('goes on after kill -9 at any moment: what came is there once and whole, what waits waits, what was removed stays away', async () => {
    const root = await tempFolder();
    const folder = join(root, 'received');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const receiver = await startChooser(root);
    for (let time = 0; time < times(200, process.env, { byDefault: 12 }); time += 1) {
      const { addresses } = receiver;
      const waiting = Promise.withResolvers<undefined>();
      const second = sendTo(receiver.id, addresses, ({ phase }) => phase === 'waiting' && waiting.resolve(undefined), waits);
      await waiting.promise;
      // Below 0 it is killed before the first byte, and above the size when all is there.
      const killAt = randomInt(-2_000_000, size + 2_000_000);
      let restarted: Promise<void> | undefined;
      const outcome = await sendTo(receiver.id, addresses, (state) => {
        const sent = state.phase === 'delivered' ? Number.POSITIVE_INFINITY : state.phase === 'moving' ? state.sent : -1;
        if (sent >= killAt) restarted ??= receiver.restart();
      });
      await restarted;
      assert.equal(outcome.phase, 'delivered', JSON.stringify([killAt, outcome]));
      assert.deepEqual(await receiver.ask('list'), ['a.bin received', 'waits.bin waiting'], `killed at ${killAt}`);
      assert.deepEqual(await receiver.ask('accept'), ['a.bin received', 'waits.bin received']);
      assert.equal((await second).phase, 'delivered');
      const names = (await readdir(folder)).filter((name) => !name.startsWith('.ferry-'));
      assert.deepEqual(names.toSorted(), ['a.bin', 'waits.bin'], `killed at ${killAt}`);
      assert.equal(digestOf(await readFile(join(folder, 'a.bin'))), digestOf(bytes));
      assert.deepEqual(await receiver.ask('remove'), []);
      for (const name of names) await rm(join(folder, name));
    }
  }).timeout(20 * 60_000);

  it('starts also where its folder cannot be used any more, and goes on once it can', async () => {
    const [storage, folder, identity] = [await tempFolder(), await tempFolder(), await createIdentity()];
    let receiver = await headlessPeer({ storage, folder, identity, answer: 'save' });
    const to = { id: identity.peerId, addresses: [receiver.address] };
    let stopping: Promise<void> | undefined;
    const onState = (state: TransferState): void => {
      if (state.phase === 'moving' && state.sent > size / 2) stopping ??= receiver.stop();
    };
    await sender.send(to, [item], { onState });
    await stopping;
    await chmod(folder, 0o777);
    receiver = await headlessPeer({ storage, folder, identity });
    assert.deepEqual(
      receiver.inbox.entries.map(({ state }) => state.phase),
      ['paused'],
    );
    const { offerId = '' } = receiver.inbox.entries[0] ?? {};
    const progress = () => receiver.inbox.progressOf(sender.identity.peerId, offerId, 0);
    await assert.rejects(progress(), { code: 'ERR_FOLDER_UNUSABLE' });
    await chmod(folder, 0o700);
    assert.ok((await progress()).offset > 0);
    await receiver.stop();
  });

  it('loses the receiver where that goes offline, and leaves nothing there but what it can go on with', async () => {
    const receiver = await headlessPeer({ answer: 'save' });
    let stopping: Promise<void> | undefined;
    const outcome = await sender.send(receiver, [endlessItem('a', 1 << 30)], {
      onState: (state) => {
        if (state.phase === 'moving' && state.sent > 1 << 20) stopping ??= receiver.online.stop();
      },
    });
    assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_CONNECTION_LOST');
    await stopping;
    await receiver.inbox.idle();
    const [entry] = receiver.inbox.entries;
    assert.equal(entry?.state.phase, 'paused');
    assert.equal((await filesOf(receiver)).length, 1);
    receiver.inbox.cancel(entry.id);
    await receiver.inbox.idle();
    assert.deepEqual(await filesOf(receiver), []);
    await receiver.stop();
  });
});

// The connection is cut after any number of bytes, in either direction, in either way: nobody is told "delivered" of a file that
// is not there, nothing but whole files is there, both sides end, and the next transfer works.

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { isFerryError } from '../../../src/core/base/errors.ts';
import { type Cut, startCuttingProxy } from '../../support/cuttingProxy.ts';
import { filesOf, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { eventually, removeTempFolders } from '../../support/temp.ts';

const bytes = randomBytes(300_000);
const digest = createHash('sha256').update(bytes).digest('hex');
const cutsEach = 20;

describe('A transfer whose connection is cut', () => {
  let sender: HeadlessPeer;
  let receiver: HeadlessPeer;
  /** What a whole exchange takes, each way. */
  let whole: { readonly up: number; readonly down: number };
  const ends: Record<string, number> = {};

  before(async () => {
    sender = await headlessPeer();
    receiver = await headlessPeer({ answer: 'save' });
    const proxy = await startCuttingProxy(receiver.address);
    const outcome = await sender.send({ id: receiver.identity.peerId, addresses: [proxy.address] }, [memoryItem('a.bin', bytes)]);
    assert.equal(outcome.phase, 'delivered');
    assert.deepEqual(await settled(), ['a.bin']);
    whole = { ...proxy.passed };
    await proxy.close();
    assert.ok(whole.up > bytes.length && whole.down > 500);
  });
  after(async () => {
    await Promise.all([sender.stop(), receiver.stop()]);
    await removeTempFolders();
    console.log(`      ends: ${JSON.stringify(ends)}`);
  });

  /** Waits until nothing runs at the receiver, checks what is on its disk, and clears it; gives the names. */
  const settled = async (): Promise<readonly string[]> => {
    const over = (): true | undefined =>
      receiver.inbox.entries.some(({ state }) => state.phase === 'waiting' || state.phase === 'receiving') ? undefined : true;
    await eventually(receiver.inbox.onDidChange, over, 'the receiver ends what it had begun');
    // What has come would be gone on with by a sender who comes back; this one does not.
    for (const { id } of receiver.inbox.entries) receiver.inbox.cancel(id);
    await receiver.inbox.idle();
    const names = await filesOf(receiver);
    for (const name of names) {
      assert.equal(
        createHash('sha256')
          .update(await readFile(join(receiver.folder, name)))
          .digest('hex'),
        digest,
        name,
      );
      await rm(join(receiver.folder, name));
    }
    for (const entry of receiver.inbox.entries) receiver.inbox.remove(entry.id);
    return names;
  };

  /** `warm`: the connection was used before and is used again. */
  const send = async (cut: Cut, warm = false): Promise<void> => {
    const proxy = await startCuttingProxy(receiver.address, cut);
    try {
      if (warm) await sender.online.directory.greet(proxy.address).catch(() => undefined);
      const outcome = await sender.send({ id: receiver.identity.peerId, addresses: [proxy.address] }, [
        memoryItem('a.bin', bytes),
      ]);
      const names = await settled();
      const end = outcome.phase === 'failed' ? outcome.error.code : outcome.phase;
      ends[end] = (ends[end] ?? 0) + 1;
      const told = `${JSON.stringify(cut)} of ${JSON.stringify(whole)} ended as ${end} with ${names.join()}`;
      assert.ok(names.length <= 1 && names.every((name) => name === 'a.bin'), told);
      if (outcome.phase === 'delivered') assert.deepEqual(names, ['a.bin'], told);
      else
        assert.ok(
          outcome.phase === 'failed' &&
            isFerryError(outcome.error) &&
            ['ERR_CONNECTION_LOST', 'ERR_PEER_UNREACHABLE'].includes(end),
          told,
        );
      if (!proxy.wasCut) assert.equal(outcome.phase, 'delivered', told);
    } finally {
      await proxy.close();
    }
  };

  for (const direction of ['up', 'down'] as const) {
    it(`of a connection that was used before, ${direction === 'up' ? 'on the way to the receiver' : 'on the way back'}`, async () => {
      const points = Array.from({ length: cutsEach }, () => randomInt(3_000));
      for (const afterBytes of points) await send({ direction, afterBytes, by: 'reset' }, true);
    });
  }

  for (const by of ['reset', 'farewell'] as const) {
    for (const direction of ['up', 'down'] as const) {
      it(`by a ${by}, ${direction === 'up' ? 'on the way to the receiver' : 'on the way back'}`, async () => {
        const total = whole[direction];
        // Handshake and offer are few bytes but many states: half of the cuts fall there.
        const early = Math.min(total, 4_000);
        const points = Array.from({ length: cutsEach }, (_, number) => (number % 2 === 0 ? randomInt(early) : randomInt(total)));
        for (const afterBytes of [0, ...points, total - 1]) await send({ direction, afterBytes, by });
        assert.equal((await sender.send(receiver, [memoryItem('a.bin', bytes)])).phase, 'delivered');
        assert.deepEqual(await settled(), ['a.bin']);
      });
    }
  }
});

// A transfer whose connection is cut, and whose sender comes back: it goes on where it stopped, is delivered once, and sends
// hardly a byte twice. The cuts are random.

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { sealAllOutgoing } from '../../../src/core/sealing/items.ts';
import type { ItemSource, OutgoingItem } from '../../../src/core/wire/item.ts';
import { type Cut, startCuttingProxy } from '../../support/cuttingProxy.ts';
import { filesOf, type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { times } from '../../support/longRuns.ts';
import { removeTempFolders } from '../../support/temp.ts';

const size = 12_000_000;
const bytes = randomBytes(size);
const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('A transfer that is cut and goes on', () => {
  let sender: HeadlessPeer;
  let receiver: HeadlessPeer;
  before(async () => {
    sender = await headlessPeer();
    receiver = await headlessPeer({ answer: 'save' });
  });
  after(async () => {
    await Promise.all([sender.stop(), receiver.stop()]);
    await removeTempFolders();
  });

  /** Sends through a proxy that cuts the first connection; gives what was sent beyond the size of the item. */
  const sendThrough = async (cut: Cut, item: OutgoingItem): Promise<number> => {
    const proxy = await startCuttingProxy(receiver.address, cut);
    let read = 0;
    const counted: OutgoingItem = {
      ...item,
      open: (signal, from) => counting(item.open(signal, from), (count) => (read += count)),
    };
    try {
      const outcome = await sender.send({ id: receiver.identity.peerId, addresses: [proxy.address] }, [counted], {
        reconnect: () => Promise.resolve(true),
      });
      assert.equal(outcome.phase, 'delivered', JSON.stringify([cut, outcome]));
      assert.ok(proxy.connections <= 2);
    } finally {
      await proxy.close();
    }
    await receiver.inbox.idle();
    const [name, ...more] = await filesOf(receiver);
    assert.deepEqual([name, more], ['a.bin', []]);
    const path = join(receiver.folder, 'a.bin');
    assert.equal(digestOf(await readFile(path)), digestOf(bytes));
    await rm(path);
    const entries = receiver.inbox.entries.map(({ state }) => state.phase);
    assert.deepEqual(entries, ['received']);
    for (const { id } of receiver.inbox.entries) receiver.inbox.remove(id);
    return read;
  };

  const source: ItemSource = {
    offered: { kind: 'file', name: 'a.bin', size, mediaType: 'application/octet-stream' },
    open: (_, from = 0) => inPieces(from),
  };

  for (const by of ['reset', 'farewell'] as const) {
    for (const direction of ['up', 'down'] as const) {
      it(`by a ${by}, ${direction === 'up' ? 'on the way to the receiver' : 'on the way back'}`, async () => {
        for (let time = 0; time < times(1000) / 4; time += 1) {
          const afterBytes = randomInt(direction === 'up' ? size : 3_000);
          await sendThrough({ direction, afterBytes, by }, { ...source, resumes: true });
        }
      });
    }
  }

  it('with the seal that it began with, where it is sealed', async () => {
    const { kty, crv, x, y } = receiver.identity.sealKey;
    const [sealed] = await sealAllOutgoing([source], { kind: 'key', key: { kty, crv, x, y } }, new AbortController().signal);
    assert.ok(sealed !== undefined && sealed.offered.kind === 'sealed' && sealed.offered.form === 'records');
    await sendThrough({ direction: 'up', afterBytes: randomInt(size), by: 'reset' }, sealed);
  });

  it('as a whole where its bytes cannot be had from the middle', async () => {
    await sendThrough({ direction: 'up', afterBytes: size / 2, by: 'reset' }, { ...memoryItem('a.bin', bytes), resumes: false });
  });
});

async function* inPieces(from: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < size; at += 100_000) yield bytes.subarray(at, Math.min(size, at + 100_000));
}

async function* counting(content: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    count(chunk.length);
    yield chunk;
  }
}

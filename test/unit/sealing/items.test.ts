// Items that leave sealed: offered with the size that they will have, and sealed no sooner than they go.

import assert from 'node:assert/strict';

import { streamOf } from '../../../src/core/base/bytes.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { sealAllOutgoing } from '../../../src/core/sealing/items.ts';
import type { Recipient } from '../../../src/core/sealing/jwe/compactJwe.ts';
import type { ItemSource } from '../../../src/core/wire/item.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';

const signal = new AbortController().signal;

function sourceOf(size: number, onOpen: () => void = () => undefined): ItemSource {
  return {
    offered: { kind: 'file', name: `${'ä'.repeat(size % 50)}.bin`, size, mediaType: 'application/octet-stream' },
    open: () => {
      onOpen();
      return streamOf(new Uint8Array(size));
    },
  };
}

async function lengthOf(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of bytes) length += chunk.length;
  return length;
}

describe('Items that leave sealed', () => {
  const recipients: readonly (readonly [string, () => Promise<Recipient>])[] = [
    ['a key', async () => ({ kind: 'key', key: (await createIdentity()).sealKey })],
    ['generated words', () => Promise.resolve({ kind: 'passphrase', passphrase: 'a b c d e f', generated: true })],
  ];
  for (const [what, make] of recipients) {
    it(`have the size for ${what} that was said before they were sealed`, async () => {
      const sizes = [0, 1, 2, 3, 4, 5, 47, 48, 49, 1_000, 65_537, limits.compactSealBytes, limits.compactSealBytes + 1];
      const sealed = await sealAllOutgoing(
        sizes.map((size) => sourceOf(size)),
        await make(),
        signal,
      );
      for (const { offered, open } of sealed) assert.equal(await lengthOf(open(signal)), offered.size);
    });
  }

  it('are read one after the other, when they go', async () => {
    let opened = 0;
    const [, make] = recipients[0]!;
    const sources = Array.from({ length: 20 }, () => sourceOf(1_000, () => (opened += 1)));
    const sealed = await sealAllOutgoing(sources, await make(), signal);
    assert.equal(opened, 0);
    for (const [number, { open }] of sealed.entries()) {
      await lengthOf(open(signal));
      assert.equal(opened, number + 1);
    }
  });

  it('fail where what is read has another size than was said', async () => {
    const [, make] = recipients[0]!;
    const source = { ...sourceOf(10), open: () => streamOf(new Uint8Array(11)) };
    const [sealed] = await sealAllOutgoing([source], await make(), signal);
    await assert.rejects(lengthOf(sealed!.open(signal)), { code: 'ERR_SOURCE_CHANGED' });
  });
});

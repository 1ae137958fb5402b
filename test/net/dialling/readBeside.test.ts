// What is read beside the network, for the digest of an item of which another process has sent a part: as long as it is needed.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { ItemHash } from '../../../src/core/sending/itemHash.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { createDialler } from '../../../src/net/dialling/dialler.ts';
import { headEnd, startHandListener } from '../../support/handListener.ts';

describe('An item that is read a second time for its digest', () => {
  it('is read no further once its connection has ended', async () => {
    const [own, peer] = await Promise.all([createIdentity(), createIdentity()]);
    const listener = await startHandListener(peer, async ({ until, socket }) => {
      await until(headEnd);
      socket.destroy();
    });
    const dialler = createDialler(own);
    const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
    const endless = async function* (end: () => void): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await setImmediate(Buffer.alloc(1_000));
      } finally {
        end();
      }
    };
    const signal = new AbortController().signal;
    const link = await dialler.dial(listener.address, peer.peerId, signal);
    const hash = new ItemHash(createHash('sha256'));
    const request = {
      offerId: 'A'.repeat(22),
      n: 0,
      from: 1_000,
      hash,
      bytes: endless(() => undefined),
      whole: endless(() => close(undefined)),
    };
    await assert.rejects(link.put({ ...request, onSent: () => undefined }, signal), { code: 'ERR_CONNECTION_LOST' });
    await closed;
    link.close();
    dialler.close();
    await listener.close();
  });
});

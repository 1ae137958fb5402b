// A flood of requests in a real editor. It is the last suite, as it leaves nothing of what strangers may ask for in ten minutes.

import assert from 'node:assert/strict';

import { createIdentity } from '../../src/net/connection/identity.ts';
import { times } from '../support/longRuns.ts';
import { offerAsStranger } from '../support/strangers.ts';
import { setScene } from './scene.ts';

const requests = times(1_000);

describe('Strangers', () => {
  const scene = setScene();

  it(`S7: shows three notifications at most for ${requests} requests of strangers that come and go`, async () => {
    const strangers = await Promise.all(Array.from({ length: 20 }, createIdentity));
    const listener = { inbox: scene.api.inbox, port: scene.api.presence.session!.port };
    for (let n = 0; n < requests; n += 1) {
      const { socket, status } = await offerAsStranger(listener, strangers[n % strangers.length]!);
      assert.ok(status === undefined || status === 429, String(status));
      socket.destroy();
    }
    assert.deepEqual(
      scene.person.shown.map(({ text }) => text.replace(/[A-Z2-7]{7}\.$/, 'X.')),
      Array.from({ length: 3 }, () => 'stranger (new, unverified) wants to send a (1 B). Fingerprint: X.'),
    );
  });
});

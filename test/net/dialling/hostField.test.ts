// The `Host` field that a dialler sends, for whatever address a person may type.

import assert from 'node:assert/strict';

import { parseAddress } from '../../../src/core/peers/address.ts';
import { peerCall } from '../../../src/core/wire/calls.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { createDialler } from '../../../src/net/dialling/dialler.ts';
import { hostField } from '../../../src/net/dialling/hostField.ts';
import { answerText, headEnd, startHandListener } from '../../support/handListener.ts';

describe('The Host of a request', () => {
  const hosts: readonly (readonly [string, string])[] = [
    ['192.168.1.20:40123', '192.168.1.20:40123'],
    ['[fe80::1]:40123', '[fe80::1]:40123'],
    ['[fe80::1%eth0]:40123', '[fe80::1]:40123'],
    ['studio.local:40123', 'studio.local:40123'],
    ['my_host-2.example.:8080', 'my_host-2.example.:8080'],
    ['b\u00fccher.local:40123', 'xn--bcher-kva.local:40123'],
    ['\u4f60\u597d:1', 'xn--6qq79v:1'],
    ['\u0645\u062b\u0627\u0644:1', 'xn--mgbh0fb:1'],
  ];
  for (const [typed, field] of hosts) {
    it(`is ${field} for ${typed}`, () => assert.equal(hostField(parseAddress(typed)), field));
  }

  it('is what was dialled, with its port', async () => {
    const identity = await createIdentity();
    let head = '';
    const listener = await startHandListener(await createIdentity(), async ({ until, write }) => {
      head = await until(headEnd);
      write(answerText('404 Not Found', {}));
    });
    const dialler = createDialler(identity);
    const { signal } = new AbortController();
    const link = await dialler.dial(listener.address, undefined, signal);
    await assert.rejects(link.call(peerCall, signal), { code: 'ERR_PEER_REJECTED' });
    assert.match(head, new RegExp(`^Host: 127\\.0\\.0\\.1:${listener.address.port}\\r$`, 'm'));
    dialler.close();
    await listener.close();
  });
});

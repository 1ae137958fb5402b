// The first bytes of a connection: TLS, not yet enough of it, or something else.

import assert from 'node:assert/strict';

import { firstRecord } from '../../src/net/tlsRecord.ts';

const record = (length: number, type = 22, major = 3): Uint8Array =>
  Uint8Array.from([type, major, 1, length >> 8, length & 255, ...new Array<number>(length).fill(1)]);

describe('The first record of a connection', () => {
  for (const length of [1, 2, 300, 2 ** 14]) {
    it(`of ${length} bytes is partial up to its last byte, and whole from then on`, () => {
      const whole = record(length);
      const cuts = [0, 1, 2, 3, 4, 5, whole.length - 1].filter((cut) => cut < whole.length);
      for (const cut of cuts) assert.equal(firstRecord(whole.subarray(0, cut)), 'partial', String(cut));
      assert.equal(firstRecord(whole), 'whole');
      assert.equal(firstRecord(Uint8Array.from([...whole, 7])), 'whole');
    });
  }

  for (const [what, bytes] of [
    ['of HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['of SSH', Buffer.from('SSH-2.0-x')],
    ['of another type', record(10, 23)],
    ['of another version', record(10, 22, 2)],
    ['of no bytes', record(0)],
    ['of more bytes than a record has', Uint8Array.from([22, 3, 1, 0x40, 1])],
  ] as const) {
    it(`${what} is foreign`, () => assert.equal(firstRecord(bytes), 'foreign'));
  }
});

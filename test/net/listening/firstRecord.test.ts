// The first bytes of a connection: TLS, not yet enough of it, or something else.

import assert from 'node:assert/strict';

import { firstRecordBytes } from '../../../src/net/listening/firstRecord.ts';

const record = (length: number, type = 22, major = 3): Uint8Array =>
  Uint8Array.from([type, major, 1, length >> 8, length & 255, ...new Array<number>(length).fill(1)]);

describe('The first record of a connection', () => {
  for (const length of [1, 2, 300, 2 ** 14]) {
    it(`of ${length} bytes is awaited to the end of its head, and then to its own`, () => {
      const whole = record(length);
      for (const cut of [0, 1, 2, 3, 4]) assert.equal(firstRecordBytes(whole.subarray(0, cut)), 5, String(cut));
      for (const cut of [5, 6, whole.length]) assert.equal(firstRecordBytes(whole.subarray(0, cut)), 5 + length, String(cut));
      assert.equal(firstRecordBytes(Uint8Array.from([...whole, 7])), 5 + length);
    });
  }

  for (const [what, bytes] of [
    ['of HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['of one byte of HTTP', Buffer.from('G')],
    ['of SSH', Buffer.from('SSH-2.0-x')],
    ['of another type', record(10, 23)],
    ['of another version', record(10, 22, 2)],
    ['of no bytes', record(0)],
    ['of more bytes than a record has', Uint8Array.from([22, 3, 1, 0x40, 1])],
  ] as const) {
    it(`${what} is foreign`, () => assert.equal(firstRecordBytes(bytes), undefined));
  }
});

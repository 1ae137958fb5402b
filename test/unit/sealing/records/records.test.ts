// RFC 8188 bodies: the examples of the RFC, the other implementation both ways, every border, and every way to damage one.

import assert from 'node:assert/strict';

import fc from 'fast-check';
import ece from 'http_ece';

import { shortRecordBytes, shortRecordsAtMost } from '../../../../src/core/sealing/format.ts';
import { openRecords, type RecordOptions, recordsLength, sealRecords } from '../../../../src/core/sealing/records/records.ts';
import rfc from '../../../vectors/sealing/rfc8188.json' with { type: 'json' };
import { collect, failsWith, inChunks, someBytes } from '../sealingHelpers.ts';

const key = new Uint8Array(someBytes(16));
const recordSize = 50;
const perRecord = recordSize - 17;
const options: RecordOptions = { key, recordSize };

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

function seal(content: Uint8Array, use: RecordOptions & { readonly salt?: Uint8Array<ArrayBuffer> } = options): Promise<Buffer> {
  return collect(sealRecords(inChunks(content), use));
}

function open(body: Uint8Array, use: RecordOptions = options): Promise<Buffer> {
  return collect(openRecords(inChunks(body), use));
}

describe('RFC 8188 records', () => {
  it('seals and opens the example of section 3.1', async () => {
    const { key: ikm, salt, recordSize: size, body } = rfc['section3.1'];
    const example = { key: bytesOf(ikm), recordSize: size };
    assert.equal((await seal(Buffer.from(rfc.plaintext), { ...example, salt: bytesOf(salt) })).toString('base64url'), body);
    assert.equal((await open(bytesOf(body), example)).toString(), rfc.plaintext);
  });

  it('opens the example of section 3.2, with its key identifier and its padding', async () => {
    const { key: ikm, keyId, recordSize: size, body } = rfc['section3.2'];
    const example = { key: bytesOf(ikm), recordSize: size, keyId: Buffer.from(keyId) };
    assert.equal((await open(bytesOf(body), example)).toString(), rfc.plaintext);
    await failsWith(open(bytesOf(body), { ...example, keyId: Buffer.from('a2') }), 'ERR_UNSEAL_FAILED');
    await failsWith(open(bytesOf(body), { key: example.key, recordSize: size }), 'ERR_UNSEAL_FAILED');
  });

  it('is opened by http_ece and opens what http_ece seals, padded or not', async () => {
    for (const length of [0, 1, perRecord - 1, perRecord, perRecord + 1, 3 * perRecord, 1000]) {
      const content = someBytes(length);
      assert.deepEqual(ece.decrypt(await seal(content), { version: 'aes128gcm', key: Buffer.from(key) }), content);
      const theirs = ece.encrypt(content, { version: 'aes128gcm', key: Buffer.from(key), rs: recordSize });
      assert.deepEqual(await open(theirs), content);
      // Empty content padded over several records is a thing that http_ece itself cannot open.
      if (length === 0) continue;
      const padded = ece.encrypt(content, { version: 'aes128gcm', key: Buffer.from(key), rs: recordSize, pad: 40 });
      assert.deepEqual(await open(padded), content);
    }
  });

  it('gives back content of any length, cut in any way on both sides, in as many bytes as foretold', async () => {
    const sizes = fc.array(fc.nat({ max: 120 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        sizes,
        sizes,
        fc.integer({ min: 18, max: 90 }),
        fc.boolean(),
        async (content, cuts, bodyCuts, size, lend) => {
          const body = await collect(sealRecords(inChunks(content, ...cuts), { key, recordSize: size, lend }));
          assert.equal(body.length, recordsLength(content.length, size));
          const opened = await collect(openRecords(inChunks(body, ...bodyCuts), { key, recordSize: size, lend }));
          assert.deepEqual(new Uint8Array(opened), new Uint8Array(content));
        },
      ),
    );
  });

  it('copes with a source that uses one buffer for all its chunks', async () => {
    const content = someBytes(5000);
    async function* reusing(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      const buffer = new Uint8Array(64);
      for (let at = 0; at < bytes.length; at += buffer.length) {
        const part = bytes.subarray(at, at + buffer.length);
        buffer.set(part);
        yield buffer.subarray(0, part.length);
        buffer.fill(0xee);
      }
    }
    const body = await collect(sealRecords(reusing(content), options));
    assert.deepEqual(await collect(openRecords(reusing(body), options)), content);
  });

  it('gives chunks that stay as they are unless it lends them', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of sealRecords(inChunks(someBytes(20 * perRecord)), options)) chunks.push(chunk);
    assert.deepEqual(await open(Buffer.concat(chunks)), someBytes(20 * perRecord));
  });

  it('never uses a salt twice', async () => {
    const bodies = await Promise.all(Array.from({ length: 20 }, () => seal(Buffer.from('same'))));
    assert.equal(new Set(bodies.map((body) => body.subarray(0, 16).toString('hex'))).size, 20);
  });

  it('reads the source no further ahead than a few records', async () => {
    let given = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += perRecord;
        yield new Uint8Array(perRecord);
      }
    }
    const records = sealRecords(source(), options);
    for (let taken = 0; taken < 10; taken += 1) await records.next();
    assert.ok(given <= 15 * perRecord, `${given / perRecord} records were read for 9`);
    await records.return(undefined);
  });

  describe('of three records', () => {
    const content = someBytes(2 * perRecord + 5);
    let body: Buffer;
    const headerLength = 21;
    const record = (index: number): Buffer =>
      body.subarray(headerLength + index * recordSize, headerLength + (index + 1) * recordSize);
    before(async () => {
      body = await seal(content);
      assert.equal(body.length, headerLength + 2 * recordSize + 22);
    });

    it('are refused with any byte changed', async () => {
      for (let at = 0; at < body.length; at += 1) {
        for (const flip of [0x01, 0x80, 0xff]) {
          const changed = Buffer.from(body);
          changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
          await failsWith(open(changed), 'ERR_UNSEAL_FAILED');
        }
      }
    });

    it('are refused when cut anywhere', async () => {
      for (let length = 0; length < body.length; length += 1)
        await failsWith(open(body.subarray(0, length)), 'ERR_UNSEAL_FAILED');
    });

    it('are refused with anything behind them', async () => {
      for (const tail of [Buffer.of(0), Buffer.from('\n'), record(0), record(2), body]) {
        await failsWith(open(Buffer.concat([body, tail])), 'ERR_UNSEAL_FAILED');
      }
    });

    it('are refused in another order, without one, or with one twice', async () => {
      const header = body.subarray(0, headerLength);
      const orders = [[1, 0, 2], [0, 2], [1, 2], [0, 0, 1, 2], [0, 1, 1, 2], [2], [0, 1], [2, 1, 0]];
      for (const order of orders) {
        await failsWith(open(Buffer.concat([header, ...order.map((index) => record(index))])), 'ERR_UNSEAL_FAILED');
      }
    });

    it('are refused with another key or another record size', async () => {
      await failsWith(open(body, { key: new Uint8Array(16), recordSize }), 'ERR_UNSEAL_FAILED');
      await failsWith(open(body, { key, recordSize: recordSize + 1 }), 'ERR_UNSEAL_FAILED');
    });

    it('give out nothing of a record that is not authentic', async () => {
      const changed = Buffer.from(body);
      changed.writeUInt8(changed.readUInt8(headerLength + recordSize) ^ 1, headerLength + recordSize);
      const seen: Uint8Array[] = [];
      await failsWith(
        (async () => {
          for await (const chunk of openRecords(inChunks(changed), options)) seen.push(chunk);
        })(),
        'ERR_UNSEAL_FAILED',
      );
      assert.deepEqual(Buffer.concat(seen), content.subarray(0, perRecord));
    });
  });

  it('refuses the mark of the last record in another place, from one who has the key', async () => {
    const { createCipheriv, hkdfSync } = await import('node:crypto');
    const salt = Buffer.alloc(16, 3);
    const cek = Buffer.from(hkdfSync('sha256', key, salt, 'Content-Encoding: aes128gcm\0', 16));
    const base = Buffer.from(hkdfSync('sha256', key, salt, 'Content-Encoding: nonce\0', 12));
    const header = Buffer.concat([salt, Buffer.of(0, 0, 0, recordSize), Buffer.of(0)]);
    const body = (...plain: readonly Buffer[]): Buffer => {
      const records = plain.map((bytes, index) => {
        const nonce = Buffer.from(base);
        nonce.writeUInt8(nonce.readUInt8(11) ^ index, 11);
        const cipher = createCipheriv('aes-128-gcm', cek, nonce);
        return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
      });
      return Buffer.concat([header, ...records]);
    };
    const full = (mark: number): Buffer => Buffer.concat([Buffer.alloc(perRecord, 9), Buffer.of(mark)]);
    assert.equal((await open(body(full(1), full(2)))).length, 2 * perRecord);
    assert.equal((await open(body(full(1), Buffer.of(7, 2, 0, 0)))).length, perRecord + 1);
    for (const marks of [
      [2, 2],
      [1, 1],
      [2, 1],
      [0, 2],
      [1, 0],
      [1, 3],
    ] as const) {
      await failsWith(open(body(full(marks[0]), full(marks[1]))), 'ERR_UNSEAL_FAILED');
    }
    await failsWith(open(body(full(1), Buffer.alloc(5))), 'ERR_UNSEAL_FAILED');
    await failsWith(open(body(full(1), Buffer.alloc(0))), 'ERR_UNSEAL_FAILED');
  });

  it('opens short records up to a number that costs little time, and refuses the next, full or empty', async () => {
    const size = 18;
    for (const [records, opens] of [
      [shortRecordsAtMost, true],
      [shortRecordsAtMost + 1, false],
    ] as const) {
      const body = await collect(sealRecords(inChunks(new Uint8Array(records)), { key, recordSize: size }));
      const opening = collect(openRecords(inChunks(body), { key, recordSize: size }));
      if (opens) assert.equal((await opening).length, records);
      else await failsWith(opening, 'ERR_UNSEAL_FAILED');
    }
    const long = shortRecordBytes;
    const content = new Uint8Array((shortRecordsAtMost + 1) * (long - 17));
    let opened = 0;
    for await (const { length } of openRecords(sealRecords(inChunks(content), { key, recordSize: long }), {
      key,
      recordSize: long,
    })) {
      opened += length;
    }
    assert.equal(opened, content.length);
  });

  it('passes the errors of its source on and releases it', async () => {
    let released = 0;
    async function* failing(): AsyncGenerator<Uint8Array> {
      try {
        yield someBytes(200);
        throw new RangeError('the disk is gone');
      } finally {
        released += 1;
      }
    }
    await assert.rejects(collect(sealRecords(failing(), options)), RangeError);
    await assert.rejects(collect(openRecords(failing(), { key, recordSize: 4096 })), { code: 'ERR_UNSEAL_FAILED' });
    assert.equal(released, 2);
  });

  it('stops when its signal ends', async () => {
    const controller = new AbortController();
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 1;
        if (given === 20) controller.abort();
        yield someBytes(perRecord);
      }
    }
    await failsWith(collect(sealRecords(endless(), { ...options, signal: controller.signal })), 'ERR_CANCELLED');
    assert.equal(given, 20);
  });
});

// Items sealed and unsealed: the identity at every border, what the outside shows, and streams that end as they should not.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { limits } from '../../../src/core/base/limits.ts';
import { recordBytes } from '../../../src/core/sealing/format.ts';
import { readSealedHead } from '../../../src/core/sealing/jwe/sealedHead.ts';
import type { Manifest } from '../../../src/core/sealing/manifest.ts';
import { type SealOptions, sealItem } from '../../../src/core/sealing/seal.ts';
import { unsealItem } from '../../../src/core/sealing/unseal.ts';
import {
  collect,
  failsWith,
  forKey,
  forPassphrase,
  inChunks,
  keyPair,
  keyThumbprint,
  manifestOf,
  newKeyPair,
  sealToBytes,
  someBytes,
  subtleWithoutAesKw,
  tinyRecords,
  unsealToBytes,
  withKey,
  withPassphrase,
} from './sealingHelpers.ts';

const border = limits.compactSealBytes;
const perRecord = recordBytes - 17;

/** A source that counts how often it was asked and whether it was released. */
function watched(chunks: readonly Uint8Array[]): {
  readonly source: AsyncIterable<Uint8Array>;
  readonly asked: () => number;
  readonly released: () => boolean;
} {
  let asked = 0;
  let released = false;
  async function* give(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) {
        asked += 1;
        yield chunk;
      }
    } finally {
      released = true;
    }
  }
  return { source: give(), asked: () => asked, released: () => released };
}

describe('sealed items', () => {
  const sizes = [
    0,
    1,
    perRecord - 1,
    perRecord,
    perRecord + 1,
    border - 1,
    border,
    border + 1,
    65 * perRecord - 1,
    65 * perRecord,
    65 * perRecord + 1,
    40 * 1024 * 1024,
  ];
  for (const size of sizes) {
    it(`come back as they were with ${size} bytes`, async () => {
      const content = someBytes(size);
      const sealed = await sealItem(manifestOf(size), inChunks(content, 65_536, 1, 300_000), forKey);
      assert.equal(sealed.form, size > border ? 'records' : 'compact');
      let length = 0;
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const chunk of sealed.bytes) {
          length += chunk.length;
          yield chunk;
        }
      }
      const opened = await unsealItem(counted(), withKey);
      assert.deepEqual(opened.manifest, manifestOf(size));
      assert.ok((await collect(opened.content)).equals(content));
      assert.equal(length, sealed.size);
    });
  }

  it('come back as they were for any content, layout, manifest and chunks', async () => {
    const extra = fc.dictionary(fc.constantFrom('languageId', 'encoding'), fc.string(), { minKeys: 1, noNullPrototype: true });
    const cuts = fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 4 });
    const layouts = fc.record({ compactBytes: fc.constantFrom(-1, 60, 1000), recordBytes: fc.integer({ min: 18, max: 80 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        extra,
        cuts,
        cuts,
        layouts,
        fc.boolean(),
        async (content, facts, inputCuts, sealedCuts, layout, lend) => {
          const manifest: Manifest = manifestOf(content.length, { extra: facts });
          const sealed = await sealItem(manifest, inChunks(content, ...inputCuts), forKey, { layout, lend });
          const bytes = await collect(sealed.bytes);
          assert.equal(bytes.length, sealed.size);
          const opened = await unsealItem(inChunks(bytes, ...sealedCuts), withKey, { lend });
          assert.deepEqual(opened.manifest, manifest);
          assert.deepEqual(new Uint8Array(await collect(opened.content)), new Uint8Array(content));
        },
      ),
    );
  });

  const hosts = [
    ['a host with AES-KW', crypto.subtle],
    ['a host without AES-KW', subtleWithoutAesKw],
  ] as const;
  for (const [host, subtle] of hosts) {
    it(`come back as they were with a passphrase on ${host}, small and large`, async () => {
      const content = someBytes(200);
      for (const layout of [undefined, tinyRecords]) {
        const sealed = await sealToBytes(content, forPassphrase, { layout, subtle });
        assert.deepEqual(await unsealToBytes(sealed, withPassphrase, { subtle }), { manifest: manifestOf(200), content });
      }
    });
  }

  it('open with the one key among several that they are for', async () => {
    const others = [newKeyPair(), newKeyPair()];
    const keys = [...others.map(({ privateKey }) => privateKey), keyPair.privateKey];
    const sealed = await sealToBytes(Buffer.from('hello'), forKey);
    assert.equal((await unsealToBytes(sealed, { kind: 'key', keys })).content.toString(), 'hello');
  });

  it('open with one line feed behind a small one, as text tools leave it, and with nothing more', async () => {
    const sealed = await sealToBytes(Buffer.from('hello'), forKey);
    assert.equal((await unsealToBytes(Buffer.concat([sealed, Buffer.from('\n')]), withKey)).content.toString(), 'hello');
    for (const tail of ['\n\n', '\r\n', ' ', '.', 'A']) {
      await failsWith(unsealToBytes(Buffer.concat([sealed, Buffer.from(tail)]), withKey), 'ERR_UNSEAL_FAILED');
    }
  });

  it('show neither name nor type nor content outside the seal', async () => {
    const content = Buffer.from('the treasure lies under the oak '.repeat(20));
    const secrets = ['treasure', 'salary', 'x-secret', 'german'];
    for (const layout of [undefined, tinyRecords]) {
      for (const recipient of [forKey, forPassphrase]) {
        const manifest = manifestOf(content.length, {
          name: 'salary.x',
          mediaType: 'text/x-secret',
          extra: { languageId: 'german' },
        });
        const sealed = await collect((await sealItem(manifest, inChunks(content), recipient, { layout })).bytes);
        const texts = [
          sealed.toString('latin1'),
          ...sealed
            .toString('latin1')
            .split(/[.\n]/)
            .map((part) => Buffer.from(part, 'base64url').toString('latin1')),
        ];
        for (const secret of secrets) assert.ok(!texts.some((text) => text.includes(secret)), secret);
      }
    }
  });

  it('are a JWE on the first line and a body behind it when they are large', async () => {
    const sealed = await sealToBytes(someBytes(200), forKey, { layout: tinyRecords });
    const end = sealed.indexOf('\n');
    assert.match(sealed.toString('latin1', 0, end), /^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
    assert.equal(sealed.readUInt32BE(end + 1 + 16), tinyRecords.recordBytes);
  });

  it('differ each time that the same content is sealed', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => sealToBytes(someBytes(100), forKey, { layout: tinyRecords })));
    assert.equal(new Set(all.map((bytes) => bytes.toString('latin1'))).size, 5);
  });

  it('say from their head whom they are for', async () => {
    const sealed = await sealToBytes(Buffer.from('x'), forKey);
    assert.deepEqual(readSealedHead(sealed), { for: 'key', kid: keyThumbprint });
    assert.deepEqual(readSealedHead(sealed.subarray(0, sealed.indexOf('.') + 1)), { for: 'key', kid: keyThumbprint });
    assert.deepEqual(readSealedHead(await sealToBytes(someBytes(99), forPassphrase, { layout: tinyRecords })), {
      for: 'passphrase',
    });
  });

  it('can be sealed for oneself with either half of the key', async () => {
    const sealed = await sealToBytes(Buffer.from('note to self'), { kind: 'key', key: keyPair.privateKey });
    assert.doesNotMatch(Buffer.from(sealed.toString('latin1').split('.')[0] ?? '', 'base64url').toString(), /"d"/);
    assert.equal((await unsealToBytes(sealed, withKey)).content.toString(), 'note to self');
  });

  it('hold content that is text, binary, or looks like a manifest', async () => {
    for (const content of [Buffer.from('\n\n'), Buffer.from('{"v":1}\n'), Buffer.from([0, 255, 10, 13]), Buffer.from('﻿ö')]) {
      assert.deepEqual((await unsealToBytes(await sealToBytes(content, forKey), withKey)).content, content);
    }
  });
});

describe('sealing', () => {
  const layouts: readonly (readonly [string, SealOptions])[] = [
    ['small', {}],
    ['large', { layout: tinyRecords }],
  ];
  for (const [what, options] of layouts) {
    for (const actual of [0, 98, 99, 101, 1000]) {
      it(`fails for ${what} content of ${actual} bytes that should have 100`, async () => {
        const sealing = sealItem(manifestOf(100), inChunks(someBytes(actual), 7), forKey, options).then(({ bytes }) =>
          collect(bytes),
        );
        await failsWith(sealing, 'ERR_SOURCE_CHANGED');
      });
    }

    it(`passes on the error of a source of ${what} content and releases it`, async () => {
      let released = false;
      async function* failing(): AsyncGenerator<Uint8Array> {
        try {
          yield someBytes(60);
          throw new RangeError('the disk is gone');
        } finally {
          released = true;
        }
      }
      await assert.rejects(
        sealItem(manifestOf(100), failing(), forKey, options).then(({ bytes }) => collect(bytes)),
        RangeError,
      );
      assert.ok(released);
    });

    it(`stops with ${what} content when its signal ends`, async () => {
      const controller = new AbortController();
      async function* cancelling(): AsyncGenerator<Uint8Array> {
        yield someBytes(10);
        controller.abort();
        yield someBytes(90);
      }
      const sealing = sealItem(manifestOf(100), cancelling(), forKey, { ...options, signal: controller.signal });
      await failsWith(
        sealing.then(({ bytes }) => collect(bytes)),
        'ERR_CANCELLED',
      );
    });
  }

  it('never lets out a whole item where the content is cut or too long', async () => {
    for (const actual of [0, 99, 101, 500]) {
      const { bytes } = await sealItem(manifestOf(100), inChunks(someBytes(actual), 7), forKey, { layout: tinyRecords });
      const out: Uint8Array[] = [];
      await failsWith(
        (async () => {
          for await (const chunk of bytes) out.push(chunk);
        })(),
        'ERR_SOURCE_CHANGED',
      );
      await failsWith(unsealToBytes(Buffer.concat(out), withKey), 'ERR_UNSEAL_FAILED');
    }
  });

  it('knows the exact size of a large item before it reads the first byte', async () => {
    const { source, asked } = watched([someBytes(100)]);
    const sealed = await sealItem(manifestOf(100), source, forKey, { layout: tinyRecords });
    assert.equal(asked(), 0);
    assert.equal((await collect(sealed.bytes)).length, sealed.size);
    assert.equal(asked(), 1);
  });

  it('releases the content of a large item that is not read to its end', async () => {
    const { source, released } = watched(Array.from({ length: 50 }, () => someBytes(33)));
    const { bytes } = await sealItem(manifestOf(50 * 33), source, forKey, { layout: tinyRecords });
    const reader = bytes[Symbol.asyncIterator]();
    for (let taken = 0; taken < 4; taken += 1) await reader.next();
    await reader.return?.();
    assert.ok(released());
  });

  it('does not begin once its signal has ended', async () => {
    const { source, asked } = watched([someBytes(100)]);
    await failsWith(sealItem(manifestOf(100), source, forKey, { signal: AbortSignal.abort() }), 'ERR_CANCELLED');
    assert.equal(asked(), 0);
  });

  it('refuses a key off its curve, an empty passphrase and a manifest that nobody would read', async () => {
    const offCurve = { kind: 'key', key: { ...keyPair.publicKey, y: keyPair.publicKey.x } } as const;
    await failsWith(sealItem(manifestOf(1), inChunks(someBytes(1)), offCurve), 'ERR_MESSAGE_INVALID');
    const empty = { kind: 'passphrase', passphrase: '', generated: false } as const;
    await assert.rejects(sealItem(manifestOf(1), inChunks(someBytes(1)), empty), TypeError);
    await assert.rejects(sealItem(manifestOf(1, { name: '' }), inChunks(someBytes(1)), forKey), TypeError);
    await assert.rejects(sealItem(manifestOf(-1), inChunks(someBytes(1)), forKey), TypeError);
  });
});

// What does not unseal: foreign, forged, damaged and cut items, each with the code it ends in and with its stream released.

import assert from 'node:assert/strict';

import { CompactEncrypt, importJWK } from 'jose';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { readSealedHead } from '../../../src/core/sealing/jwe/sealedHead.ts';
import { encodeManifest } from '../../../src/core/sealing/manifest.ts';
import { unsealItem } from '../../../src/core/sealing/unseal.ts';
import {
  failsWith,
  forKey,
  forPassphrase,
  handmadeForKey,
  handmadeForPassphrase,
  inChunks,
  keyHeader,
  keyThumbprint,
  manifestOf,
  newKeyPair,
  plaintextOf,
  sealToBytes,
  someBytes,
  tinyRecords,
  unsealToBytes,
  withKey,
  withPassphrase,
} from './sealingHelpers.ts';

const shut: readonly ErrorCode[] = ['ERR_UNSEAL_FAILED', 'ERR_KEY_MISSING', 'ERR_ALGORITHM_NOT_ALLOWED'];

describe('unsealing', () => {
  describe('an item of three records', () => {
    let sealed: Buffer;
    before(async () => {
      sealed = await sealToBytes(someBytes(2 * 33 + 5), forKey, { layout: tinyRecords });
    });

    it('refuses any byte changed', async () => {
      for (let at = 0; at < sealed.length; at += 1) {
        for (const flip of [0x01, 0x20, 0x80]) {
          const changed = Buffer.from(sealed);
          changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
          await failsWith(unsealToBytes(changed, withKey), ...shut);
        }
      }
    });

    it('refuses every cut', async () => {
      for (let length = 0; length < sealed.length; length += 1) {
        await failsWith(unsealToBytes(sealed.subarray(0, length), withKey), 'ERR_UNSEAL_FAILED');
      }
    });

    it('refuses any byte left out or put in', async () => {
      for (let at = 0; at <= sealed.length; at += 1) {
        const before = sealed.subarray(0, at);
        if (at < sealed.length)
          await failsWith(unsealToBytes(Buffer.concat([before, sealed.subarray(at + 1)]), withKey), ...shut);
        await failsWith(unsealToBytes(Buffer.concat([before, Buffer.from('A'), sealed.subarray(at)]), withKey), ...shut);
      }
    });

    it('refuses the head of one item with the body of another', async () => {
      const other = await sealToBytes(someBytes(2 * 33 + 5), forKey, { layout: tinyRecords });
      const [first, second] = [sealed, other].map((bytes) => bytes.indexOf('\n') + 1);
      await failsWith(
        unsealToBytes(Buffer.concat([sealed.subarray(0, first), other.subarray(second)]), withKey),
        'ERR_UNSEAL_FAILED',
      );
    });
  });

  it('refuses any byte of a small item changed, and every cut', async () => {
    const sealed = await sealToBytes(someBytes(20), forKey);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at);
      await failsWith(unsealToBytes(changed, withKey), ...shut);
      await failsWith(unsealToBytes(sealed.subarray(0, at), withKey), 'ERR_UNSEAL_FAILED');
    }
  });

  it('says so where the item is for somebody else', async () => {
    const stranger = newKeyPair();
    for (const layout of [undefined, tinyRecords]) {
      const sealed = await sealToBytes(someBytes(80), { kind: 'key', key: stranger.publicKey }, { layout });
      await failsWith(unsealToBytes(sealed, withKey), 'ERR_KEY_MISSING');
      await failsWith(unsealToBytes(sealed, { kind: 'key', keys: [] }), 'ERR_KEY_MISSING');
    }
  });

  it('refuses an item that claims to be for us and is not', async () => {
    const stranger = newKeyPair();
    const forged = await new CompactEncrypt(Buffer.from(plaintextOf('x')))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'ferry-sealed+jwe', cty: 'ferry-item', kid: keyThumbprint })
      .encrypt(await importJWK({ ...stranger.publicKey }, 'ECDH-ES'));
    await failsWith(unsealToBytes(Buffer.from(forged), withKey), 'ERR_UNSEAL_FAILED');
  });

  it('refuses another passphrase, an empty one, and each kind of opener for the other kind of item', async () => {
    for (const layout of [undefined, tinyRecords]) {
      const forWord = await sealToBytes(someBytes(80), forPassphrase, { layout });
      await failsWith(unsealToBytes(forWord, { kind: 'passphrase', passphrase: 'another' }), 'ERR_UNSEAL_FAILED');
      await failsWith(unsealToBytes(forWord, { kind: 'passphrase', passphrase: '' }), 'ERR_UNSEAL_FAILED');
      await failsWith(unsealToBytes(forWord, withKey), 'ERR_ALGORITHM_NOT_ALLOWED');
      await failsWith(
        unsealToBytes(await sealToBytes(someBytes(80), forKey, { layout }), withPassphrase),
        'ERR_ALGORITHM_NOT_ALLOWED',
      );
    }
  });

  it('opens what was made by hand, so that the refusals below are for the reason given', async () => {
    assert.equal((await unsealToBytes(handmadeForKey(keyHeader(), plaintextOf('hello')), withKey)).content.toString(), 'hello');
    const byWord = handmadeForPassphrase('unit-test-passphrase', {}, plaintextOf('hello'));
    assert.equal((await unsealToBytes(byWord, withPassphrase)).content.toString(), 'hello');
  });

  const records = { key: 'AAAAAAAAAAAAAAAAAAAAAA', recordSize: 50 };
  const insides: readonly (readonly [string, Record<string, unknown>, Uint8Array | string])[] = [
    ['another size in the manifest', {}, plaintextOf('hello', { size: 4 })],
    ['no manifest', {}, 'hello'],
    ['an empty plaintext', {}, ''],
    ['a manifest without an end', {}, plaintextOf('').trimEnd()],
    ['a manifest that announces records behind a whole item', {}, plaintextOf('', records)],
    ['a whole item that is said to be followed by records', { cty: 'ferry-manifest' }, plaintextOf('')],
    ['content beside its records', { cty: 'ferry-manifest' }, plaintextOf('hello', records)],
    ['records that are not there', { cty: 'ferry-manifest' }, plaintextOf('', records)],
    ['another content type', { cty: 'text/plain' }, plaintextOf('hello')],
    ['no content type', { cty: undefined }, plaintextOf('hello')],
    ['the type of another kind of file', { typ: 'ferry-identity+jwe' }, plaintextOf('hello')],
  ];
  for (const [what, changes, plaintext] of insides) {
    it(`refuses an authentic JWE with ${what}`, () =>
      failsWith(unsealToBytes(handmadeForKey(keyHeader(changes), plaintext), withKey), 'ERR_UNSEAL_FAILED'));
  }

  it('says so where the manifest is of a later version', () =>
    failsWith(unsealToBytes(handmadeForKey(keyHeader(), plaintextOf('x', { v: 2 })), withKey), 'ERR_VERSION_UNSUPPORTED'));

  it('refuses records whose content is shorter or longer than the manifest says, from one who has the key', async () => {
    const { sealRecords } = await import('../../../src/core/sealing/records/records.ts');
    const key = new Uint8Array(16);
    for (const [said, actual] of [
      [71, 70],
      [69, 70],
      [0, 1],
      [1, 0],
    ] as const) {
      const line = encodeManifest(manifestOf(said), records);
      const parts = [handmadeForKey(keyHeader({ cty: 'ferry-manifest' }), line), Buffer.from('\n')];
      for await (const chunk of sealRecords(inChunks(someBytes(actual)), { key, recordSize: 50 })) parts.push(Buffer.from(chunk));
      await failsWith(unsealToBytes(Buffer.concat(parts), withKey), 'ERR_UNSEAL_FAILED');
    }
  });

  it('takes content in one JWE of more bytes than Ferry writes, up to its own limit', async () => {
    const content = Buffer.alloc(limits.compactUnsealBytes, 'x').toString();
    const opened = await unsealToBytes(handmadeForKey(keyHeader(), plaintextOf(content)), withKey);
    assert.equal(opened.content.length, limits.compactUnsealBytes);
    await failsWith(
      unsealToBytes(handmadeForKey(keyHeader(), plaintextOf(`${content}${'y'.repeat(20_000)}`)), withKey),
      'ERR_UNSEAL_FAILED',
    );
  });

  it('copes with chunks of one byte and with empty ones', async () => {
    const sealed = await sealToBytes(someBytes(100), forKey, { layout: tinyRecords });
    async function* crumbs(): AsyncGenerator<Uint8Array> {
      for (const byte of sealed) {
        yield new Uint8Array();
        yield Uint8Array.of(byte);
      }
    }
    const { content } = await unsealItem(crumbs(), withKey);
    let length = 0;
    for await (const chunk of content) length += chunk.length;
    assert.equal(length, 100);
  });

  describe('releases the stream', () => {
    const cases: readonly (readonly [string, (content: AsyncIterableIterator<Uint8Array>) => Promise<unknown>])[] = [
      ['when nobody reads the content', async (content) => content.return?.()],
      [
        'when the content is left in the middle',
        async (content) => {
          for await (const chunk of content) if (chunk.length > 0) break;
        },
      ],
      [
        'at the end of the content',
        async (content) => {
          for await (const chunk of content) assert.ok(chunk.length > 0);
        },
      ],
    ];
    for (const [when, use] of cases) {
      it(when, async () => {
        const sealed = await sealToBytes(someBytes(500), forKey, { layout: tinyRecords });
        let released = false;
        async function* stream(): AsyncGenerator<Uint8Array> {
          try {
            yield* inChunks(sealed, 60);
          } finally {
            released = true;
          }
        }
        const { content } = await unsealItem(stream(), withKey);
        await use(content);
        assert.ok(released);
      });
    }
  });

  it('passes on the error of the stream', async () => {
    const sealed = await sealToBytes(someBytes(500), forKey, { layout: tinyRecords });
    for (const length of [100, sealed.length - 100]) {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield sealed.subarray(0, length);
        throw new RangeError('the disk is gone');
      }
      await assert.rejects(
        unsealItem(failing(), withKey).then(async ({ content }) => {
          for await (const chunk of content) assert.ok(chunk.length > 0);
        }),
        RangeError,
      );
    }
  });

  it('stops when its signal ends, in the head or in the content', async () => {
    const sealed = await sealToBytes(someBytes(500), forKey, { layout: tinyRecords });
    await failsWith(unsealToBytes(sealed, withKey, { signal: AbortSignal.abort() }), 'ERR_CANCELLED');
    const controller = new AbortController();
    let released = false;
    async function* stream(): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(sealed, 60);
      } finally {
        released = true;
      }
    }
    const { content } = await unsealItem(stream(), withKey, { signal: controller.signal });
    controller.abort();
    await failsWith(content.next(), 'ERR_CANCELLED');
    assert.ok(released);
  });

  it('looks at a head without any key and refuses what is none', () => {
    const code = (bytes: Uint8Array): unknown => {
      try {
        return readSealedHead(bytes);
      } catch (error) {
        return Reflect.get(Object(error), 'code');
      }
    };
    assert.deepEqual(code(handmadeForKey(keyHeader({ kid: 'A'.repeat(43) }), 'x')), { for: 'key', kid: 'A'.repeat(43) });
    assert.equal(code(handmadeForKey(keyHeader({ alg: 'dir' }), 'x')), 'ERR_ALGORITHM_NOT_ALLOWED');
    assert.equal(code(handmadeForKey(keyHeader({ enc: 'A128GCM' }), 'x')), 'ERR_ALGORITHM_NOT_ALLOWED');
    assert.equal(code(handmadeForKey(keyHeader({ cty: 'x' }), 'x')), 'ERR_UNSEAL_FAILED');
    assert.equal(code(handmadeForKey(keyHeader({ typ: 'x' }), 'x')), 'ERR_UNSEAL_FAILED');
    assert.equal(code(new Uint8Array()), 'ERR_UNSEAL_FAILED');
    assert.equal(code(Buffer.from('no dot')), 'ERR_UNSEAL_FAILED');
    assert.equal(code(Buffer.from('.')), 'ERR_UNSEAL_FAILED');
    assert.equal(code(Buffer.from('e30.')), 'ERR_ALGORITHM_NOT_ALLOWED');
    assert.equal(code(Buffer.from('e30=.')), 'ERR_UNSEAL_FAILED');
    assert.equal(code(Buffer.from('e3 0.')), 'ERR_UNSEAL_FAILED');
  });
});

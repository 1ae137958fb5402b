// AES key wrap without AES-KW: the example of RFC 3394, and OpenSSL both ways.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { hasAesKw, unwrapAesKey, wrapAesKey } from '../../../../src/core/sealing/jwe/aesKeyWrap.ts';
import rfc from '../../../vectors/sealing/rfc3394.json' with { type: 'json' };
import rfc7520 from '../../../vectors/sealing/rfc7520.json' with { type: 'json' };
import { aesWrap, pbes2Key, subtleWithoutAesKw } from '../sealingHelpers.ts';

const cookbook = rfc7520['section5.3'];

function hex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

describe('AES key wrap', () => {
  it('wraps and unwraps the example of RFC 3394 section 4.6', async () => {
    const wrapped = await wrapAesKey(hex(rfc.kek), hex(rfc.keyData));
    assert.equal(Buffer.from(wrapped).toString('hex').toUpperCase(), rfc.ciphertext);
    assert.deepEqual(await unwrapAesKey(hex(rfc.kek), hex(rfc.ciphertext)), hex(rfc.keyData));
  });

  it('unwraps the content key of RFC 7520 section 5.3', async () => {
    const kek = new Uint8Array(pbes2Key(cookbook.password, cookbook.p2s, cookbook.p2c));
    const cek = await unwrapAesKey(kek, Buffer.from(cookbook.encryptedKey, 'base64url'));
    assert.equal(Buffer.from(cek ?? []).toString('base64url'), cookbook.cek);
  });

  it('agrees with OpenSSL on any keys', async () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
    await fc.assert(
      fc.asyncProperty(bytes(32), fc.constantFrom(16, 24, 32, 40, 64).chain(bytes), async (kek, keyData) => {
        const wrapped = await wrapAesKey(new Uint8Array(kek), keyData);
        assert.deepEqual(wrapped, new Uint8Array(aesWrap(kek, keyData)));
        assert.deepEqual(await unwrapAesKey(new Uint8Array(kek), wrapped), new Uint8Array(keyData));
      }),
      { numRuns: 30 },
    );
  });

  it('gives nothing for any byte changed or another key', async () => {
    const wrapped = hex(rfc.ciphertext);
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = wrapped.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      assert.equal(await unwrapAesKey(hex(rfc.kek), changed), undefined);
    }
    assert.equal(await unwrapAesKey(new Uint8Array(32), wrapped), undefined);
  });

  it('takes no key data that is not in groups of eight bytes', async () => {
    for (const length of [0, 8, 15, 17]) {
      await assert.rejects(wrapAesKey(new Uint8Array(32), new Uint8Array(length)), TypeError);
      await assert.rejects(unwrapAesKey(new Uint8Array(32), new Uint8Array(length + 8)), TypeError);
    }
  });

  it('knows whether the host has AES-KW, also where only wrapping fails', async () => {
    assert.equal(await hasAesKw(), true);
    assert.equal(await hasAesKw(subtleWithoutAesKw), false);
  });
});

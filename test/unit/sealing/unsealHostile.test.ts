// What a hostile item asks for and does not get: foreign algorithms, and work without end.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';

import { CompactEncrypt, importJWK } from 'jose';

import type { ErrorCode } from '../../../src/core/base/errors.ts';
import { unsealItem } from '../../../src/core/sealing/unseal.ts';
import { processorMs } from '../../support/processorTime.ts';
import {
  base64url,
  failsWith,
  handmadeForKey,
  handmadeForPassphrase,
  keyHeader,
  keyPair,
  keyThumbprint,
  plaintextOf,
  unsealToBytes,
  withKey,
  withPassphrase,
} from './sealingHelpers.ts';

describe('unsealing', () => {
  describe('with each of the 18 algorithms of jose', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(length);
    const algorithms: Readonly<Record<string, 'ec' | 'rsa' | 'passphrase' | number>> = {
      'RSA-OAEP': 'rsa',
      'RSA-OAEP-256': 'rsa',
      'RSA-OAEP-384': 'rsa',
      'RSA-OAEP-512': 'rsa',
      A128KW: 16,
      A192KW: 24,
      A256KW: 32,
      A128GCMKW: 16,
      A192GCMKW: 24,
      A256GCMKW: 32,
      dir: 32,
      'ECDH-ES': 'ec',
      'ECDH-ES+A128KW': 'ec',
      'ECDH-ES+A192KW': 'ec',
      'ECDH-ES+A256KW': 'ec',
      'PBES2-HS256+A128KW': 'passphrase',
      'PBES2-HS384+A192KW': 'passphrase',
      'PBES2-HS512+A256KW': 'passphrase',
    };
    assert.equal(Object.keys(algorithms).length, 18);

    for (const [alg, kind] of Object.entries(algorithms)) {
      const right = alg === 'ECDH-ES' ? 'the key' : alg === 'PBES2-HS512+A256KW' ? 'the passphrase' : 'nothing';
      it(`opens ${alg} with ${right}`, async () => {
        const key =
          kind === 'ec'
            ? await importJWK({ ...keyPair.publicKey }, alg)
            : kind === 'rsa'
              ? rsa
              : kind === 'passphrase'
                ? Buffer.from('unit-test-passphrase')
                : bytes(kind);
        const jwe = await new CompactEncrypt(Buffer.from(plaintextOf('hello')))
          .setProtectedHeader({ alg, enc: 'A256GCM', typ: 'ferry-sealed+jwe', cty: 'ferry-item', kid: keyThumbprint })
          .encrypt(key);
        for (const [opener, allowed] of [
          [withKey, 'ECDH-ES'],
          [withPassphrase, 'PBES2-HS512+A256KW'],
        ] as const) {
          const opening = unsealToBytes(Buffer.from(jwe), opener);
          if (alg === allowed) assert.equal((await opening).content.toString(), 'hello');
          else await failsWith(opening, 'ERR_ALGORITHM_NOT_ALLOWED');
        }
      });
    }

    for (const enc of ['A128GCM', 'A192GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512']) {
      it(`refuses ${enc}`, async () => {
        const header = { alg: 'ECDH-ES', enc, typ: 'ferry-sealed+jwe', cty: 'ferry-item', kid: keyThumbprint };
        const jwe = await new CompactEncrypt(Buffer.from(plaintextOf('x')))
          .setProtectedHeader(header)
          .encrypt(await importJWK({ ...keyPair.publicKey }, 'ECDH-ES'));
        await failsWith(unsealToBytes(Buffer.from(jwe), withKey), 'ERR_ALGORITHM_NOT_ALLOWED');
      });
    }
  });

  describe('a bomb', () => {
    const zeros = Buffer.alloc(10_000_000, 'A');
    const bombs: readonly (readonly [string, Uint8Array, ErrorCode])[] = [
      ['of 2^31 rounds', handmadeForPassphrase('x', { p2c: 2 ** 31 }, plaintextOf('x')), 'ERR_UNSEAL_FAILED'],
      ['that is compressed', handmadeForKey(keyHeader({ zip: 'DEF' }), plaintextOf('x')), 'ERR_UNSEAL_FAILED'],
      [
        'with a header of 10 MB',
        Buffer.from(`${base64url(JSON.stringify({ ...keyHeader(), pad: 'x'.repeat(10_000_000) }))}..A.A.A`),
        'ERR_UNSEAL_FAILED',
      ],
      ['without a dot in 10 MB', zeros, 'ERR_UNSEAL_FAILED'],
      [
        'with an algorithm that is foreign',
        handmadeForKey(keyHeader({ alg: 'RSA-OAEP' }), plaintextOf('x')),
        'ERR_ALGORITHM_NOT_ALLOWED',
      ],
      ['for somebody else', handmadeForKey(keyHeader({ kid: 'A'.repeat(43) }), plaintextOf('x')), 'ERR_KEY_MISSING'],
    ];
    for (const [what, head, code] of bombs) {
      it(`${what} is refused by its head, before the rest is read`, async () => {
        const opener = what.includes('rounds') ? withPassphrase : withKey;
        let given = 0;
        let released = false;
        async function* stream(): AsyncGenerator<Uint8Array> {
          try {
            for (const part of [head, zeros, zeros]) {
              given += 1;
              yield part;
            }
          } finally {
            released = true;
          }
        }
        // The rounds alone would take minutes.
        assert.ok((await processorMs(() => failsWith(unsealToBytes(head, opener), code))) < 5_000);
        await failsWith(unsealItem(stream(), opener), code);
        assert.deepEqual([given, released], [1, true]);
      });
    }

    it('of a JWE that never ends is given up at the length that an item of its kind can have', async () => {
      for (const [cty, most] of [
        ['ferry-item', 12_000_000],
        ['ferry-manifest', 30_000],
      ] as const) {
        const head = Buffer.from(`${base64url(JSON.stringify(keyHeader({ cty })))}..AAAAAAAAAAAAAAAA.`);
        let given = 0;
        async function* endless(): AsyncGenerator<Uint8Array> {
          yield head;
          for (;;) {
            given += 4096;
            yield zeros.subarray(0, 4096);
          }
        }
        await failsWith(unsealItem(endless(), withKey), 'ERR_UNSEAL_FAILED');
        assert.ok(given < most, `${given} bytes were read`);
      }
    });
  });
});

// Bytes sealed for a passphrase under a type of their own.

import assert from 'node:assert/strict';

import { limits } from '../../../../src/core/base/limits.ts';
import { sealBytes, unsealBytes } from '../../../../src/core/sealing/records/sealedBytes.ts';
import { failsWith, forPassphrase, sealToBytes, subtleWithoutAesKw } from '../sealingHelpers.ts';

const types = { typ: 'ferry-identity+jwe', cty: 'application/json' };
const word = { passphrase: 'a passphrase', generated: true };
const plaintext = Buffer.from('{"signing":"secret"}');

describe('sealed bytes', () => {
  it('come back as they were, on a host with AES-KW and on one without', async () => {
    for (const subtle of [crypto.subtle, subtleWithoutAesKw]) {
      const sealed = await sealBytes(plaintext, types, word, { subtle });
      assert.deepEqual(Buffer.from(await unsealBytes(sealed, types.typ, word.passphrase, { subtle })), plaintext);
      assert.doesNotMatch(Buffer.from(sealed).toString(), /\n/);
    }
  });

  it('come back from a file that ends with a line feed', async () => {
    const sealed = Buffer.concat([await sealBytes(plaintext, types, word), Buffer.from('\n')]);
    assert.deepEqual(Buffer.from(await unsealBytes(sealed, types.typ, word.passphrase)), plaintext);
    await failsWith(unsealBytes(Buffer.concat([sealed, Buffer.from('\n')]), types.typ, word.passphrase), 'ERR_UNSEAL_FAILED');
  });

  it('may be none', async () => {
    assert.equal((await unsealBytes(await sealBytes(new Uint8Array(), types, word), types.typ, word.passphrase)).length, 0);
  });

  it('are not taken for another type, nor an item for them', async () => {
    await failsWith(
      unsealBytes(await sealBytes(plaintext, types, word), 'ferry-sealed+jwe', word.passphrase),
      'ERR_UNSEAL_FAILED',
    );
    const item = await sealToBytes(plaintext, forPassphrase);
    await failsWith(unsealBytes(item, types.typ, 'unit-test-passphrase'), 'ERR_UNSEAL_FAILED');
  });

  it('stay shut with another passphrase, any byte changed or a cut', async () => {
    const sealed = Buffer.from(await sealBytes(plaintext, types, word));
    await failsWith(unsealBytes(sealed, types.typ, 'a passphrase '), 'ERR_UNSEAL_FAILED');
    for (let at = 0; at < sealed.length; at += 7) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x04, at);
      await failsWith(unsealBytes(changed, types.typ, word.passphrase), 'ERR_UNSEAL_FAILED', 'ERR_ALGORITHM_NOT_ALLOWED');
      await failsWith(unsealBytes(sealed.subarray(0, at), types.typ, word.passphrase), 'ERR_UNSEAL_FAILED');
    }
  });

  it('are not too many', async () => {
    await assert.rejects(sealBytes(new Uint8Array(limits.compactSealBytes + 1), types, word), TypeError);
    await failsWith(unsealBytes(new Uint8Array(12_000_000).fill(0x41), types.typ, word.passphrase), 'ERR_UNSEAL_FAILED');
    await assert.rejects(sealBytes(plaintext, types, { passphrase: '', generated: false }), TypeError);
  });
});

// Seal keys: their public half and their name.

import assert from 'node:assert/strict';

import { sealKeyThumbprint, toSealPublicKey } from '../../../../src/core/sealing/jwe/sealKeys.ts';
import { keyPair, keyThumbprint } from '../sealingHelpers.ts';

describe('seal keys', () => {
  it('give the public half of a private key without the secret', () => {
    assert.deepEqual(toSealPublicKey(keyPair.privateKey), keyPair.publicKey);
  });

  it('have their RFC 7638 thumbprint for a name, whatever else the key holds', async () => {
    assert.equal(await sealKeyThumbprint(keyPair.publicKey), keyThumbprint);
    assert.equal(await sealKeyThumbprint(keyPair.privateKey), keyThumbprint);
  });
});

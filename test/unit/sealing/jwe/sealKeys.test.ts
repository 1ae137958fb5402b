// Seal keys: what is taken for one and what is not.

import assert from 'node:assert/strict';

import {
  generateSealKeyPair,
  parseSealPrivateKey,
  parseSealPublicKey,
  sealKeyThumbprint,
  toSealPublicKey,
} from '../../../../src/core/sealing/jwe/sealKeys.ts';
import { failsWith, keyPair, keyThumbprint } from '../sealingHelpers.ts';

describe('seal keys', () => {
  it('makes key pairs that differ and can be read back', async () => {
    const [first, second] = await Promise.all([generateSealKeyPair(), generateSealKeyPair()]);
    assert.notEqual(first.privateKey.d, second.privateKey.d);
    assert.deepEqual(await parseSealPublicKey(JSON.parse(JSON.stringify(first.publicKey))), first.publicKey);
    assert.deepEqual(await parseSealPrivateKey(JSON.parse(JSON.stringify(first.privateKey))), first.privateKey);
    assert.deepEqual(Object.keys(first.publicKey).sort(), ['crv', 'kty', 'x', 'y']);
  });

  it('passes over members that a key may have besides', async () => {
    assert.deepEqual(await parseSealPublicKey({ ...keyPair.publicKey, kid: 'x', use: 'enc', ext: true }), keyPair.publicKey);
  });

  it('gives the public half of a private key without the secret', () => {
    assert.deepEqual(toSealPublicKey(keyPair.privateKey), keyPair.publicKey);
  });

  it('names a key by its RFC 7638 thumbprint, whatever else the key holds', async () => {
    assert.equal(await sealKeyThumbprint(keyPair.publicKey), keyThumbprint);
    assert.equal(await sealKeyThumbprint(keyPair.privateKey), keyThumbprint);
  });

  const { x, y, d } = keyPair.privateKey;
  const notPublic: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a string', 'key'],
    ['an array', []],
    ['a private key', keyPair.privateKey],
    ['a key with a secret member of another kind', { ...keyPair.publicKey, k: 'AAAA' }],
    ['another kind of key', { ...keyPair.publicKey, kty: 'OKP' }],
    ['another curve', { ...keyPair.publicKey, crv: 'P-384' }],
    ['a coordinate that is too short', { ...keyPair.publicKey, x: x.slice(0, -2) }],
    ['a coordinate with padding', { ...keyPair.publicKey, x: `${x}=` }],
    ['a coordinate in plain base64', { ...keyPair.publicKey, y: `+${y.slice(1)}` }],
    ['a coordinate with bits to spare', { ...keyPair.publicKey, y: `${y.slice(0, -1)}l` }],
    ['a coordinate that is a number', { ...keyPair.publicKey, x: 5 }],
    ['a key for signatures', { ...keyPair.publicKey, use: 'sig' }],
    ['a point without its second coordinate', { kty: 'EC', crv: 'P-256', x }],
    ['a compressed point', { ...keyPair.publicKey, x: `Aw${x}`, y: '' }],
    ['a hybrid point', { ...keyPair.publicKey, x: `B${x}` }],
    ['curve parameters instead of a name', { ...keyPair.publicKey, crv: { p: x } }],
    ['a point off the curve', { ...keyPair.publicKey, y: x }],
    ['the origin', { ...keyPair.publicKey, x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['a coordinate beyond the field', { ...keyPair.publicKey, x: `${'_'.repeat(42)}8` }],
  ];
  for (const [what, value] of notPublic) {
    it(`refuses ${what} as a public key`, () => failsWith(parseSealPublicKey(value), 'ERR_MESSAGE_INVALID'));
  }

  const notPrivate: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['a public key', keyPair.publicKey],
    ['a secret that is too short', { ...keyPair.privateKey, d: d.slice(2) }],
    ['a secret that is no text', { ...keyPair.privateKey, d: 1 }],
    ['halves that do not belong together', { ...keyPair.privateKey, d: y }],
    ['a secret of zero', { ...keyPair.privateKey, d: 'A'.repeat(43) }],
    ['a point off the curve', { ...keyPair.privateKey, y: x }],
  ];
  for (const [what, value] of notPrivate) {
    it(`refuses ${what} as a private key`, () => failsWith(parseSealPrivateKey(value), 'ERR_IDENTITY_UNREADABLE'));
  }
});

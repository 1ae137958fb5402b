// Single compact JWEs: RFC examples, the host without AES-KW against `jose`, and what is refused before a key is used.

import assert from 'node:assert/strict';

import { CompactEncrypt, compactDecrypt, importJWK } from 'jose';

import { openCompact, type Recipient, sealCompact } from '../../../../src/core/sealing/jwe/compactJwe.ts';
import { sealKeyThumbprint } from '../../../../src/core/sealing/jwe/sealKeys.ts';
import type { SealKeyPairJwk } from '../../../../src/core/wire/sealKey.ts';
import rfc7516 from '../../../vectors/sealing/rfc7516.json' with { type: 'json' };
import agreement from '../../../vectors/sealing/rfc7518.json' with { type: 'json' };
import cookbook from '../../../vectors/sealing/rfc7520.json' with { type: 'json' };
import {
  aesWrap,
  concatKdf,
  failsWith,
  forKey,
  forPassphrase,
  handmadeForKey,
  handmadeForPassphrase,
  handmadeJwe,
  keyHeader,
  keyPair,
  keyThumbprint,
  pbes2Key,
  subtleWithoutAesKw,
  withKey,
  withPassphrase,
} from '../sealingHelpers.ts';

const types = { typ: 'ferry-sealed+jwe', cty: 'ferry-item' };
const content = new Uint8Array(Buffer.from('Ferry carries files, selections and dictionaries.'));
const password = 'unit-test-passphrase';

function headerOf(jwe: Uint8Array): Record<string, unknown> {
  const [header = ''] = Buffer.from(jwe).toString('latin1').split('.');
  const value: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
  assert.ok(value instanceof Object);
  return Object.fromEntries(Object.entries(value));
}

function publicPart({
  kty,
  crv,
  x,
  y,
}: {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
}): object {
  return { kty, crv, x, y };
}

describe('compact JWE', () => {
  it('says in its header what it is and for whom, and nothing more', async () => {
    const { epk, ...header } = headerOf(await sealCompact(content, types, forKey));
    assert.deepEqual(header, { alg: 'ECDH-ES', enc: 'A256GCM', typ: 'ferry-sealed+jwe', cty: 'ferry-item', kid: keyThumbprint });
    assert.deepEqual(Object.keys(epk as object).sort(), ['crv', 'kty', 'x', 'y']);
  });

  const passphrases: readonly (readonly [string, Recipient, SubtleCrypto, number])[] = [
    ['a generated passphrase', forPassphrase, crypto.subtle, 16_384],
    ['a typed passphrase', { kind: 'passphrase', passphrase: password, generated: false }, crypto.subtle, 600_000],
    ['a generated passphrase without AES-KW', forPassphrase, subtleWithoutAesKw, 16_384],
    [
      'a typed passphrase without AES-KW',
      { kind: 'passphrase', passphrase: password, generated: false },
      subtleWithoutAesKw,
      600_000,
    ],
  ];
  for (const [what, recipient, subtle, rounds] of passphrases) {
    it(`is sealed for ${what} with ${rounds} rounds and a fresh salt of 16 bytes`, async () => {
      const jwe = await sealCompact(content, types, recipient, { subtle });
      const { p2s, ...header } = headerOf(jwe);
      assert.deepEqual(header, {
        alg: 'PBES2-HS512+A256KW',
        enc: 'A256GCM',
        typ: 'ferry-sealed+jwe',
        cty: 'ferry-item',
        p2c: rounds,
      });
      assert.equal(Buffer.from(String(p2s), 'base64url').length, 16);
      assert.notEqual(headerOf(await sealCompact(content, types, recipient, { subtle }))['p2s'], p2s);
    });
  }

  it('opens on every host what any host sealed for a passphrase, and with jose itself', async () => {
    for (const sealing of [crypto.subtle, subtleWithoutAesKw]) {
      const jwe = await sealCompact(content, types, forPassphrase, { subtle: sealing });
      for (const subtle of [crypto.subtle, subtleWithoutAesKw]) {
        assert.deepEqual(Buffer.from(await openCompact(jwe, types.typ, withPassphrase, { subtle })), Buffer.from(content));
        const wrong = { kind: 'passphrase', passphrase: 'another' } as const;
        await failsWith(openCompact(jwe, types.typ, wrong, { subtle }), 'ERR_UNSEAL_FAILED');
      }
      const byJose = await compactDecrypt(jwe, Buffer.from(password), {
        keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
        maxPBES2Count: 20_000,
      });
      assert.deepEqual(Buffer.from(byJose.plaintext), Buffer.from(content));
    }
  });

  it('opens without AES-KW what jose sealed', async () => {
    const jwe = await new CompactEncrypt(content)
      .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', ...types })
      .setKeyManagementParameters({ p2c: 5000 })
      .encrypt(Buffer.from(password));
    const opened = await openCompact(Buffer.from(jwe), types.typ, withPassphrase, { subtle: subtleWithoutAesKw });
    assert.deepEqual(Buffer.from(opened), Buffer.from(content));
  });

  it('takes a passphrase as the same one in either Unicode form', async () => {
    const jwe = await sealCompact(content, types, { kind: 'passphrase', passphrase: 'cafe\u0301-au-lait', generated: true });
    await openCompact(jwe, types.typ, { kind: 'passphrase', passphrase: 'café-au-lait'.normalize('NFC') });
    await openCompact(handmadeForPassphrase('café'.normalize('NFC'), {}, 'x'), types.typ, {
      kind: 'passphrase',
      passphrase: 'cafe\u0301',
    });
  });

  it('is never sealed for an empty passphrase', () =>
    assert.rejects(sealCompact(content, types, { kind: 'passphrase', passphrase: '', generated: false }), TypeError));

  it('is never sealed for a key that is off its curve', () =>
    failsWith(
      sealCompact(content, types, { kind: 'key', key: { ...keyPair.publicKey, y: keyPair.publicKey.x } }),
      'ERR_MESSAGE_INVALID',
    ));

  describe('of the RFCs', () => {
    it('agrees on the key of RFC 7518 appendix C', async () => {
      const { ephemeral, recipient, enc, apu, apv, derivedKey } = agreement;
      const ours = { privateKey: ephemeral.d, publicKey: recipient };
      assert.equal(concatKdf({ ...ours, enc, bits: 128, apu, apv }).toString('base64url'), derivedKey);
      // The same agreement for the algorithm that Ferry has, with both parties named in the header as there.
      const own = recipient as SealKeyPairJwk;
      const cek = concatKdf({ ...ours, enc: 'A256GCM', bits: 256, apu, apv });
      const header = keyHeader({ epk: publicPart(ephemeral), apu, apv });
      const jwe = handmadeJwe(header, new Uint8Array(), cek, content);
      assert.deepEqual(Buffer.from(await openCompact(jwe, types.typ, { kind: 'key', keys: [own] })), Buffer.from(content));
    });

    it('agrees on the key of RFC 7520 section 5.5, whose content encryption is refused', async () => {
      const { key, ephemeral, enc, cek, compact } = cookbook['section5.5'];
      const ours = { privateKey: ephemeral.d, publicKey: key };
      assert.equal(concatKdf({ ...ours, enc, bits: 256 }).toString('base64url'), cek);
      const own = key as SealKeyPairJwk;
      const header = keyHeader({ epk: publicPart(ephemeral), kid: await sealKeyThumbprint(own) });
      const jwe = handmadeJwe(header, new Uint8Array(), concatKdf({ ...ours, enc: 'A256GCM', bits: 256 }), content);
      assert.deepEqual(Buffer.from(await openCompact(jwe, types.typ, { kind: 'key', keys: [own] })), Buffer.from(content));
      await failsWith(openCompact(Buffer.from(compact), types.typ, { kind: 'key', keys: [own] }), 'ERR_ALGORITHM_NOT_ALLOWED');
    });

    it('derives the key of RFC 7520 section 5.3, whose content encryption is refused', async () => {
      const { password: theirs, p2s, p2c, cek, encryptedKey, compact } = cookbook['section5.3'];
      const wrapped = aesWrap(pbes2Key(theirs, p2s, p2c), Buffer.from(cek, 'base64url'));
      assert.equal(wrapped.toString('base64url'), encryptedKey);
      const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', ...types, p2s, p2c };
      const jwe = handmadeJwe(header, wrapped, Buffer.from(cek, 'base64url'), content);
      const opener = { kind: 'passphrase', passphrase: theirs } as const;
      for (const subtle of [crypto.subtle, subtleWithoutAesKw]) {
        assert.deepEqual(Buffer.from(await openCompact(jwe, types.typ, opener, { subtle })), Buffer.from(content));
        await failsWith(openCompact(Buffer.from(compact), types.typ, opener, { subtle }), 'ERR_ALGORITHM_NOT_ALLOWED');
      }
    });

    it('is refused with the algorithms of RFC 7516 appendix A.3', async () => {
      const jwe = Buffer.from(rfc7516.compact);
      await failsWith(openCompact(jwe, types.typ, withKey), 'ERR_ALGORITHM_NOT_ALLOWED');
      await failsWith(openCompact(jwe, types.typ, withPassphrase), 'ERR_ALGORITHM_NOT_ALLOWED');
    });
  });

  it('made by hand opens, so that the refusals below are for the reason given', async () => {
    assert.equal(Buffer.from(await openCompact(handmadeForKey(keyHeader(), 'x'), types.typ, withKey)).toString(), 'x');
    assert.equal(
      Buffer.from(await openCompact(handmadeForPassphrase(password, {}, 'x'), types.typ, withPassphrase)).toString(),
      'x',
    );
  });

  const forged: readonly (readonly [string, Record<string, unknown>])[] = [
    ['another type', { typ: 'JWT' }],
    ['no type', { typ: undefined }],
    ['a type that is no text', { typ: 5 }],
    ['compressed content', { zip: 'DEF' }],
    ['an unknown compression', { zip: null }],
    ['critical members', { crit: ['exp'], exp: 1 }],
    ['critical members that are none', { crit: [] }],
    ['no key identifier', { kid: undefined }],
    ['a key identifier that is no thumbprint', { kid: 'me' }],
    ['no ephemeral key', { epk: undefined }],
    ['an ephemeral key off the curve', { epk: { ...keyPair.publicKey, y: keyPair.publicKey.x } }],
    ['an ephemeral key on another curve', { epk: { ...keyPair.publicKey, crv: 'P-384' } }],
    ['an ephemeral key with its secret', { epk: keyPair.privateKey }],
  ];
  for (const [what, changes] of forged) {
    it(`is refused with ${what}`, () =>
      failsWith(openCompact(handmadeForKey(keyHeader(changes), 'x'), types.typ, withKey), 'ERR_UNSEAL_FAILED'));
  }

  const derivations: readonly (readonly [string, Record<string, unknown>])[] = [
    ['2^31 rounds', { p2c: 2 ** 31 }],
    ['a million and one rounds', { p2c: 1_000_001 }],
    ['no rounds', { p2c: 0 }],
    ['half a round', { p2c: 1000.5 }],
    ['rounds in letters', { p2c: '1000' }],
    ['a salt of seven bytes', { p2s: 'AAECAwQFBg' }],
    ['no salt', { p2s: undefined }],
    ['other rounds than it was sealed with', { p2c: 1001 }],
  ];
  for (const [what, changes] of derivations) {
    it(`is refused with ${what}`, async () => {
      for (const subtle of [crypto.subtle, subtleWithoutAesKw]) {
        const jwe = handmadeForPassphrase(password, changes, 'x');
        await failsWith(openCompact(jwe, types.typ, withPassphrase, { subtle }), 'ERR_UNSEAL_FAILED');
      }
    });
  }

  it('is refused where a header is no JSON object', async () => {
    for (const header of ['', '[]', 'null', '"x"', '{', '\ufeff{}']) {
      await failsWith(
        openCompact(handmadeForKey(header, 'x'), types.typ, withKey),
        'ERR_UNSEAL_FAILED',
        'ERR_ALGORITHM_NOT_ALLOWED',
      );
    }
  });

  it('is refused where its parts are not five, or not of the right length', async () => {
    const [header = '', , iv = '', ciphertext = '', tag = ''] = handmadeForKey(keyHeader(), 'content').toString().split('.');
    const wrong = [
      [header, '', iv, ciphertext],
      [header, '', iv, ciphertext, tag, ''],
      [header, 'A'.repeat(54), iv, ciphertext, tag],
      [header, '', '', ciphertext, tag],
      [header, '', iv.slice(0, -4), ciphertext, tag],
      [header, '', iv, ciphertext, ''],
      [header, '', iv, ciphertext, tag.slice(0, -6)],
      [header, '', iv, ciphertext, `${tag}==`],
      [header, '', iv, `${ciphertext}\n`, tag],
      [header, '', iv, '', tag],
    ];
    for (const parts of wrong)
      await failsWith(openCompact(Buffer.from(parts.join('.')), types.typ, withKey), 'ERR_UNSEAL_FAILED');
  });

  it('is refused in the other spellings of the same bytes', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const jwe of [handmadeForKey(keyHeader(), 'abcde'), handmadeForPassphrase(password, {}, 'abcd')]) {
      const opener = jwe.toString().split('.')[1] === '' ? withKey : withPassphrase;
      const ends = [...jwe.keys()].filter((at) => jwe[at + 1] === 0x2e || at === jwe.length - 1);
      for (const at of ends) {
        for (const letter of alphabet) {
          if (letter.charCodeAt(0) === jwe[at] || jwe[at] === 0x2e) continue;
          const changed = Buffer.from(jwe);
          changed.write(letter, at, 'latin1');
          await failsWith(openCompact(changed, types.typ, opener), 'ERR_UNSEAL_FAILED');
        }
      }
    }
  });

  it('tells its failures apart by nothing', async () => {
    const good = handmadeForKey(keyHeader(), 'content');
    const changed = Buffer.from(good);
    changed.write(changed.at(-30) === 0x41 ? 'B' : 'A', changed.length - 30, 'latin1');
    const failures = await Promise.all([
      failsWith(openCompact(changed, types.typ, withKey), 'ERR_UNSEAL_FAILED'),
      failsWith(openCompact(good.subarray(0, -1), types.typ, withKey), 'ERR_UNSEAL_FAILED'),
      failsWith(openCompact(handmadeForKey(keyHeader({ zip: 'DEF' }), 'x'), types.typ, withKey), 'ERR_UNSEAL_FAILED'),
      failsWith(openCompact(handmadeForPassphrase('other', {}, 'x'), types.typ, withPassphrase), 'ERR_UNSEAL_FAILED'),
    ]);
    assert.equal(new Set(failures.map(({ message }) => message)).size, 1);
    assert.deepEqual(new Set(failures.map((failure) => JSON.stringify(Reflect.get(failure, 'detail')))), new Set(['{}']));
  });

  it('is made so that jose opens it with the key', async () => {
    const { plaintext } = await compactDecrypt(
      await sealCompact(content, types, forKey),
      await importJWK({ ...keyPair.privateKey }, 'ECDH-ES'),
    );
    assert.deepEqual(Buffer.from(plaintext), Buffer.from(content));
  });
});

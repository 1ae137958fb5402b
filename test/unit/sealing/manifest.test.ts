// The manifest inside the seal: what is written and what is read.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { encodeManifest, type Manifest, parseManifest } from '../../../src/core/sealing/manifest.ts';
import { failsWith, manifestOf } from './sealingHelpers.ts';

const encoder = new TextEncoder();

function lineOf(bytes: Uint8Array): Uint8Array {
  assert.equal(bytes.at(-1), 0x0a);
  assert.equal(bytes.subarray(0, -1).indexOf(0x0a), -1);
  return bytes.subarray(0, -1);
}

function parseText(text: string): Promise<unknown> {
  return Promise.resolve().then(() => parseManifest(encoder.encode(text)));
}

describe('manifest', () => {
  it('reads back any manifest that it writes, on one line', () => {
    const manifests: fc.Arbitrary<Manifest> = fc.record(
      {
        kind: fc.constantFrom('file', 'dictionary', 'snippet'),
        name: fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
        size: fc.integer({ min: 0, max: 2 ** 44 }),
        mediaType: fc.constantFrom('text/plain', 'application/octet-stream', 'text/x; charset="utf-8"'),
        extra: fc.dictionary(fc.constantFrom('languageId', 'encoding', 'constructor', 'toString'), fc.string(), {
          minKeys: 1,
          noNullPrototype: true,
        }),
      },
      { requiredKeys: ['kind', 'name', 'size', 'mediaType'] },
    );
    fc.assert(
      fc.property(manifests, (manifest) => {
        const { name, ...others } = parseManifest(lineOf(encodeManifest(manifest))).manifest;
        assert.deepEqual({ name, ...others }, { ...manifest, name: manifest.name.toWellFormed() });
      }),
    );
  });

  it('carries key and record size of a large item', () => {
    const records = { key: 'AAAAAAAAAAAAAAAAAAAAAA', recordSize: 131_072 };
    assert.deepEqual(parseManifest(lineOf(encodeManifest(manifestOf(1), records))), { manifest: manifestOf(1), records });
  });

  it('passes over members of later versions, and texts that are none', () => {
    const text =
      '{"v":1,"kind":"file","name":"a","size":0,"mediaType":"a/b","tags":["x"],"depth":3,"__proto__":"p","half":"\\ud800","note":"n"}';
    const { manifest } = parseManifest(encoder.encode(text));
    assert.deepEqual(manifest, { kind: 'file', name: 'a', size: 0, mediaType: 'a/b', extra: { note: 'n' } });
  });

  const right = { v: 1, kind: 'file', name: 'a', size: 1, mediaType: 'a/b' };
  const wrong: readonly (readonly [string, unknown])[] = [
    ['an array', [right]],
    ['null', null],
    ['no version', { ...right, v: undefined }],
    ['a version in letters', { ...right, v: '1' }],
    ['no kind', { ...right, kind: undefined }],
    ['a kind in capitals', { ...right, kind: 'File' }],
    ['an empty name', { ...right, name: '' }],
    ['a name that is a number', { ...right, name: 5 }],
    ['a name of 1025 bytes', { ...right, name: 'é'.repeat(512) + 'a' }],
    ['a name with half a surrogate pair', { ...right, name: 'a\ud800' }],
    ['a negative size', { ...right, size: -1 }],
    ['a size that is no whole number', { ...right, size: 0.5 }],
    ['a size in letters', { ...right, size: '1' }],
    ['a size beyond all limits', { ...right, size: 2 ** 45 }],
    ['no media type', { ...right, mediaType: '' }],
    ['a media type with a line feed', { ...right, mediaType: 'a/b\n' }],
    ['a key without a record size', { ...right, key: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['a record size without a key', { ...right, recordSize: 4096 }],
    ['a key of 15 bytes', { ...right, key: 'AAAAAAAAAAAAAAAAAAAA', recordSize: 4096 }],
    ['a key with bits to spare', { ...right, key: 'AAAAAAAAAAAAAAAAAAAAAB', recordSize: 4096 }],
    ['a record size of 17', { ...right, key: 'AAAAAAAAAAAAAAAAAAAAAA', recordSize: 17 }],
    ['a record size of 2 MiB', { ...right, key: 'AAAAAAAAAAAAAAAAAAAAAA', recordSize: 2 ** 21 }],
  ];
  for (const [what, value] of wrong) {
    it(`refuses ${what}`, () => failsWith(parseText(JSON.stringify(value)), 'ERR_UNSEAL_FAILED'));
  }

  it('refuses what is no JSON, no UTF-8 or too long', async () => {
    await failsWith(parseText('{"v":1'), 'ERR_UNSEAL_FAILED');
    await failsWith(parseText(''), 'ERR_UNSEAL_FAILED');
    await failsWith(parseText(`\ufeff${JSON.stringify(right)}`), 'ERR_UNSEAL_FAILED');
    await failsWith(parseText(JSON.stringify({ ...right, note: 'x'.repeat(16_384) })), 'ERR_UNSEAL_FAILED');
    const latin1 = Buffer.from(JSON.stringify({ ...right, name: 'é' }), 'latin1');
    await failsWith(
      Promise.resolve().then(() => parseManifest(latin1)),
      'ERR_UNSEAL_FAILED',
    );
  });

  it('says so where the manifest is of a later version', () =>
    failsWith(parseText('{"v":2,"anything":true}'), 'ERR_VERSION_UNSUPPORTED'));

  it('keeps what it could not parse out of the error', async () => {
    const failure = await failsWith(parseText('{"secret-name'), 'ERR_UNSEAL_FAILED');
    assert.doesNotMatch(`${failure.stack ?? ''}${String(failure.cause)}`, /secret-name/);
  });

  const unwritable: readonly (readonly [string, Manifest])[] = [
    ['a member of its own among the extra ones', manifestOf(1, { extra: { key: 'x' } })],
    ['an extra name with a space', manifestOf(1, { extra: { 'a b': 'x' } })],
    ['an empty name', manifestOf(1, { name: '' })],
    ['a size that is not one', manifestOf(Number.NaN)],
    ['too much of everything', manifestOf(1, { extra: { note: 'x'.repeat(16_384) } })],
  ];
  for (const [what, manifest] of unwritable) {
    it(`does not write ${what}`, () => assert.throws(() => encodeManifest(manifest), TypeError));
  }

  it('writes a name with half a surrogate pair as well-formed text', () => {
    assert.equal(parseManifest(lineOf(encodeManifest(manifestOf(1, { name: 'a\ud800b' })))).manifest.name, 'a\ufffdb');
  });
});

// The sealed items in test/vectors/sealing, which every later version has to open.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Opener } from '../../../src/core/sealing/jwe/compactJwe.ts';
import { unsealBytes } from '../../../src/core/sealing/records/sealedBytes.ts';
import type { SealKeyPairJwk } from '../../../src/core/wire/sealKey.ts';
import vector from '../../vectors/sealing/items.json' with { type: 'json' };
import { readVector, subtleWithoutAesKw, unsealToBytes, vectors } from './sealingHelpers.ts';

const { key, passphrase, typedPassphrase, items, identity } = vector;

describe('vector items', () => {
  for (const { file, open, manifest, content } of items) {
    it(`open: ${file}`, async () => {
      const opener: Opener =
        open === 'key'
          ? { kind: 'key', keys: [readVector(key) as SealKeyPairJwk] }
          : { kind: 'passphrase', passphrase: open === 'passphrase' ? passphrase : typedPassphrase };
      for (const subtle of [crypto.subtle, subtleWithoutAesKw]) {
        const opened = await unsealToBytes(readFileSync(join(vectors, file)), opener, { subtle });
        assert.deepEqual(opened, { manifest, content: Buffer.from(content) });
      }
    });
  }

  it(`open: ${identity.file}`, async () => {
    const opened = await unsealBytes(readFileSync(join(vectors, identity.file)), identity.typ, passphrase);
    assert.equal(Buffer.from(opened).toString(), identity.plaintext);
  });
});

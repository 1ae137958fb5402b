// What lands of a folder that another process began: its rest is held against a digest of its own.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { landItem } from '../../../src/core/receiving/landing.ts';
import type { ItemBody } from '../../../src/core/receiving/store.ts';
import type { OfferedItem } from '../../../src/core/wire/item.ts';
import { FakeDisk } from '../../support/fakeDisk.ts';

const [begun, rest] = [Buffer.from('begun'), Buffer.from('the rest')];
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const offered: OfferedItem = {
  ...{ kind: 'folder', name: 'project', size: begun.length + rest.length, mediaType: 'application/x-tar' },
  folder: { files: 0, folders: 0, names: [] },
};

/** The digest of the whole is right in any case. */
function bodyWith(own: Uint8Array | undefined): ItemBody {
  return {
    bytes: once(rest),
    digest: () => Promise.resolve(sha256(Buffer.concat([begun, rest]))),
    ownDigest: () => Promise.resolve(own),
    abort: () => undefined,
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('The rest of a folder', () => {
  const land = async (own: Uint8Array | undefined): Promise<FakeDisk> => {
    const disk = new FakeDisk();
    disk.kept.set('part', begun);
    const kept = await disk.reopen('folder', { name: 'project', part: 'part' });
    const body = bodyWith(own);
    try {
      await landItem({
        ...{ store: disk, landing: 'folder', offered, body, part: 'part', kept },
        ...{ onProgress: () => undefined, isWanted: () => true },
      });
    } finally {
      assert.equal(disk.openParts, 0);
    }
    return disk;
  };

  it('gets its name with the digest of that rest', async () => {
    assert.deepEqual([...(await land(sha256(rest))).files.keys()], ['folder/project']);
  });

  for (const [what, own] of [
    ['no digest of its own', undefined],
    ['that of something else', sha256(begun)],
  ] as const) {
    it(`gets none with ${what}, and nothing is left of it`, async () => {
      await assert.rejects(land(own), { code: 'ERR_DIGEST_MISMATCH' });
    });
  }
});

// A getter that was written from PROTOCOL.md alone, in another language, with a real peer that shares.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import { withShare } from '../../../src/core/sharing/shares.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { type Fact, findPython, startPythonPeer } from '../../support/pythonPeer.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const large = randomBytes(3_000_000);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('A getter written from the page alone (skipped where its Python is missing)', function () {
  this.timeout(60_000);
  let python = '';
  let folder = '';
  let owner: HeadlessPeer;

  before(async function () {
    const found = findPython();
    if ('missing' in found) skip(this, found.missing);
    ({ python } = found);
    folder = await tempFolder();
    owner = await headlessPeer();
    const root = await tempFolder();
    await mkdir(join(root, 'many'));
    await writeFile(join(root, 'large.bin'), large);
    for (let n = 0; n < 1_200; n += 1) await writeFile(join(root, 'many', `f${n}`), String(n));
    await owner.shares.change((shares) => withShare(shares, { name: 'Work', path: root, with: 'paired' }));
  });
  after(async () => {
    if (python !== '') await owner.stop();
    await removeTempFolders();
  });

  const run = async (member: string, ...command: readonly string[]): Promise<Fact> => {
    const peer = startPythonPeer(python, folder, ...command);
    return peer.told(member).finally(() => peer.stop());
  };
  const get = (path: string, split = 0): Promise<Fact> =>
    run('got', 'get', String(owner.online.port), owner.identity.peerId, path, String(split));

  it('hears that it is not paired', async () => {
    const told = await run('ended', 'get', String(owner.online.port), owner.identity.peerId, 'Work');
    assert.deepEqual([told['status'], told['type']], [403, 'not-paired']);
  });

  it('lists all pages, and gets files and folders, whole and in ranges', async () => {
    const { id } = await run('id', 'receive', 'decline');
    await owner.book.change(parsePeerId(String(id)), (entry) => ({ ...entry, trust: 'paired' }));
    for (const split of [0, 1, 1_234_567]) {
      const { got } = (await get('Work/large.bin', split)) as { got: Fact };
      assert.deepEqual([got['sha256'], got['beside']], [sha256(large), ['large.bin', 'many']], String(split));
    }
    const one = (await get('Work/many/f777')) as { got: { beside: string[]; sha256: string } };
    assert.deepEqual([one.got.beside.length, one.got.sha256], [1_200, sha256(Buffer.from('777'))]);
    for (const split of [0, 100_000]) {
      const { got } = (await get('Work/many', split)) as { got: { entries: Record<string, string> } };
      assert.equal(Object.keys(got.entries).length, 1_200);
      assert.equal(got.entries['f42'], sha256(Buffer.from('42')));
    }
  });
});

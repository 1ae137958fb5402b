// What processes that are gone have left: what nobody waits for goes, and nothing else.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { hostTag, removeLeftovers, removeOrphans } from '../../../src/net/disk/leftovers.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const leavingChild = join(import.meta.dirname, '../../support/leavingChild.ts');

describe('Leftovers', () => {
  afterEach(removeTempFolders);
  const tag = hostTag;
  const part = (host: string, pid: number | string, id = '0123456789abcdef'): string => `.ferry-${host}-${pid}-${id}.part`;
  /** No process has it: Linux gives none above 4 194 304, others none above this. */
  const nobody = 2_147_483_646;

  it('of processes that are gone, or that nobody wrote to for a day, are removed; all else stays', async () => {
    const folder = await tempFolder();
    const old = [part('00000000', 1, 'aaaaaaaaaaaaaaaa'), part(tag, process.pid, 'aaaaaaaaaaaaaaaa')];
    const going = [part(tag, nobody), ...old];
    const staying = [
      part(tag, process.pid),
      part(tag, 1),
      part('00000000', nobody),
      '.ferry-x.part',
      `x${part(tag, nobody)}`,
      `${part(tag, nobody)}x`,
      part(tag, nobody, 'ABC'),
      'a.part',
    ];
    for (const name of [...going, ...staying]) await writeFile(join(folder, name), '');
    for (const name of old) await utimes(join(folder, name), 1, 1);
    await removeLeftovers(folder);
    assert.deepEqual((await readdir(folder)).toSorted(), staying.toSorted());
  });

  it('of processes of a container stay, whose numbers say nothing here (needs namespaces)', async function () {
    const folder = await tempFolder();
    const run = (...words: readonly string[]) =>
      promisify(execFile)('unshare', ['--user', '--map-root-user', '--pid', '--fork', ...words]);
    await run('true').catch(() => skip(this, 'namespaces of users and processes'));
    // What a process there is in the middle of: its number may be nobody's here.
    await run(process.execPath, leavingChild, folder, String(nobody));
    const left = (await readdir(folder)).toSorted();
    assert.equal(left.length, 2);
    await removeLeftovers(folder);
    assert.deepEqual((await readdir(folder)).toSorted(), left);
  });

  it('that somebody waits for stay, however long that takes', async () => {
    const folder = await tempFolder();
    const wanted = part(tag, nobody, 'aaaaaaaaaaaaaaaa');
    for (const name of [wanted, part(tag, nobody)]) await writeFile(join(folder, name), '');
    await utimes(join(folder, wanted), 1, 1);
    await removeLeftovers(folder, (id) => id === 'aaaaaaaaaaaaaaaa');
    assert.deepEqual(await readdir(folder), [wanted]);
  });

  it('in the storage of Ferry go where no entry has them and nobody has touched them for a day', async () => {
    const folder = await tempFolder();
    for (const name of ['kept', 'young', 'orphan', part(tag, 1)]) await writeFile(join(folder, name), '');
    for (const name of ['kept', 'orphan', part(tag, 1)]) await utimes(join(folder, name), 1, 1);
    await removeOrphans(folder, (path) => path === join(folder, 'kept'));
    assert.deepEqual((await readdir(folder)).toSorted(), [part(tag, 1), 'kept', 'young'].toSorted());
  });

  it('are looked for in vain where there is no folder', async () => {
    await removeLeftovers(join(await tempFolder(), 'nothing'));
  });

  it('that are folders go with all that is in them', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, part(tag, nobody), 'd'), { recursive: true });
    await removeLeftovers(folder);
    assert.deepEqual(await readdir(folder), []);
  });
});

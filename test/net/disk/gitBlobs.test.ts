// What git has of a file, read with git itself: and nothing is fetched, run or read elsewhere for it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../src/core/base/limits.ts';
import { headBlob, readBlob } from '../../../src/net/disk/gitBlobs.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';
import { needsTools } from '../../support/tools.ts';

const text = 'one\ntwo\n';
const idOf = (content: string): string => createHash('sha1').update(`blob ${content.length}\0${content}`).digest('hex');

async function repository(content = text): Promise<{ readonly folder: string; readonly git: (...args: string[]) => string }> {
  const folder = await tempFolder();
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@y', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  git('init', '--quiet', '--object-format=sha1');
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'src/a b.txt'), content);
  git('add', '.');
  git('commit', '--quiet', '-m', 'x');
  return { folder, git };
}

describe('The blob of a file', () => {
  before(function () {
    needsTools(this, 'git');
  });
  after(removeTempFolders);

  it('is that of the last commit, whatever the file is now', async () => {
    const { folder } = await repository();
    await writeFile(join(folder, 'src/a b.txt'), 'changed');
    assert.equal(await headBlob(join(folder, 'src/a b.txt')), idOf(text));
    assert.equal(Buffer.from((await readBlob(folder, idOf(text)))!).toString(), text);
    assert.equal(Buffer.from((await readBlob(join(folder, 'src'), idOf(text)))!).toString(), text);
  });

  it('is none where there is no repository, no commit of it, or no such blob', async () => {
    const { folder } = await repository();
    await writeFile(join(folder, 'new.txt'), 'new');
    assert.equal(await headBlob(join(folder, 'new.txt')), undefined);
    assert.equal(await headBlob(join(await tempFolder(), 'a.txt')), undefined);
    assert.equal(await headBlob(join(folder, 'gone', 'a.txt')), undefined);
    assert.equal(await readBlob(folder, 'a'.repeat(40)), undefined);
    assert.equal(await readBlob(await tempFolder(), idOf(text)), undefined);
  });

  for (const id of ['HEAD', '--help', 'HEAD:src/a b.txt', '', `${'a'.repeat(40)}\n`])
    it(`is not read under what is no id: ${JSON.stringify(id)}`, async () => {
      const { folder } = await repository();
      assert.equal(await readBlob(folder, id), undefined);
    });

  it('is not read where it is too large to be merged, or no blob', async () => {
    const { folder, git } = await repository('x'.repeat(limits.mergeBytes + 1));
    assert.equal(await readBlob(folder, git('rev-parse', 'HEAD:src/a b.txt').trim()), undefined);
    assert.equal(await readBlob(folder, git('rev-parse', 'HEAD').trim()), undefined);
  });

  it('is fetched from nowhere where the repository promises to have it elsewhere', async () => {
    const { folder, git } = await repository();
    const trace = join(folder, 'fetched');
    const remote = (await repository('elsewhere\n')).folder;
    git('remote', 'add', 'origin', remote);
    for (const [key, value] of [
      ['core.repositoryFormatVersion', '1'],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialCloneFilter', 'blob:none'],
      ['remote.origin.uploadpack', `touch '${trace}'; git-upload-pack`],
    ] as const)
      git('config', key, value);
    assert.equal(await readBlob(folder, idOf('elsewhere\n')), undefined);
    assert.ok(!existsSync(trace));
  });
});

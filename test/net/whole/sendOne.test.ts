// A whole peer in a script of a few lines: found by name, asked, and sent a file.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { headlessPeer } from '../../support/headlessPeer.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const script = join(import.meta.dirname, '../../support/sendOne.ts');

describe('A script that sends one file', () => {
  after(removeTempFolders);

  it('has 25 lines at most, and leaves a file with the peer of that name', async () => {
    const lines = (await readFile(script, 'utf8')).trimEnd().split('\n');
    assert.ok(lines.length <= 25, `it has ${lines.length}`);
    const receiver = await headlessPeer({ name: 'Grace', answer: 'save' });
    const folder = await tempFolder();
    await writeFile(join(folder, 'hello.txt'), 'hello\n');
    try {
      const args = [script, join(folder, 'hello.txt'), 'Grace', folder, String(await ownMdnsPort())];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      assert.equal(stdout, 'delivered\n');
      assert.equal(await readFile(join(receiver.folder, 'hello.txt'), 'utf8'), 'hello\n');
    } finally {
      await receiver.stop();
    }
  });
});

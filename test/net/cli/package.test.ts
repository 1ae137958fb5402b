// The command line as it is installed: one file, small, with nothing beside it, and none of it in the extension.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { listFiles, PackageManager } from '@vscode/vsce';

import { runFerry } from '../../support/cliProcess.ts';
import { headlessPeer } from '../../support/headlessPeer.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

describe('The package of the command line', function () {
  this.timeout(240_000);
  let folder = '';
  let program = '';
  const version = async (): Promise<string> =>
    (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version;

  before(async () => {
    folder = await tempFolder();
    await run('npm', ['run', 'package:cli'], { cwd: root });
    const archive = join(root, 'out', `ferry-cli-${await version()}.tgz`);
    await run('npm', ['install', '-g', '--offline', '--prefix', folder, archive], { cwd: folder });
    program = join(folder, 'bin', 'ferry');
  });
  after(removeTempFolders);

  it('is one file of at most 1 MB, without a dependency', async () => {
    const inside = join(folder, 'lib', 'node_modules', 'ferry-cli');
    const { size } = await stat(join(inside, 'ferry.mjs'));
    assert.ok(size > 300_000 && size <= 1_000_000, `${size} bytes`);
    const manifest = JSON.parse(await readFile(join(inside, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
    assert.deepEqual(
      [manifest['version'], manifest['dependencies'], manifest['scripts']],
      [await version(), undefined, undefined],
    );
  });

  it('gives a command that sends, seals and reads dictionaries', async () => {
    const grace = await headlessPeer({ name: 'Grace', answer: 'save' });
    // The bundle and this process speak, each with its own libraries.
    const env = { PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter) };
    try {
      await writeFile(join(folder, 'map.yaml'), 'a: 1\n');
      const options = { data: join(folder, 'data'), program: [program], env };
      assert.equal((await run(program, ['--version'], { env: { ...process.env, ...env } })).stdout, `${await version()}\n`);
      const sent = await runFerry(['send', join(folder, 'map.yaml'), '--encrypt', '--to', 'grace'], options);
      assert.equal(sent.code, 0, sent.stderr);
      assert.equal(await readFile(join(grace.folder, 'map.yaml'), 'utf8'), 'a: 1\n');
      const read = await runFerry(['dict', join(folder, 'map.yaml')], options);
      assert.deepEqual([read.code, JSON.parse(read.stdout)], [0, { a: 1 }], read.stderr);
    } finally {
      await grace.stop();
    }
  });

  it('is not in the package of the extension', async () => {
    const packed = await listFiles({ cwd: root, packageManager: PackageManager.None });
    assert.deepEqual(
      packed.filter((path) => /(^|\/)(cli|ferry\.mjs|packageCli)/.test(path)),
      [],
    );
  });
});

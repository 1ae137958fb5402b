// docs/CLI.md against the command line: its commands, options, events and exit codes, no more and no fewer.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { commonOptions, entries } from '../../../src/cli/commands.ts';
import { exitCodes } from '../../../src/cli/exitCodes.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const root = resolve(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'docs/CLI.md'), 'utf8');

/** The first cells of the one table whose head begins so, without their backticks. */
function firstCells(head: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.indexOf(head);
  assert.ok(start >= 0, head);
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) => (line.split('|')[1] ?? '').trim().replaceAll('`', ''));
}

describe('The document of the command line', () => {
  after(removeTempFolders);

  it('has a row for every command, with its words', () => {
    const told = firstCells('| command | what it does |').map((cell) => cell.replace(/^ferry /, '').replace(' --to PEER', ''));
    const usages = Object.values(entries).map(({ usage }) => usage.replace(' --to PEER', ''));
    assert.deepEqual(told.toSorted(), usages.toSorted());
  });

  it('names every option of every command', () => {
    for (const [name, { options }] of Object.entries(entries)) {
      for (const option of Object.keys(options)) {
        if (option !== 'timeout' && option !== 'output') assert.ok(text.includes(`--${option}`), `${name} --${option}`);
      }
    }
    const told = firstCells('| option | what it does |').map((cell) => /^--([\w-]+)/.exec(cell)?.[1] ?? cell);
    assert.deepEqual(told.toSorted(), Object.keys(commonOptions).toSorted());
  });

  // What looks like owner/repository is taken for one, and asked of the network.
  it('installs archives from paths that npm takes for paths', () => {
    const archives = [...text.matchAll(/npm install -g (\S+\.tgz)/g)].map(([, path]) => path ?? '');
    assert.ok(archives.length > 1);
    for (const path of archives) assert.match(path, /^\.?\//);
  });

  it('has a row for every exit code', () => {
    assert.deepEqual(firstCells('| code | what it means |').map(Number), Object.values(exitCodes));
  });

  it('has a unit that systemd takes', async function () {
    const home = await tempFolder();
    const [, unit = ''] = /```ini\n(.*?)```/s.exec(text) ?? [];
    await mkdir(join(home, '.local', 'bin'), { recursive: true });
    await writeFile(join(home, '.local', 'bin', 'ferry'), '', { mode: 0o700 });
    await writeFile(join(home, 'ferry.service'), unit);
    const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home };
    const words = ['verify', '--user', '--man=no', join(home, 'ferry.service')];
    const { status, stderr } = spawnSync('systemd-analyze', words, { env, encoding: 'utf8' });
    if (status === null) skip(this, 'systemd-analyze of systemd');
    assert.deepEqual([status, stderr.split('\n').filter((line) => line.includes('ferry'))], [0, []]);
  });

  it('has a row for every event', () => {
    const folder = join(root, 'src/cli');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.name.endsWith('.ts'));
    const sources = files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n');
    const used = new Set([...sources.matchAll(/\bevent: '(\w+)'/g)].map(([, event]) => event ?? ''));
    assert.deepEqual(firstCells('| event | fields |').toSorted(), [...used].toSorted());
  });
});

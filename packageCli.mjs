// Packs the command line: one bundled file, a manifest that needs nothing else, and npm's archive of both in `out/`.

import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { oldestNode } from './src/cli/oldestNode.ts';

const root = import.meta.dirname;
const folder = join(root, 'out', 'cli-package');
const { version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const manifest = {
  name: 'ferry-cli',
  version,
  license,
  description: 'Carries files straight from peer to peer over the local network',
  type: 'module',
  bin: { ferry: 'ferry.mjs' },
  engines: { node: `>=${oldestNode}` },
};
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await copyFile(join(root, 'out', 'cli', 'ferry.mjs'), join(folder, 'ferry.mjs'));
await copyFile(join(root, 'docs', 'CLI.md'), join(folder, 'README.md'));
await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
execFileSync('npm', ['pack', '--silent', '--pack-destination', join(root, 'out')], {
  cwd: folder,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});

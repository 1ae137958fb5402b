// The size of what VS Code loads when a window starts, built as for a release, in a folder of its own.

import { execFile } from 'node:child_process';
import { copyFile, cp, stat, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { tempFolder } from '../support/temp.ts';
import { atMost, type BenchRow } from './rows.ts';

const project = resolve(import.meta.dirname, '..', '..');

/** Row: the bundle, minified. */
export async function benchStart(): Promise<readonly BenchRow[]> {
  const root = await tempFolder();
  await cp(join(project, 'src'), join(root, 'src'), { recursive: true });
  await symlink(join(project, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const name of ['esbuild.mjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json']) {
    await copyFile(join(project, name), join(root, name));
  }
  await promisify(execFile)(process.execPath, ['esbuild.mjs', '--production'], { cwd: root });
  const { size } = await stat(join(root, 'dist', 'extension.js'));
  return [atMost('start: the bundle that is loaded, minified', size / 1000, 'KB', 350)];
}

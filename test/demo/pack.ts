// Builds the extension and packs it, as it would be published.

import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '..', '..');

/** Packs the extension and gives the path of the `.vsix`. Rejects with what the tools printed where they fail. */
export async function packExtension(): Promise<string> {
  const folder = join(projectRoot, 'out');
  const vsix = join(folder, 'ferry.vsix');
  await mkdir(folder, { recursive: true });
  await runNode(['esbuild.mjs', '--production']);
  await runNode(['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--no-rewrite-relative-links', '--out', vsix]);
  return vsix;
}

function runNode(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      if (code === 0) done();
      else failed(new Error(`${args.join(' ')} ended with ${String(code)}:\n${printed}`));
    });
  });
}

// Builds the extension and packs it, as it would be published.

import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '..', '..', '..');

/** Packs the extension and gives the path of the `.vsix`. Rejects with what the tools printed where they fail. */
export async function packExtension(): Promise<string> {
  const folder = join(projectRoot, 'out');
  const vsix = join(folder, 'ferry.vsix');
  await mkdir(folder, { recursive: true });
  await runNode(['esbuild.mjs', '--production']);
  await packFolder(projectRoot, vsix);
  return vsix;
}

/** Packs what is in a folder with a package.json. */
export async function packFolder(folder: string, vsix: string): Promise<void> {
  const vsce = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
  await runNode([vsce, 'package', '--no-dependencies', '--no-rewrite-relative-links', '--out', vsix], folder);
}

function runNode(args: readonly string[], cwd = projectRoot): Promise<void> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
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

// Two editors to try Ferry with, left running until they are interrupted. Where the `code` command is installed, two desktop
// windows with Ferry under development; else two VS Code servers with their loopback addresses.

import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { folderUrl } from '../host/lib/editor.ts';
import { projectRoot } from '../host/lib/pack.ts';
import { openStage } from './stage.ts';

const say = (line: string): void => console.log(line);

if (spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0 && !process.argv.includes('--servers'))
  await startDesktop();
else await startServers();

async function startDesktop(): Promise<void> {
  spawnSync(process.execPath, ['esbuild.mjs'], { cwd: projectRoot, stdio: 'inherit' });
  const root = await mkdtemp(join(tmpdir(), 'ferry-'));
  for (const name of ['left', 'right']) {
    const workspace = join(root, name, 'workspace');
    await mkdir(workspace, { recursive: true });
    const args = [
      `--extensionDevelopmentPath=${projectRoot}`,
      `--user-data-dir=${join(root, name, 'data')}`,
      '--new-window',
      workspace,
    ];
    spawn('code', args, { detached: true, stdio: 'ignore' }).unref();
  }
  say(
    `Two Extension Development Hosts are starting; their data is in ${root}. Use "npm start -- --servers" for two servers instead.`,
  );
}

async function startServers(): Promise<void> {
  const stage = await openStage(say);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void stage.close().finally(() => process.exit(0));
    });
  }
  for (const side of [stage.left, stage.right]) say(`${side.displayName}: ${folderUrl(side.editor, side.workspace)}`);
  say('Open each in a browser profile of its own: secrets, and so the identity, live in the browser. Press Ctrl+C to end.');
  // The servers run on without this process, which stays to end them.
  setInterval(() => undefined, 60_000);
}

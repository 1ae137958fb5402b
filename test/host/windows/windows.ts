// The windows in which the host suite runs: an ordinary one with one folder, and the odd ones, each with tests of its own.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type TestWindow = {
  /** Short: a folder is called so. */
  readonly name: string;
  /** Whether VS Code runs it in Restricted Mode. */
  readonly restricted: boolean;
  /** Makes below a folder, which is there for this window alone, what the window opens; undefined where it opens nothing. */
  readonly open: (root: string) => Promise<string | undefined>;
};

export const testWindows: readonly TestWindow[] = [
  { name: 'host', restricted: false, open: oneFolder },
  { name: 'roots', restricted: true, open: severalRoots },
  { name: 'virtual', restricted: false, open: (root) => Promise.resolve(farFolder(root)) },
  { name: 'none', restricted: false, open: () => Promise.resolve(undefined) },
];

async function oneFolder(root: string): Promise<string> {
  const folder = join(root, 'work');
  await filled(folder, { 'hello.txt': 'hello\n' });
  return folder;
}

/** Two folders of this machine with files of the same names, and one that is on no disk. What a workspace may not say is said. */
async function severalRoots(root: string): Promise<string> {
  const folder = join(root, 'work');
  await filled(join(folder, 'app', 'src'), { 'main.txt': 'app\n' });
  await filled(join(folder, 'lib', 'src'), { 'main.txt': 'lib\n' });
  const file = join(folder, 'both.code-workspace');
  const folders = [{ path: 'app' }, { path: 'lib' }, { uri: farFolder(root) }];
  await writeFile(file, JSON.stringify({ folders, settings: hostileSettings(folder) }));
  return file;
}

/** What somebody would write into a workspace that they want to be opened by others. */
function hostileSettings(folder: string): Readonly<Record<string, unknown>> {
  return {
    'ferry.visibility': 'network',
    'ferry.displayName': 'somebody else',
    'ferry.receive.action': 'open',
    'ferry.receive.folder': join(folder, 'app'),
    'ferry.trust.autoAccept': { '*': { kinds: ['file'], maxMegabytes: 10 } },
    'ferry.share.confirm': true,
    'ferry.send.leaveOutIgnored': false,
  };
}

/** Nothing is there on the disk, and nothing may ever be. */
function farFolder(root: string): string {
  return `companion:${join(root, 'far')}`;
}

async function filled(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

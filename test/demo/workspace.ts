// What the left editor has to send: source files, an image, a text of more than 50 MB, files to be sent encrypted, and the
// folder of a whole project, all made of real files of this one.

import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { projectRoot } from '../host/lib/pack.ts';

export type DemoFile = { readonly name: string; readonly what: string; readonly encrypted: boolean };

/** In the order in which they are sent. */
export const demoFiles: readonly DemoFile[] = [
  { name: 'peerId.ts', what: 'a small text file', encrypted: false },
  { name: 'icon.png', what: 'an image', encrypted: false },
  { name: 'journal.log', what: 'a large text file', encrypted: false },
  { name: 'plan.md', what: 'a small file, encrypted', encrypted: true },
  { name: 'archive.log', what: 'a file of more than 8 MiB, encrypted', encrypted: true },
];

/** A folder that goes to the other side and comes back: a small text, an image and a large text. */
export const exhibit = 'exhibit';
export const exhibitFiles = ['tides.ts', 'harbour.png', 'voyages.log'] as const;

const tides = `// When the water is high, in hours after midnight.
export const high = [4.5, 16.9];

/** Whether a boat that needs so much water gets out. */
export function getsOut(metres: number): boolean {
  return metres < 3;
}
`;

const mebi = 1024 * 1024;

const settings = `{
    'name': 'harbour',
    'retries': 3,
    'timeout': 2.5,
    'verbose': False,
    'parent': None,
    # Larger than a double holds exactly.
    'serial': 12345678901234567890,
    'ports': (8080, 8443),
}
`;

/** Fills a workspace folder with the demo's files. */
export async function fillWorkspace(folder: string): Promise<void> {
  await copyFile(join(projectRoot, 'src', 'core', 'peers', 'peerId.ts'), join(folder, 'peerId.ts'));
  await copyFile(join(projectRoot, 'media', 'icon.png'), join(folder, 'icon.png'));
  await copyFile(join(projectRoot, 'CHANGELOG.md'), join(folder, 'plan.md'));
  await copyFile(join(projectRoot, 'CONTRIBUTING.md'), join(folder, 'notes.md'));
  await copyFile(join(projectRoot, 'docs', 'CORPORA.md'), join(folder, 'letter.md'));
  await cp(join(projectRoot, 'src'), join(folder, 'src'), { recursive: true });
  await writeFile(join(folder, 'settings.py'), settings);
  const [text, image, large] = exhibitFiles.map((name) => join(folder, exhibit, name)) as [string, string, string];
  await mkdir(join(folder, exhibit));
  await writeFile(text, tides);
  await copyFile(join(projectRoot, 'media', 'icon.png'), image);
  await writeFile(large, await numberedLines(64 * mebi));
  await writeFile(join(folder, 'journal.log'), await numberedLines(52 * mebi));
  await writeFile(join(folder, 'archive.log'), await numberedLines(12 * mebi));
}

/** Lines of a source file, numbered, until there are enough: no two parts of it are the same. */
async function numberedLines(wanted: number): Promise<string> {
  const lines = (await readFile(join(projectRoot, 'src', 'core', 'receiving', 'inbox.ts'), 'utf8')).split('\n');
  const parts: string[] = [];
  for (let bytes = 0, n = 0; bytes < wanted; n += 1) {
    const line = `${String(n).padStart(8, '0')} ${lines[n % lines.length] ?? ''}\n`;
    parts.push(line);
    bytes += Buffer.byteLength(line);
  }
  return parts.join('');
}

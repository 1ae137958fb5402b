// What the left editor has to send: a source file, an image and a text of more than 50 MB, all real files of this project.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { projectRoot } from './pack.ts';

export type DemoFile = { readonly name: string; readonly what: string };

/** In the order in which they are sent. */
export const demoFiles: readonly DemoFile[] = [
  { name: 'peerId.ts', what: 'a small text file' },
  { name: 'icon.png', what: 'an image' },
  { name: 'journal.log', what: 'a large text file' },
];

const journalBytes = 52 * 1024 * 1024;

/** Fills a workspace folder with the demo's files. */
export async function fillWorkspace(folder: string): Promise<void> {
  await copyFile(join(projectRoot, 'src', 'core', 'peerId.ts'), join(folder, 'peerId.ts'));
  await copyFile(join(projectRoot, 'media', 'icon.png'), join(folder, 'icon.png'));
  await writeFile(join(folder, 'journal.log'), await journal());
}

/** Lines of a source file, numbered, until there are enough: no two parts of it are the same. */
async function journal(): Promise<string> {
  const lines = (await readFile(join(projectRoot, 'src', 'core', 'inbox.ts'), 'utf8')).split('\n');
  const parts: string[] = [];
  for (let bytes = 0, n = 0; bytes < journalBytes; n += 1) {
    const line = `${String(n).padStart(8, '0')} ${lines[n % lines.length] ?? ''}\n`;
    parts.push(line);
    bytes += Buffer.byteLength(line);
  }
  return parts.join('');
}

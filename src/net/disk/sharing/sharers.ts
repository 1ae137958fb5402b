// Which process shares which folder, where sharing is to end with it: a note of each, so that what a process shared that was
// killed is not shared for ever by those that come after it.

import { join } from 'node:path';

import { streamOf } from '../../../core/base/bytes.ts';
import type { ShareBook } from '../../../core/sharing/shares.ts';
import { disk, isRunning } from '../disk.ts';
import { bootTag } from '../lockFile.ts';
import { keepPrivate } from '../privateFolder.ts';
import { readWholeFile, realPathOf, removeFile, writePrivateFile } from '../wholeFile.ts';

type Note = { readonly file: string; readonly path: string; readonly lives: boolean };

/** Notes in `folder` that this process shares what is at `path`, and nothing else. Fails where the disk does. */
export async function noteSharer(folder: string, path: string): Promise<void> {
  await keepPrivate(folder);
  const text = `${await bootTag()}\n${await realPathOf(path)}`;
  await writePrivateFile(join(folder, String(process.pid)), streamOf(new TextEncoder().encode(text)));
}

/**
 * Ends the sharing of what nobody else shares any more: of processes that are gone, and of this one. Fails as ShareBook.change,
 * and the notes stay then.
 */
export async function endSharing(folder: string, shares: () => Promise<ShareBook>): Promise<void> {
  const notes = await notesIn(folder);
  const kept = new Set(notes.flatMap(({ path, lives }) => (lives ? path : [])));
  const ended = new Map(notes.flatMap(({ path, file, lives }) => (lives ? [] : [[path, file] as const])));
  if (ended.size === 0) return;
  await (await shares()).change((all) => all.filter(({ path }) => kept.has(path) || !ended.has(path)));
  await Promise.all([...ended.values()].map((file) => removeFile(file).catch(() => undefined)));
}

async function notesIn(folder: string): Promise<readonly Note[]> {
  const names = await disk.promises.readdir(folder).catch(() => []);
  const boot = await bootTag();
  const found = names.map(async (name): Promise<Note> => {
    const file = join(folder, name);
    const text = new TextDecoder().decode(await readWholeFile(file).catch(() => new Uint8Array()));
    const end = text.indexOf('\n');
    // In a container every process may have the number of the one before it.
    const lives = text.slice(0, end) === boot && Number(name) !== process.pid && isRunning(Number(name));
    return { file, path: text.slice(end + 1), lives };
  });
  return Promise.all(found);
}

// The book of peers as one file, 0600, shared by all windows of the person: each write reads, changes and replaces it under a
// lock, and every window sees what the others wrote.

import { join } from 'node:path';

import { systemCodeOf } from '../../core/base/errors.ts';
import { createEmitter, type Emitter } from '../../core/base/event.ts';
import { background, type Log } from '../../core/base/log.ts';
import { changeEntry, type PeerBook } from '../../core/peers/book.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { BookEntry } from '../../core/peers/peers.ts';
import { formatBook, parseBook } from '../../core/peers/stored.ts';
import { disk } from './disk.ts';
import { withLock } from './lockFile.ts';

const { promises: fs } = disk;
const fileName = 'peers.json';

/** Opens the book in `folder`, which is there. A file that cannot be read is kept aside, and the book begins anew. */
export async function openBook(folder: string, log: Log): Promise<PeerBook & { close(): void }> {
  const path = join(folder, fileName);
  const changed: Emitter<void> = createEmitter();
  let entries: readonly BookEntry[] = await readBook(path, log);
  let text = formatBook(entries);

  const find = (id: PeerId): BookEntry | undefined => entries.find((entry) => entry.id === id);
  const show = (next: readonly BookEntry[]): void => {
    entries = next;
    const nextText = formatBook(next);
    if (nextText === text) return;
    text = nextText;
    changed.fire();
  };
  const watcher = disk.watch(folder, { persistent: false }, (_, name) => {
    if (name === fileName) background(readBook(path, log).then(show), log, 'reading the book of peers');
  });
  watcher.on('error', (error) => log.warn('the book of peers is not watched', { message: error.message }));

  return {
    onDidChange: changed.event,
    entries: () => entries,
    find,
    trustOf: (id) => find(id)?.trust ?? 'unknown',
    async change(id, change) {
      await withLock(`${path}.lock`, async () => {
        const next = changeEntry(await readBook(path, log), id, change);
        await replaceFile(path, formatBook(next));
        show(next);
      });
    },
    close: () => watcher.close(),
  };
}

async function readBook(path: string, log: Log): Promise<readonly BookEntry[]> {
  try {
    return parseBook(await fs.readFile(path, 'utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    log.warn('the book of peers cannot be read and is kept aside', { message: error instanceof Error ? error.message : '' });
    await fs.rename(path, `${path}.unreadable`).catch(() => undefined);
    return [];
  }
}

/** A reader sees the old file or the new one, never a part. */
async function replaceFile(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.new`;
  await fs.writeFile(part, text, { mode: 0o600, flush: true });
  await fs.rename(part, path);
}

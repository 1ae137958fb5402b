// A window that meets peers: `bookChild.ts FOLDER FIRST COUNT` waits for a message, then writes COUNT peers, from the FIRST
// nobody on, into the book in FOLDER, all at once, and counts one use more of the first of all nobodies for each.

import { silentLog } from '../../src/core/base/log.ts';
import { openBook } from '../../src/net/disk/kept/bookFile.ts';
import { peerIdOfNobody } from './peerIds.ts';

const [folder = '', first = '0', count = '0'] = process.argv.slice(2);

async function write(): Promise<void> {
  const book = await openBook(folder, silentLog);
  const numbers = Array.from({ length: Number(count) }, (_, step) => Number(first) + step);
  await Promise.all(
    numbers.flatMap((number) => [
      book.change(peerIdOfNobody(number), (entry) => ({ ...entry, name: `peer ${number}` })),
      book.change(peerIdOfNobody(0), (entry) => ({ ...entry, lastUsed: entry.lastUsed + 1 })),
    ]),
  );
  book.close();
}

process.once('message', () => {
  write()
    .then(() => process.send?.('written'))
    .finally(() => process.disconnect())
    .catch(() => process.exit(1));
});
process.send?.('ready');

// A window that looks on: `followChild.ts FOLDER` opens the book and the list of shared folders in FOLDER, and tells the names in
// both, now and whenever they change, until it is killed.

import { silentLog } from '../../src/core/base/log.ts';
import { openBook } from '../../src/net/disk/kept/bookFile.ts';
import { openShares } from '../../src/net/disk/sharing/sharesFile.ts';

const [folder = ''] = process.argv.slice(2);

async function follow(): Promise<void> {
  const [book, shares] = [await openBook(folder, silentLog), await openShares(folder, silentLog)];
  const tell = (): void => void process.send?.([...book.entries(), ...shares.entries()].map(({ name }) => name).join());
  book.onDidChange(tell);
  shares.onDidChange(tell);
  tell();
  // As long as somebody may say something, it stays.
  process.on('message', () => undefined);
}

follow().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

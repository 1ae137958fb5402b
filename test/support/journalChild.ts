// A window that holds a key: `journalChild.ts FOLDER KEY` claims KEY in the journal in FOLDER, and then writes one record after
// the other, 100 kB each, until it is killed. It says the number of each record that is durable.

import { silentLog } from '../../src/core/base/log.ts';
import { openJournal } from '../../src/net/disk/journal.ts';

const [folder = '', key = ''] = process.argv.slice(2);

async function write(): Promise<void> {
  const journal = await openJournal(folder, { log: silentLog });
  process.send?.({ claimed: await journal.claim(key) });
  for (let number = 1; ; number += 1) {
    await journal.put(key, { number, filling: 'x'.repeat(100_000) });
    process.send?.({ number });
  }
}

write().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

// Who writes in a folder while somebody else reads it: `swapChild.ts FOLDER LINK` puts a link in the place of a folder, and the
// folder back, until it is killed.

import { renameSync } from 'node:fs';

const [folder = '', link = ''] = process.argv.slice(2);
const aside = `${folder}.aside`;

process.on('disconnect', () => process.exit());
function swap(): void {
  for (let times = 0; times < 100; times += 1) {
    renameSync(folder, aside);
    renameSync(link, folder);
    renameSync(folder, link);
    renameSync(aside, folder);
  }
  setImmediate(swap);
}
process.send?.('swapping');
swap();

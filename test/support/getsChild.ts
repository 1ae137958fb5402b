// A window that gives something and does not come to its end: `getsChild.ts FOLDER` says that it gives, and waits to be killed.

import { silentLog } from '../../src/core/base/log.ts';
import { randomToken } from '../../src/core/base/token.ts';
import { openGets } from '../../src/net/disk/sharing/getsFile.ts';
import { peerIdOfNobody } from './peerIds.ts';

const [folder = ''] = process.argv.slice(2);
const gets = await openGets(folder, () => 30, silentLog);
gets.put({
  ...{ id: randomToken(), peer: { id: peerIdOfNobody(1), name: 'Ada' }, at: new Date(), state: 'moving' },
  item: { kind: 'file', name: 'large.bin', size: 9_000_000, mediaType: 'application/octet-stream' },
});
await gets.close();
process.send?.('gives');
setInterval(() => undefined, 1000);

// A window that is killed just before what it wrote gets its name: `renameChild.ts FOLDER` shares a folder, keeps an identity in
// mind and writes a private file there, each in vain, and is killed at the last.

import { join } from 'node:path';

import { streamOf } from '../../src/core/base/bytes.ts';
import { silentLog } from '../../src/core/base/log.ts';
import { disk } from '../../src/net/disk/disk.ts';
import { identityNote } from '../../src/net/disk/kept/identityNote.ts';
import { openShares } from '../../src/net/disk/sharing/sharesFile.ts';
import { writePrivateFile } from '../../src/net/disk/wholeFile.ts';
import { peerIdOfNobody } from './peerIds.ts';

const [folder = ''] = process.argv.slice(2);
let left = 3;
Reflect.set(disk.promises, 'rename', () => {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
});

const shares = await openShares(folder, silentLog);
void shares.add({ name: 'a', path: folder, with: 'paired' });
void identityNote(folder).remember(peerIdOfNobody(1));
void writePrivateFile(join(folder, 'identity.json'), streamOf(new Uint8Array(9)));

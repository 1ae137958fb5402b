// A process that is in the middle of something: leaves a part and a lock in a folder, as one with another number would. Run with
// the folder and that number.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { partName } from '../../src/net/disk/leftovers.ts';
import { namesLock, withLock } from '../../src/net/disk/lockFile.ts';

const [folder = '', number = ''] = process.argv.slice(2);
const lock = join(folder, namesLock);

await writeFile(join(folder, partName('0123456789abcdef').replace(`-${process.pid}-`, `-${number}-`)), '');
const mark = await withLock(lock, () => readFile(lock, 'utf8'));
await writeFile(lock, mark.replace(/^\d+/, number));

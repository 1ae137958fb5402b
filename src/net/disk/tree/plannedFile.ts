// A file of a planned folder, opened without following a link, and held against the plan.

import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { systemCodeOf } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import { disk, openFlag } from '../disk.ts';
import type { PlannedEntry } from './gather.ts';

export type OpenSource = {
  /** Reads into `target` from byte `at` of the file on; gives fewer bytes than it holds only where the file ends. */
  read(target: Uint8Array, at: number): Promise<number>;
  /** Whether it is the planned file, as it was or grown since. */
  isAsPlanned(): Promise<boolean>;
  /** Whether it is the planned file, as it was: what was sent of it before is what it holds still. */
  isUntouched(): Promise<boolean>;
  /** Whether what was read, from some byte to the end that was planned, is still there. To be asked last. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
};

/** What says nothing of the file, but of this process. */
const ofProcess = ['EMFILE', 'ENFILE', 'ENOMEM'];

/** Opens a planned file below `root`; undefined where it cannot be opened any more. Fails where this process can open none. */
export async function openPlanned(root: string, planned: PlannedEntry): Promise<OpenSource | undefined> {
  // A pipe that took the file's place must not hold us up.
  const flags = disk.constants.O_RDONLY | openFlag('O_NOFOLLOW') | openFlag('O_NONBLOCK');
  const file = await disk.promises.open(join(root, planned.entry.path), flags).catch((error: unknown) => {
    if (ofProcess.includes(systemCodeOf(error))) throw error;
    return undefined;
  });
  if (file === undefined) return undefined;
  let sum = 0;
  let first: number | undefined;
  const read = async (target: Uint8Array, at: number): Promise<number> => {
    let done = 0;
    while (done < target.length) {
      // What cannot be read, such as a folder that took the file's place, ends here.
      const { bytesRead } = await file.read(target, done, target.length - done, at + done).catch(() => ({ bytesRead: 0 }));
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  };
  return {
    async read(target, at) {
      first ??= at;
      const done = await read(target, at);
      if (planned.entry.size > limits.pieceBytes) sum = crc32(target.subarray(0, done), sum);
      return done;
    },
    isAsPlanned: async () => isAsPlanned(await file.stat(), planned),
    async isUntouched() {
      const now = await file.stat();
      return isAsPlanned(now, planned) && now.size === planned.entry.size;
    },
    async isUnchanged() {
      const now = await file.stat();
      if (!isAsPlanned(now, planned)) return false;
      if (now.mtimeMs === planned.mtimeMs) return true;
      // What left of it before cannot be looked at again.
      if (first !== undefined && first > 0) return false;
      // It grew, or was written anew: then the bytes are others.
      const buffer = new Uint8Array(limits.pieceBytes);
      let again = 0;
      for (let at = 0; at < planned.entry.size; at += buffer.length) {
        const piece = buffer.subarray(0, planned.entry.size - at);
        again = crc32(piece.subarray(0, await read(piece, at)), again);
      }
      return again === sum;
    },
    close: () => file.close(),
  };
}

function isAsPlanned(now: Stats, { entry, dev, ino, mtimeMs }: PlannedEntry): boolean {
  if (!now.isFile() || now.ino !== ino || now.dev !== dev) return false;
  return now.size > entry.size || (now.size === entry.size && now.mtimeMs === mtimeMs);
}

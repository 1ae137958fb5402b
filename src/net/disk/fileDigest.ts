// The SHA-256 of a file on disk, at constant memory.

import { createHash } from 'node:crypto';

import { limits } from '../../core/base/limits.ts';
import { disk } from './disk.ts';

/** 32 bytes. Fails where the file cannot be read. */
export async function sha256OfFile(path: string): Promise<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of disk.createReadStream(path, { highWaterMark: limits.pieceBytes })) hash.update(chunk as Uint8Array);
  return hash.digest();
}

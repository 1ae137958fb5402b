// Where a command writes what it makes: to a file that is not there yet, or to standard output.

import { systemCodeOf } from '../../core/base/errors.ts';
import { fileSource } from '../../net/disk/fileSource.ts';
import { writePrivateFile } from '../../net/disk/wholeFile.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { Refusal } from '../refusal.ts';
import { pathWords } from './words.ts';

/**
 * Writes to the file at `path`, which must not be there, for its owner alone; without a path to standard output. Refuses a file
 * that is there; fails with ERR_NO_SPACE, ERR_FOLDER_UNUSABLE, or as `bytes` does, and no file is left then.
 */
export async function writeOutput(
  { screen }: Context,
  path: string | undefined,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (path === undefined || path === '-') {
    for await (const chunk of bytes) await screen.write(chunk);
    return;
  }
  if (await isThere(path)) {
    await bytes[Symbol.asyncIterator]().return?.();
    throw new Refusal(exitCodes.disk, `${pathWords(path)} is there already. Nothing was replaced.`);
  }
  await writePrivateFile(path, bytes);
  screen.result(`Written: ${pathWords(path)}`, { event: 'written', path });
}

async function isThere(path: string): Promise<boolean> {
  return fileSource(path).then(
    () => true,
    (cause: unknown) => systemCodeOf(cause instanceof Error ? cause.cause : undefined) !== 'ENOENT',
  );
}

// Where a command writes what it makes: to a file that is not there yet, or to standard output.

import { systemCodeOf } from '../../core/base/errors.ts';
import { printable } from '../../core/text/safeText.ts';
import { fileSource } from '../../net/disk/fileSource.ts';
import { takesBytes, writePrivateFile, writeThrough } from '../../net/disk/wholeFile.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { Refusal } from '../refusal.ts';
import type { Screen } from './screen.ts';
import { pathWords } from './words.ts';

/**
 * Writes to the file at `path`, which must not be there, for its owner alone, or to the pipe, device or descriptor that it names;
 * without a path to standard output. Refuses a file that is there; fails with ERR_NO_SPACE, ERR_FOLDER_UNUSABLE, or as `bytes`
 * does, and no file is left then.
 */
export async function writeOutput(
  { screen }: Context,
  path: string | undefined,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (path === undefined || isStandardOutput(path)) {
    screen.keepForContent();
    return writeContent(screen, bytes);
  }
  if (await takesBytes(path)) await writeThrough(path, bytes);
  else if (await isThere(path)) {
    await bytes[Symbol.asyncIterator]().return?.();
    throw new Refusal(exitCodes.disk, `${pathWords(path)} is there already. Nothing was replaced.`);
  } else await writePrivateFile(path, bytes);
  screen.result(`Written: ${pathWords(path)}`, { event: 'written', path });
}

/**
 * Writes to standard output: as it is where that goes on to another program, made harmless where a person reads it. Fails with
 * ERR_CANCELLED where it takes no more, or as `bytes` does.
 */
export async function writeContent(screen: Screen, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    await screen.write(screen.showsOutput ? printable(decoder.decode(chunk, { stream: true })) : chunk);
  }
}

/** Whether a path is another word for standard output. */
function isStandardOutput(path: string): boolean {
  return path === '-' || /^\/dev\/(?:stdout|fd\/1)$/.test(path);
}

async function isThere(path: string): Promise<boolean> {
  return fileSource(path).then(
    () => true,
    (cause: unknown) => systemCodeOf(cause instanceof Error ? cause.cause : undefined) !== 'ENOENT',
  );
}

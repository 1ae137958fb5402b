// Passphrases out of files: never out of arguments, which every user of a machine can see. A descriptor is a file as well:
// `/dev/fd/3`.

import { systemCodeOf } from '../../core/base/errors.ts';
import { readWholeFile } from '../../net/disk/wholeFile.ts';
import { exitCodes } from '../exitCodes.ts';
import { Refusal } from '../refusal.ts';
import { pathWords } from '../terminal/words.ts';

/** The first line of a file. Refuses one that cannot be read, is empty, or is no text. */
export async function passphraseIn(path: string): Promise<string> {
  const bytes = await readWholeFile(path).catch((cause: unknown) => {
    const reason = systemCodeOf(cause) === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new Refusal(exitCodes.disk, `The file with the passphrase ${reason}: ${pathWords(path)}`);
  });
  const [line = ''] = decoded(bytes, path).split(/\r?\n/, 1);
  if (line === '') throw new Refusal(exitCodes.usage, `The file with the passphrase is empty: ${pathWords(path)}`);
  return line;
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(exitCodes.usage, `The file with the passphrase is no text: ${pathWords(path)}`);
  }
}

// A note beside the book that this person has an identity: the secret storage may lose the secret, and then nobody must take an
// empty storage for a new person.

import { join } from 'node:path';

import { systemCodeOf } from '../../../core/base/errors.ts';
import type { PeerId } from '../../../core/peers/peerId.ts';
import { readBook } from '../../../core/peers/stored.ts';
import { disk } from '../disk.ts';
import { keepPrivate } from '../privateFolder.ts';
import { replaceFile } from '../wholeFile.ts';

const { promises: fs } = disk;

/** What is remembered of an identity outside the secret storage: that there was one, and its ID, which is no secret. */
export type IdentityNote = {
  /** Whether there ever was an identity here: its ID was remembered, or peers were. Fails where the disk does not say. */
  readonly wasHere: () => Promise<boolean>;
  /** Remembers the ID. Fails where it cannot be written. */
  readonly remember: (id: PeerId) => Promise<void>;
};

/** The note in Ferry's own storage. */
export function identityNote(folder: string): IdentityNote {
  const path = join(folder, 'identity.id');
  const noted = (): Promise<string | undefined> => textOf(path);
  return {
    wasHere: async () => (await noted()) !== undefined || hasPeers(await textOf(join(folder, 'peers.json'))),
    remember: async (id) => {
      if ((await noted())?.trim() === id) return;
      await keepPrivate(folder);
      await replaceFile(path, `${id}\n`);
    },
  };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await fs.readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A book that cannot be read was somebody's as well. */
function hasPeers(text: string | undefined): boolean {
  if (text === undefined) return false;
  try {
    return readBook(text).entries.length > 0;
  } catch {
    return true;
  }
}

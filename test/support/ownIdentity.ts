// An identity in a file, for processes that take each other's place.

import { readFile, writeFile } from 'node:fs/promises';

import { createIdentity, type Identity, parseIdentity, serialiseIdentity } from '../../src/net/connection/identity.ts';

/** The same one for every process that is started in a folder. */
export async function ownIdentity(path: string): Promise<Identity> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) return parseIdentity(text);
  const identity = await createIdentity();
  await writeFile(path, serialiseIdentity(identity), { mode: 0o600 });
  return identity;
}

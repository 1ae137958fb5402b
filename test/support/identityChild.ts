// A window that starts: `identityChild.ts FOLDER` waits for a message, then takes the person's identity from a secret store that is a
// file in FOLDER, makes it where there is none, under the lock, and tells its peer ID and whether it made it.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createIdentity, parseIdentity, serialiseIdentity } from '../../src/net/identity.ts';
import { withLock } from '../../src/net/lockFile.ts';

const folder = process.argv[2] ?? '';
const secrets = join(folder, 'secrets');

async function identity(): Promise<{ readonly peerId: string; readonly made: boolean }> {
  const text = await readFile(secrets, 'utf8').catch(() => undefined);
  if (text !== undefined) return { peerId: parseIdentity(text).peerId, made: false };
  const created = await createIdentity();
  await writeFile(secrets, serialiseIdentity(created));
  return { peerId: created.peerId, made: true };
}

process.once('message', () => {
  withLock(join(folder, 'identity.lock'), identity)
    .then((found) => process.send?.(found))
    .finally(() => process.disconnect())
    .catch(() => process.exit(1));
});
process.send?.('ready');

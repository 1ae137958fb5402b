// A window that starts: `identityChild.ts FOLDER` waits for a message, then takes the person's identity as the extension does,
// from a secret storage that is a file in FOLDER, and tells its peer ID and whether it made it.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { silentLog } from '../../src/core/base/log.ts';
import { ownIdentity } from '../../src/editor/host/secretIdentity.ts';
import { createIdentity, parseIdentity, serialiseIdentity } from '../../src/net/connection/identity.ts';
import { withLock } from '../../src/net/disk/lockFile.ts';
import { FakeSecrets } from './fakeSecrets.ts';

const folder = process.argv[2] ?? '';
const path = join(folder, 'secrets');
let made = false;
const secrets = new FakeSecrets({
  read: () => readFile(path, 'utf8').catch(() => undefined),
  write: async (text) => {
    made = true;
    await writeFile(path, text);
  },
});
const maker = { create: createIdentity, parse: parseIdentity, serialise: serialiseIdentity, withLock };
const identity = ownIdentity(secrets, folder, maker, silentLog);

process.once('message', () => {
  identity
    .load()
    .then(({ peerId }) => process.send?.({ peerId, made }))
    .finally(() => process.disconnect())
    .catch(() => process.exit(1));
});
process.send?.('ready');

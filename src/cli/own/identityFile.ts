// The identity of the command line: a file in its data folder, 0600, sealed with a passphrase where the person wants that. It is
// a JWE then, of the same kind as an editor's backup of its identity.

import { join } from 'node:path';

import { streamOf } from '../../core/base/bytes.ts';
import { FerryError, isFerryError, systemCodeOf, toFerryError } from '../../core/base/errors.ts';
import { createIdentity, type Identity, parseIdentity, serialiseIdentity } from '../../net/connection/identity.ts';
import { identityNote } from '../../net/disk/kept/identityNote.ts';
import { withLock } from '../../net/disk/lockFile.ts';
import { keepPrivate } from '../../net/disk/privateFolder.ts';
import { readWholeFile, removeFile, writePrivateFile } from '../../net/disk/wholeFile.ts';
import type { Context } from '../context.ts';
import { inDataFolder } from './dataFolder.ts';
import { passphraseIn } from './passphraseFile.ts';

const types = { typ: 'ferry-identity+jwe', cty: 'application/json' } as const;

/**
 * The identity in the data folder, made where there never was one. One that lies open is sealed as soon as a passphrase is given.
 * Fails with ERR_IDENTITY_UNREADABLE (detail `reason`: missing, sealed, passphrase), and as inDataFolder.
 */
export function loadIdentity(context: Pick<Context, 'data' | 'keyPassphraseFile'>): Promise<Identity> {
  return inDataFolder(context.data, () => load(context));
}

async function load({ data, keyPassphraseFile }: Pick<Context, 'data' | 'keyPassphraseFile'>): Promise<Identity> {
  await keepPrivate(data);
  const passphrase = keyPassphraseFile === undefined ? undefined : await passphraseIn(keyPassphraseFile);
  return (
    (await read(data, passphrase)) ??
    (await withLock(join(data, 'identity.lock'), async () => (await read(data, passphrase)) ?? make(data, passphrase)))
  );
}

async function read(data: string, passphrase: string | undefined): Promise<Identity | undefined> {
  const open = await bytesOf(join(data, 'identity.json'));
  if (open !== undefined) {
    const identity = parseIdentity(new TextDecoder().decode(open));
    if (passphrase !== undefined) await seal(data, identity, passphrase);
    return identity;
  }
  const sealed = await bytesOf(join(data, 'identity.jwe'));
  if (sealed === undefined) return undefined;
  if (passphrase === undefined) throw unreadable('sealed');
  const { unsealBytes } = await import('../../core/sealing/records/sealedBytes.ts');
  try {
    return parseIdentity(new TextDecoder().decode(await unsealBytes(sealed, types.typ, passphrase)));
  } catch (cause) {
    throw isFerryError(cause) && cause.code === 'ERR_UNSEAL_FAILED' ? unreadable('passphrase', cause) : cause;
  }
}

async function make(data: string, passphrase: string | undefined): Promise<Identity> {
  const note = identityNote(data);
  if (await note.wasHere()) throw unreadable('missing');
  const identity = await createIdentity();
  if (passphrase === undefined) await write(join(data, 'identity.json'), new TextEncoder().encode(serialiseIdentity(identity)));
  else await seal(data, identity, passphrase);
  await note.remember(identity.peerId);
  return identity;
}

async function seal(data: string, identity: Identity, passphrase: string): Promise<void> {
  const { sealBytes } = await import('../../core/sealing/records/sealedBytes.ts');
  const text = new TextEncoder().encode(serialiseIdentity(identity));
  await write(join(data, 'identity.jwe'), await sealBytes(text, types, { passphrase, generated: false }));
  await removeFile(join(data, 'identity.json')).catch((cause: unknown) => {
    if (systemCodeOf(cause) !== 'ENOENT') throw cause;
  });
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await writePrivateFile(path, streamOf(bytes));
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readWholeFile(path);
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined;
    throw unreadable('disk', toFerryError(cause));
  }
}

function unreadable(reason: 'missing' | 'sealed' | 'passphrase' | 'disk', cause?: unknown): FerryError {
  return new FerryError('ERR_IDENTITY_UNREADABLE', 'the identity cannot be read', { cause, detail: { reason } });
}

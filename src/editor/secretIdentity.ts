// The identity in VS Code's secret storage: one for all windows of a person. Windows that start together agree on one by a lock file
// in the extension's global storage; an entry that cannot be read is never replaced by itself.

import { join } from 'node:path';

import type * as vscode from 'vscode';

import { FerryError } from '../core/errors.ts';

/** What this file asks of the network zone. */
export type IdentityMaker<Identity> = {
  create(): Promise<Identity>;
  parse(text: string): Identity;
  serialise(identity: Identity): string;
  withLock<T>(path: string, work: () => Promise<T>): Promise<T>;
};

const secretKey = 'ferry.identity';

/** The person's identity, made at first use. Fails with ERR_IDENTITY_UNREADABLE. */
export async function loadIdentity<Identity>(
  secrets: vscode.SecretStorage,
  storageFolder: string,
  maker: IdentityMaker<Identity>,
): Promise<Identity> {
  const stored = await read(secrets);
  if (stored !== undefined) return maker.parse(stored);
  return maker.withLock(join(storageFolder, 'identity.lock'), async () => {
    const meanwhile = await read(secrets);
    if (meanwhile !== undefined) return maker.parse(meanwhile);
    const identity = await maker.create();
    await secrets.store(secretKey, maker.serialise(identity));
    return identity;
  });
}

/** Puts another identity in the place of this person's. */
export async function storeIdentity(secrets: vscode.SecretStorage, text: string): Promise<void> {
  await secrets.store(secretKey, text);
}

async function read(secrets: vscode.SecretStorage): Promise<string | undefined> {
  try {
    return await secrets.get(secretKey);
  } catch (cause) {
    throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the secret storage cannot be read', { cause });
  }
}

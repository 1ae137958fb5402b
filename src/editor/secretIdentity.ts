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

/** The person's identity, as this window knows it. */
export type OwnIdentity<Identity> = {
  /** Loads it, and makes it where there is none. Fails with ERR_IDENTITY_UNREADABLE; the next call tries again. */
  load(): Promise<Identity>;
  /** It, once it was loaded. */
  known(): Identity | undefined;
  /** Puts another identity in its place, for all windows. Fails with ERR_IDENTITY_UNREADABLE where the text is none. */
  replace(text: string): Promise<void>;
};

/** The identity in this secret storage; `storageFolder` has the lock that windows agree by. */
export function ownIdentity<Identity>(
  secrets: vscode.SecretStorage,
  storageFolder: string,
  maker: IdentityMaker<Identity>,
): OwnIdentity<Identity> {
  let loading: Promise<Identity> | undefined;
  let known: Identity | undefined;
  return {
    load: async () => {
      loading ??= loadOrMake(secrets, storageFolder, maker);
      try {
        known = await loading;
        return known;
      } catch (error) {
        loading = undefined;
        throw error;
      }
    },
    known: () => known,
    replace: async (text) => {
      await secrets.store(secretKey, maker.serialise(maker.parse(text)));
      loading = undefined;
    },
  };
}

async function loadOrMake<Identity>(
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

async function read(secrets: vscode.SecretStorage): Promise<string | undefined> {
  try {
    return await secrets.get(secretKey);
  } catch (cause) {
    throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the secret storage cannot be read', { cause });
  }
}

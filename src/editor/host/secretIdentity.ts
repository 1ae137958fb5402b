// The identity in VS Code's secret storage: one for all windows of a person. Windows that start together agree on one by a lock
// file in the extension's global storage; an entry that cannot be read is never replaced by itself.

import { join } from 'node:path';

import { FerryError } from '../../core/base/errors.ts';
import { createEmitter, type Emitter, type Event } from '../../core/base/event.ts';
import { background, type Log } from '../../core/base/log.ts';

/** What this file asks of VS Code's secret storage. */
export type Secrets = {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  onDidChange(listener: (change: { readonly key: string }) => void): { dispose(): void };
};

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
  /** Fires when another window has put another identity in its place; `load` gives that one from then on. */
  readonly onDidReplace: Event<void>;
  dispose(): void;
};

/** The identity in this secret storage; `storageFolder` has the lock that windows agree by. */
export function ownIdentity<Identity>(
  secrets: Secrets,
  storageFolder: string,
  maker: IdentityMaker<Identity>,
  log: Log,
): OwnIdentity<Identity> {
  let loading: Promise<Identity> | undefined;
  let known: Identity | undefined;
  const replaced: Emitter<void> = createEmitter();
  const look = async (): Promise<void> => {
    const stored = await read(secrets);
    // What this window stored itself it knows already.
    if (stored === undefined || known === undefined || stored === maker.serialise(known)) return;
    maker.parse(stored);
    loading = undefined;
    replaced.fire();
  };
  const following = secrets.onDidChange(({ key }) => {
    if (key === secretKey) background(look(), log, 'looking at a new identity');
  });
  return {
    onDidReplace: replaced.event,
    dispose: () => following.dispose(),
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
      const identity = maker.parse(text);
      known = identity;
      loading = Promise.resolve(identity);
      await secrets.store(secretKey, maker.serialise(identity));
    },
  };
}

async function loadOrMake<Identity>(secrets: Secrets, storageFolder: string, maker: IdentityMaker<Identity>): Promise<Identity> {
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

async function read(secrets: Secrets): Promise<string | undefined> {
  try {
    return await secrets.get(secretKey);
  } catch (cause) {
    throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the secret storage cannot be read', { cause });
  }
}

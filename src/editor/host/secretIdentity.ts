// The identity in VS Code's secret storage: one for all windows of a person. Windows that start together agree on one by a lock
// file in the extension's global storage; an entry that cannot be read, or that
// was there before, is never replaced by itself.

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
  /** What is known of the identity outside the secret storage; nothing where it is missing. */
  readonly note?: {
    /** Whether there ever was one. */
    wasHere(): Promise<boolean>;
    remember(identity: Identity): Promise<void>;
  };
};

const secretKey = 'ferry.identity';

/** The person's identity, as this window knows it. */
export type OwnIdentity<Identity> = {
  /**
   * Loads it, and makes it where there never was one. Fails with ERR_IDENTITY_UNREADABLE, with the detail `reason` of `missing`
   * where there was one and the storage has lost it; the next call tries again.
   */
  load(): Promise<Identity>;
  /** Begins with a new one where the storage has lost the old one, as the person wants. Fails as `load`. */
  renew(): Promise<void>;
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
  const remember = async (identity: Identity): Promise<void> => {
    // Without the note the identity is as good; it is written again with the next start.
    await maker.note?.remember(identity).catch((error: unknown) => {
      log.warn('the ID is not remembered', { message: error instanceof Error ? error.message : '' });
    });
  };
  const following = secrets.onDidChange(({ key }) => {
    if (key === secretKey) background(look(), log, 'looking at a new identity');
  });
  return {
    onDidReplace: replaced.event,
    dispose: () => following.dispose(),
    load: async () => {
      loading ??= loadOrMake(secrets, storageFolder, maker, { isNew: false });
      try {
        known = await loading;
        await remember(known);
        return known;
      } catch (error) {
        loading = undefined;
        throw error;
      }
    },
    renew: async () => {
      known = await loadOrMake(secrets, storageFolder, maker, { isNew: true });
      loading = Promise.resolve(known);
      await remember(known);
    },
    known: () => known,
    replace: async (text) => {
      const identity = maker.parse(text);
      known = identity;
      loading = Promise.resolve(identity);
      await secrets.store(secretKey, maker.serialise(identity));
      await remember(identity);
    },
  };
}

async function loadOrMake<Identity>(
  secrets: Secrets,
  storageFolder: string,
  maker: IdentityMaker<Identity>,
  { isNew }: { readonly isNew: boolean },
): Promise<Identity> {
  const stored = await read(secrets);
  if (stored !== undefined) return maker.parse(stored);
  return maker.withLock(join(storageFolder, 'identity.lock'), async () => {
    const meanwhile = await read(secrets);
    if (meanwhile !== undefined) return maker.parse(meanwhile);
    // A keyring that was emptied, or that is another one today, is no new person.
    if (!isNew && (await wasHere(maker))) {
      throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the secret storage has lost the identity', {
        detail: { reason: 'missing' },
      });
    }
    const identity = await maker.create();
    await secrets.store(secretKey, maker.serialise(identity));
    return identity;
  });
}

async function wasHere<Identity>({ note }: IdentityMaker<Identity>): Promise<boolean> {
  try {
    return (await note?.wasHere()) ?? false;
  } catch (cause) {
    throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the disk does not say whether there was an identity', { cause });
  }
}

async function read(secrets: Secrets): Promise<string | undefined> {
  try {
    return await secrets.get(secretKey);
  } catch (cause) {
    throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the secret storage cannot be read', { cause });
  }
}

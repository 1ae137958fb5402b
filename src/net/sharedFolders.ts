// What a peer shares, and what it gets of what others share. All of it is loaded when somebody asks for it.

import type { FerryError } from '../core/base/errors.ts';
import type { Event } from '../core/base/event.ts';
import type { Log } from '../core/base/log.ts';
import type { PeerBook } from '../core/peers/book.ts';
import type { Session } from '../core/presence.ts';
import { isAccepted } from '../core/receiving/entry.ts';
import type { Inbox } from '../core/receiving/inbox.ts';
import type { Browser } from '../core/sharing/getting/browser.ts';
import type { Fetcher } from '../core/sharing/getting/fetcher.ts';
import type { ShareBook } from '../core/sharing/shares.ts';
import type { Sharing } from '../core/sharing/sharing.ts';

export type SharedFoldersOptions = {
  readonly storage: string;
  /** Called with an ERR_BOOK_UNREADABLE that the person has to know of, as in openList. */
  readonly onTrouble: ((trouble: FerryError) => void) | undefined;
  readonly book: PeerBook;
  readonly inbox: Inbox;
  readonly session: () => Session | undefined;
  readonly onSession: Event<unknown>;
  /** As in PeerOptions. */
  readonly sharedExcludes: (() => readonly string[]) | undefined;
  readonly asksBeforeGets: (() => boolean) | undefined;
  readonly getsByCommand: boolean;
  readonly log: Log;
};

/** The parts of a peer that have to do with shared folders: each is made once. */
export type SharedFolders = {
  /** The folders that this person shares, the same in all windows. */
  readonly shares: () => Promise<ShareBook>;
  /** Answers peers that ask for them, and knows what they got. */
  readonly sharing: () => Promise<Sharing>;
  /** Gets what peers share. */
  readonly fetcher: () => Promise<Fetcher>;
  /** Looks through what peers share. */
  readonly browser: () => Promise<Browser>;
};

/** Those parts, and how they begin and end with their peer. */
export function sharedFolders(options: SharedFoldersOptions): SharedFolders & {
  /** Goes on with what an earlier process began to get. */
  resume(): Promise<void>;
  /** Ends what is being got, for another process to go on. */
  rest(): Promise<void>;
  close(): Promise<void>;
} {
  const {
    storage,
    onTrouble,
    book,
    inbox,
    session,
    onSession,
    sharedExcludes = () => [],
    asksBeforeGets = () => false,
    getsByCommand,
    log,
  } = options;
  const shares = once(async () => (await import('./disk/sharing/sharesFile.ts')).openShares(storage, log, onTrouble));
  const sharing = once(async () => {
    const [{ Sharing: Made }, { sealedIds }, { createSharedDisk }] = await Promise.all([
      import('../core/sharing/sharing.ts'),
      import('./disk/sharing/ids.ts'),
      import('./disk/sharing/sharedDisk.ts'),
    ]);
    const disk = createSharedDisk(sharedExcludes);
    return new Made({ shares: await shares(), disk, ids: sealedIds(), book, asksFirst: asksBeforeGets, log });
  });
  const fetcher = once(async () => {
    const { Fetcher: Made } = await import('../core/sharing/getting/fetcher.ts');
    return new Made({ inbox, session, onSession, log, byCommand: getsByCommand });
  });
  const browser = once(async () => {
    const { Browser: Made } = await import('../core/sharing/getting/browser.ts');
    return new Made(session);
  });
  return {
    ...{ shares, sharing, fetcher, browser },
    resume: async () => {
      const isBegun = !getsByCommand && inbox.entries.some(({ asked, state }) => asked !== undefined && isAccepted(state));
      if (isBegun) (await fetcher()).resume();
    },
    rest: async () => (await fetcher.made())?.rest(),
    close: async () => (await shares.made())?.close(),
  };
}

type Once<T> = (() => Promise<T>) & {
  /** What was made, if anything was. */
  readonly made: () => Promise<T | undefined>;
};

function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  return Object.assign(() => (made ??= make()), { made: async () => made });
}

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

/** As in PeerOptions. */
export type SharedFoldersOptions = {
  readonly storage: string;
  readonly sharedExcludes?: () => readonly string[];
  readonly asksBeforeGets?: () => boolean;
  readonly getsByCommand?: boolean;
  readonly historyDays?: () => number;
  readonly onBookTrouble?: (trouble: FerryError) => void;
  readonly log: Log;
};

/** What of a peer they need. */
export type SharingPeer = {
  readonly book: PeerBook;
  readonly inbox: Inbox;
  readonly session: () => Session | undefined;
  readonly onSession: Event<unknown>;
};

export const defaultHistoryDays = 30;

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
export function sharedFolders(
  { storage, historyDays = () => defaultHistoryDays, getsByCommand = false, log, ...options }: SharedFoldersOptions,
  { book, inbox, session, onSession }: SharingPeer,
): SharedFolders & {
  /** Goes on with what an earlier process began to get. */
  resume(): Promise<void>;
  /** Ends what is being got, for another process to go on. */
  rest(): Promise<void>;
  close(): Promise<void>;
} {
  const { sharedExcludes: excludes = () => [], asksBeforeGets: asksFirst = () => false, onBookTrouble: tell } = options;
  const own = once(async () => {
    const { openOwnShares } = await import('./ownShares.ts');
    return openOwnShares({ storage, book, excludes, asksFirst, historyDays, tell, log });
  });
  const ofPeers = once(async () => {
    const { openPeersShares } = await import('./peersShares.ts');
    return openPeersShares({ inbox, session, onSession, log, byCommand: getsByCommand });
  });
  return {
    shares: async () => (await own()).shares,
    sharing: async () => (await own()).sharing,
    fetcher: async () => (await ofPeers()).fetcher,
    browser: async () => (await ofPeers()).browser,
    resume: async () => {
      const isBegun = !getsByCommand && inbox.entries.some(({ asked, state }) => asked !== undefined && isAccepted(state));
      if (isBegun) (await ofPeers()).fetcher.resume();
    },
    rest: async () => (await ofPeers.made())?.fetcher.rest(),
    close: async () => (await own.made())?.close(),
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

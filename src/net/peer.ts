// A whole peer, without a face: book, inbox, pairings, and the listener that comes and goes with its presence. The extension
// gives it an editor to look out of, tests give it answers.

import { join } from 'node:path';

import { FerryError } from '../core/base/errors.ts';
import type { Journal } from '../core/base/journal.ts';
import type { Log } from '../core/base/log.ts';
import { randomToken } from '../core/base/token.ts';
import { logIncoming } from '../core/logging/incoming.ts';
import { logOutgoing } from '../core/logging/outgoing.ts';
import { Messages } from '../core/messages/messages.ts';
import { Pairings, type PairingsOptions } from '../core/pairing/responder.ts';
import type { PeerBook } from '../core/peers/book.ts';
import { withoutOneself } from '../core/peers/oneself.ts';
import type { PeerId } from '../core/peers/peerId.ts';
import type { UnknownPeers } from '../core/peers/trust.ts';
import { Presence } from '../core/presence.ts';
import { chosenFolder, isAccepted } from '../core/receiving/entry.ts';
import { Inbox } from '../core/receiving/inbox.ts';
import { InboxJournal } from '../core/receiving/inboxJournal.ts';
import type { ReceiveStore } from '../core/receiving/store.ts';
import type { Reopened } from '../core/sending/continued.ts';
import { Outbox } from '../core/sending/outbox.ts';
import { OutgoingJournal } from '../core/sending/outgoingJournal.ts';
import type { SourceFile } from '../core/wire/item.ts';
import type { Identity } from './connection/identity.ts';
import { fileSource } from './disk/fileSource.ts';
import { type BookFile, openBook } from './disk/kept/bookFile.ts';
import { removeLeftovers, removeOrphans } from './disk/leftovers.ts';
import { keepPrivate } from './disk/privateFolder.ts';
import { createReceiveStore, tagOf } from './disk/receiveStore.ts';
import { removeIn } from './disk/wholeFile.ts';
import type { Reach } from './listening/listener.ts';
import type { Online } from './online.ts';
import { defaultHistoryDays, type SharedFolders, sharedFolders } from './sharedFolders.ts';

export type PeerOptions = {
  /** Loads the identity; asked whenever the peer goes online, or an item for its key comes. */
  readonly identity: () => Promise<Identity>;
  /** Ferry's own storage, closed to others: the book, and what was received but not saved. */
  readonly storage: string;
  /** The folder for received files; asked anew for every item. */
  readonly folder: () => string;
  readonly displayName: () => string;
  readonly appVersion: string;
  /** What is open in this window, if anything: other windows of the same person are told, and nobody else. */
  readonly workspaceName?: () => string | undefined;
  readonly log: Log;
  /** Called with an ERR_BOOK_UNREADABLE that the person has to know of, as in openList: of peers, or of shared folders. */
  readonly onBookTrouble?: (trouble: FerryError) => void;
  /** How long ago this window had the focus, in milliseconds; always in it where nothing is said. */
  readonly focusedMsAgo?: () => number;
  /** What peers that were never met may do; be asked about where nothing is said. */
  readonly unknownPeers?: () => UnknownPeers;
  /** As in InboxOptions and ReceiveStoreOptions. */
  readonly offerLifeMs?: number;
  readonly keepFreeBytes?: number;
  /** As in InboxOptions; for peers that are paired where nothing is said. */
  readonly keepsExecutable?: (peer: PeerId) => boolean;
  /** How many days what has ended is kept in the list; 30 where nothing is said. */
  readonly historyDays?: () => number;
  readonly pairings?: PairingsOptions;
  /** Globs of what stays hidden in shared folders, besides what always does; none where nothing is said. */
  readonly sharedExcludes?: () => readonly string[];
  /** Whether the person is asked before a peer gets what is shared; not where nothing is said. */
  readonly asksBeforeGets?: () => boolean;
  /** Whether things are got by commands: then none goes on by itself, or waits for a peer who stays away. */
  readonly getsByCommand?: boolean;
  /** As in OnlineOptions: for a peer that sends, and waits for nobody. */
  readonly looks?: Reach;
  /** UDP port of discovery, for tests that must not hear each other. */
  readonly mdnsPort?: number;
};

export type RunningPeer = SharedFolders & {
  readonly book: PeerBook;
  readonly inbox: Inbox;
  readonly pairings: Pairings;
  readonly store: ReceiveStore;
  readonly outbox: Outbox;
  readonly messages: Messages;
  /** Whether it is online; it is not before `apply`. */
  readonly presence: Presence<Online>;
  /** Removes what was received but not saved; gone already is fine. Fails with ERR_NOT_FOUND for what lies elsewhere. */
  removeStored(path: string): Promise<void>;
  /** Removes what processes that are gone have left in the folder for received files and in the storage. */
  removeLeftovers(): Promise<void>;
  /** Goes offline and frees everything. Idempotent. */
  stop(): Promise<void>;
};

/** Starts a peer, offline at first. Fails where its storage cannot be made. */
export async function startPeer(options: PeerOptions): Promise<RunningPeer> {
  const { storage, folder, log, historyDays = () => defaultHistoryDays } = options;
  await keepPrivate(storage);
  const received = join(storage, 'received');
  const places = () => ({ folder: folder(), storage: received });
  const store = createReceiveStore({ folders: places, owner: storage, ...given(options, ['keepFreeBytes']) });
  const { openJournal } = await import('./disk/journal.ts');
  const journal = await openJournal(join(storage, 'journal'), { log });
  const entries = new InboxJournal(journal, log);
  const own: Own = { id: undefined };
  const book = withoutOneself(await openBook(storage, log, options.onBookTrouble), () => own.id);
  const inbox = inboxOf(options, { store, book, entries });
  logIncoming(inbox, log);
  await inbox.restore(historyDays());
  const isStranger = (peer: PeerId): boolean => book.trustOf(peer) === 'unknown';
  const pairings = new Pairings({ isStranger, ...options.pairings });
  const presence: Presence<Online> = presenceOf(options, {
    ...{ inbox, book, pairings, own, messages: () => messages },
    sharing: () => folders.sharing(),
  });
  const folders = sharedFolders(options, { book, inbox, session: () => presence.session, onSession: presence.onDidChange });
  const outbox = outboxOf(options, { book, journal, presence });
  const messages = messagesOf(options, { book, journal, presence });
  logOutgoing(outbox, log);
  await outbox.restore(historyDays());
  await messages.restore(historyDays());
  await folders.resume();
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    messages.rest();
    await Promise.all([outbox.rest(), folders.rest()]);
    await presence.close();
    await inbox.idle();
    await journal.close();
    book.close();
    await folders.close();
  };
  return {
    ...{ book, inbox, pairings, store, outbox, messages, presence },
    ...{ shares: folders.shares, sharing: folders.sharing, fetcher: folders.fetcher, browser: folders.browser },
    removeStored: (path) => removeIn(received, path),
    removeLeftovers: () => removeUnwanted(entries, { storage, received, folder: folder() }),
    stop: () => (stopped ??= stop()),
  };
}

/** This person's own ID, once it is known. */
type Own = { id: PeerId | undefined };

type InboxParts = { readonly store: ReceiveStore; readonly book: PeerBook; readonly entries: InboxJournal };

function inboxOf(options: PeerOptions, { store, book, entries }: InboxParts): Inbox {
  return new Inbox(store, {
    ...given(options, ['offerLifeMs']),
    journal: entries,
    keepsExecutable: (peer) => options.keepsExecutable?.(peer) ?? ['own', 'paired'].includes(book.trustOf(peer)),
    isStranger: (peer) => book.trustOf(peer) === 'unknown',
    unseal: async (bytes) => {
      const [{ unsealIncoming }, { sealKey }] = await Promise.all([import('../core/sealing/items.ts'), options.identity()]);
      return unsealIncoming(bytes, { kind: 'key', keys: [sealKey] });
    },
  });
}

type PresenceParts = {
  readonly inbox: Inbox;
  readonly book: BookFile;
  readonly pairings: Pairings;
  /** They follow the presence, so that they are made after it. */
  readonly messages: () => Messages;
  readonly sharing: SharedFolders['sharing'];
  readonly own: Own;
};

function presenceOf(options: PeerOptions, { inbox, book, pairings, messages, sharing, own }: PresenceParts): Presence<Online> {
  const { identity, log } = options;
  const window = randomToken();
  return new Presence(async ({ visibility, discovery, port, interfaces }) => {
    // Who is blocked must be known before anybody is let in.
    await book.check();
    const [person, { goOnline }] = await Promise.all([identity(), import('./online.ts')]);
    own.id = person.peerId;
    const online = await goOnline({
      ...{ identity: person, inbox, pairings, messages: messages(), sharing, book, log, port, discovery, window },
      ...given(options, ['unknownPeers', 'mdnsPort', 'workspaceName', 'looks']),
      ...(interfaces.length === 0 ? {} : { interfaces }),
      reach: visibility === 'network' ? 'network' : 'loopback',
      displayName: options.displayName,
      appVersion: options.appVersion,
      focusedMsAgo: options.focusedMsAgo ?? (() => 0),
    });
    log.info('online', { port: online.port, visibility, fellForward: online.fellForward });
    return online;
  });
}

type OutboxParts = { readonly book: PeerBook; readonly journal: Journal; readonly presence: Presence<Online> };

function outboxOf({ log, displayName }: PeerOptions, { book, journal, presence }: OutboxParts): Outbox {
  return new Outbox({
    ...{ book, log, journal: new OutgoingJournal(journal), onSession: presence.onDidChange },
    session: () => presence.session,
    continuing: {
      senderName: displayName,
      peerOf: ({ peer }) => ({ ...peer, trust: book.trustOf(peer.id), windows: [], lastUsed: 0 }),
      reopen: reopened,
    },
  });
}

function messagesOf({ log, displayName }: PeerOptions, { book, journal, presence }: OutboxParts): Messages {
  return new Messages({
    ...{ book, log, journal, onSession: presence.onDidChange },
    session: () => presence.session,
    senderName: displayName,
  });
}

type Places = { readonly storage: string; readonly received: string; readonly folder: string };

/** What no entry of the inbox has or waits for. */
async function removeUnwanted(entries: InboxJournal, { storage, received, folder }: Places): Promise<void> {
  const kept = entries.entries().map(({ entry }) => entry);
  const paths = new Set(kept.flatMap((entry) => entry.received.map(({ path }) => path)));
  const parts = new Set(
    kept.flatMap(({ id, state, items }) => (isAccepted(state) ? items.map((_, n) => tagOf(storage, `${id}/${n}`)) : [])),
  );
  const isWanted = (tag: string): boolean => parts.has(tag);
  const chosen = kept.flatMap(({ state }) => chosenFolder(state) ?? []);
  await Promise.all([
    ...[...new Set([folder, received, ...chosen])].map((one) => removeLeftovers(one, isWanted)),
    removeOrphans(received, (path) => paths.has(path)),
  ]);
}

/** A file or a folder that a process before this one sent, as it is now. */
async function reopened({ path, folder }: SourceFile): Promise<Reopened> {
  if (folder === undefined) return fileSource(path);
  const { folderItem } = await import('./disk/tree/folderItem.ts');
  const { item } = await folderItem(path, folder.rules);
  return { ...item, size: item.offered.size };
}

/** Those of the options that are there: one that is missing is not the same as one that is undefined. */
function given<Key extends keyof PeerOptions>(options: PeerOptions, keys: readonly Key[]): Partial<Pick<PeerOptions, Key>> {
  const found: Partial<Pick<PeerOptions, Key>> = {};
  for (const key of keys) if (options[key] !== undefined) found[key] = options[key];
  return found;
}

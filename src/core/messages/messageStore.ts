// Where messages are kept: pages of threads in the journal, the same in every window of the person. Each window adds to pages of
// its own, so that two may receive at once; a page is written as a whole, and goes as a whole.

import { FerryError, toFerryError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Journal } from '../base/journal.ts';
import { limits } from '../base/limits.ts';
import { randomToken } from '../base/token.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { NamedPeer } from '../peers/peers.ts';
import { type Message, messageKey } from './message.ts';
import { isOfMessages, lookKey, lookOf, type Page, pageKey, pageOf, recordOfPage } from './stored.ts';

/**
 * A page takes no more messages after so many, or so many characters: it is written anew with every message, and a record of the
 * journal has 512 KiB, in which a control character takes six bytes.
 */
const messagesOfPage = 50;
const charactersOfPage = 64 * 1024;

/** The messages with one peer, the oldest first; its name is what it called itself last. */
export type KeptThread = { readonly peer: NamedPeer; readonly messages: readonly Message[] };

export class MessageStore {
  readonly #journal: Journal;
  readonly #pages = new Map<string, Page>();
  /** Threads as they are, until they change. */
  readonly #threads = new Map<PeerId, KeptThread>();
  /** How far the person has looked at threads, by peer. */
  readonly #looks = new Map<PeerId, number>();
  /** Keys of pages that this window writes. */
  readonly #own = new Set<string>();
  /** What is done to one thread is done one after the other. */
  readonly #lanes = new Map<PeerId, Promise<unknown>>();
  readonly #changed = createEmitter<PeerId>();

  constructor(journal: Journal) {
    this.#journal = journal;
    for (const key of journal.entries().keys()) this.#read(key);
    journal.onDidChange((keys) => {
      for (const key of keys.filter(isOfMessages)) this.#changedElsewhere(key);
    });
  }

  /** Fires with the peer of a thread that changed, by whichever window's doing. */
  get onDidChange(): Event<PeerId> {
    return this.#changed.event;
  }

  /** Every peer of whom there are messages. */
  get peers(): ReadonlySet<PeerId> {
    return new Set([...this.#pages.values()].map(({ peer }) => peer.id));
  }

  /** The thread with a peer; undefined where there are no messages. */
  thread(peer: PeerId): KeptThread | undefined {
    const known = this.#threads.get(peer);
    if (known !== undefined) return known;
    const pages = this.#pagesOf(peer);
    const last = pages.at(-1);
    if (last === undefined) return undefined;
    const thread = { peer: last.peer, messages: inOrder(pages) };
    this.#threads.set(peer, thread);
    return thread;
  }

  /** Up to which message, by its `at`, the person has looked at a thread; 0 where never. */
  lookedAt(peer: PeerId): number {
    return this.#looks.get(peer) ?? 0;
  }

  /** Adds a message to its thread: durable when it resolves, and seen then. Fails as Journal.put. */
  add(peer: NamedPeer, message: Message): Promise<void> {
    const write = async (): Promise<boolean> => {
      const page = await this.#openPage(peer);
      return this.#write({ ...page, peer, messages: [...page.messages, message] });
    };
    return this.#inLane(peer.id, async () => {
      const isWritten = await write().catch((cause: unknown) => {
        if (toFerryError(cause).code === 'ERR_BUSY') return false;
        throw cause;
      });
      // Another window has taken or removed the page; the next one is new.
      if (!isWritten && !(await write())) throw new FerryError('ERR_BUSY', 'the thread is being removed');
      await this.#trim(peer.id);
    });
  }

  /** Puts a message in the place of the one of its id. Only for one that `claim` gave to this window. Fails as Journal.put. */
  replace(message: Message): Promise<void> {
    return this.#inLane(message.peer, async () => {
      const page = this.#pageWith(message);
      if (page === undefined) return;
      const messages = page.messages.map((other) => (messageKey(other) === messageKey(message) ? message : other));
      await this.#write({ ...page, messages });
    });
  }

  /** Whether this window may deliver a message: no other one that lives has it. */
  claim(message: Message): Promise<boolean> {
    return this.#inLane(message.peer, async () => {
      const page = this.#pageWith(message);
      return page !== undefined && (await this.#claim(page.key));
    });
  }

  /** The person has looked at a thread, up to the message that came at `at`. Fails as Journal.put. */
  look(peer: PeerId, at: number): Promise<void> {
    return this.#inLane(peer, async () => {
      if (at <= this.lookedAt(peer)) return;
      this.#looks.set(peer, at);
      this.#tell(peer);
      const key = lookKey(peer);
      // Another window that looks at the same moment has seen the same.
      if (!(await this.#journal.claim(key))) return;
      try {
        await this.#journal.put(key, { peer, at });
      } finally {
        await this.#journal.release(key);
      }
    });
  }

  /** Removes a thread, in every window. Fails as Journal.remove. */
  remove(peer: PeerId): Promise<void> {
    return this.#inLane(peer, async () => {
      const keys = this.#pagesOf(peer).map(({ key }) => key);
      for (const key of keys) await this.#removePage(key);
      this.#tell(peer);
    });
  }

  /** Removes pages whose messages are all older than so many days. Fails as Journal.remove. */
  async removeOlderThan(days: number): Promise<void> {
    const since = Date.now() - days * 24 * 60 * 60_000;
    for (const page of [...this.#pages.values()]) if (lastOf(page) < since) await this.#removePage(page.key);
  }

  #pagesOf(peer: PeerId): readonly Page[] {
    const pages = [...this.#pages.values()].filter((page) => page.peer.id === peer);
    return pages.sort((a, b) => lastOf(a) - lastOf(b));
  }

  #pageWith(message: Message): Page | undefined {
    const key = messageKey(message);
    return this.#pagesOf(message.peer).findLast(({ messages }) => messages.some((other) => messageKey(other) === key));
  }

  /** A page that takes another message: one of this window's own, the last one if nobody has it, or a new one. */
  async #openPage(peer: NamedPeer): Promise<Page> {
    const open = this.#pagesOf(peer.id).filter(hasRoom);
    const own = open.findLast(({ key }) => this.#own.has(key));
    if (own !== undefined) return own;
    const last = open.at(-1);
    if (last !== undefined && (await this.#claim(last.key))) return this.#pages.get(last.key) ?? last;
    const key = pageKey(peer.id, randomToken());
    await this.#claim(key);
    return { key, peer, messages: [] };
  }

  async #claim(key: string): Promise<boolean> {
    if (!(await this.#journal.claim(key))) return false;
    this.#own.add(key);
    return true;
  }

  /** False where another window has removed the page: then nothing was written. Fails as Journal.put. */
  async #write(page: Page): Promise<boolean> {
    try {
      await this.#journal.put(page.key, recordOfPage(page));
    } catch (cause) {
      this.#own.delete(page.key);
      throw cause;
    }
    const isWritten = this.#journal.find(page.key) !== undefined;
    if (isWritten) this.#pages.set(page.key, page);
    else this.#drop(page.key);
    this.#tell(page.peer.id);
    return isWritten;
  }

  #drop(key: string): void {
    this.#pages.delete(key);
    this.#own.delete(key);
  }

  /** The oldest pages go where there are too many messages of a peer, or in all. */
  async #trim(peer: PeerId): Promise<void> {
    let ofPeer = this.#pagesOf(peer).reduce((sum, { messages }) => sum + messages.length, 0);
    for (const page of this.#pagesOf(peer)) {
      if (ofPeer <= limits.messagesKeptPerPeer) break;
      ofPeer -= page.messages.length;
      await this.#removePage(page.key);
    }
    const all = [...this.#pages.values()].sort((a, b) => lastOf(a) - lastOf(b));
    let [count, characters] = [0, 0];
    for (const page of all) [count, characters] = [count + page.messages.length, characters + charactersOf(page)];
    for (const page of all) {
      if (count <= limits.messagesKept && characters <= limits.messagesKeptBytes) break;
      [count, characters] = [count - page.messages.length, characters - charactersOf(page)];
      await this.#removePage(page.key);
    }
  }

  async #removePage(key: string): Promise<void> {
    const peer = this.#pages.get(key)?.peer.id;
    this.#drop(key);
    if (peer !== undefined) this.#threads.delete(peer);
    await this.#journal.remove(key);
  }

  #changedElsewhere(key: string): void {
    // Whether it is still this window's is what the next claim says.
    this.#own.delete(key);
    const peer = this.#pages.get(key)?.peer.id ?? this.#read(key);
    if (peer === undefined) return;
    if (this.#journal.find(key) === undefined) this.#pages.delete(key);
    else this.#read(key);
    this.#tell(peer);
  }

  /** Takes up what the journal has under a key; gives the peer whose thread that is part of. */
  #read(key: string): PeerId | undefined {
    if (!isOfMessages(key)) return undefined;
    const record = this.#journal.find(key);
    const page = pageOf(key, record);
    if (page !== undefined) this.#pages.set(key, page);
    const look = lookOf(key, record);
    if (look !== undefined) this.#looks.set(look.peer, Math.max(look.at, this.lookedAt(look.peer)));
    return page?.peer.id ?? look?.peer;
  }

  #tell(peer: PeerId): void {
    this.#threads.delete(peer);
    this.#changed.fire(peer);
  }

  async #inLane<T>(peer: PeerId, work: () => Promise<T>): Promise<T> {
    const done = (this.#lanes.get(peer) ?? Promise.resolve()).then(work, work);
    this.#lanes.set(peer, done);
    try {
      return await done;
    } finally {
      if (this.#lanes.get(peer) === done) this.#lanes.delete(peer);
    }
  }
}

/** The messages of pages, the oldest first. Two windows may have been sent the same: the one that came first counts. */
function inOrder(pages: readonly Page[]): readonly Message[] {
  const found = new Map<string, Message>();
  for (const message of pages.flatMap(({ messages }) => messages).sort((a, b) => a.at - b.at)) {
    const key = messageKey(message);
    if (!found.has(key)) found.set(key, message);
  }
  return [...found.values()];
}

function lastOf({ messages }: Page): number {
  return messages.at(-1)?.at ?? 0;
}

function charactersOf({ messages }: Page): number {
  return messages.reduce((sum, { text }) => sum + text.length, 0);
}

function hasRoom(page: Page): boolean {
  return page.messages.length < messagesOfPage && charactersOf(page) < charactersOfPage;
}

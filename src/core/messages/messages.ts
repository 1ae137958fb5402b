// Messages of this person: what came, what was written, and who may write at all. Threads are the same in every window.

import { FerryError, toFerryError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Journal } from '../base/journal.ts';
import { limits } from '../base/limits.ts';
import { randomToken } from '../base/token.ts';
import { keptName } from '../peers/book.ts';
import type { PeerId } from '../peers/peerId.ts';
import { calledBy, type NamedPeer } from '../peers/peers.ts';
import { checkMessageText, type TextMessage } from '../wire/messages.ts';
import { Courier, type CourierOptions } from './courier.ts';
import { isIncoming, type Message, messageKey, type Thread } from './message.ts';
import { MessageStore } from './messageStore.ts';
import { MessageQuota } from './quota.ts';

export type MessagesOptions = Omit<CourierOptions, 'store'> & {
  readonly journal: Journal;
  /** A monotonic clock in milliseconds, for how many messages are taken. */
  readonly now?: () => number;
};

export class Messages {
  readonly #options: MessagesOptions;
  readonly #store: MessageStore;
  readonly #courier: Courier;
  readonly #quota: MessageQuota;
  readonly #arrived = createEmitter<Message>();
  /** Messages on their way to the disk, by key: the same again waits for the same. */
  readonly #arriving = new Map<string, Promise<void>>();
  /** Keys of the messages of a thread that were told of, or were there at the start. */
  readonly #told = new Map<PeerId, ReadonlySet<string>>();
  /** Keys of messages that the person removed, the newest last: their sender may not have heard that they came. */
  readonly #removed = new Set<string>();

  constructor({ journal, now, ...options }: MessagesOptions) {
    this.#options = { journal, ...options };
    this.#store = new MessageStore(journal);
    this.#quota = new MessageQuota(now);
    this.#courier = new Courier({ ...options, store: this.#store });
    for (const { peer, messages } of this.threads) this.#told.set(peer.id, keysOf(messages));
    this.#store.onDidChange((peer) => this.#follow(peer));
  }

  /** Fires with the peer of a thread that changed, or went. */
  get onDidChange(): Event<PeerId> {
    return this.#store.onDidChange;
  }

  /** Fires once with every message that comes to a window of this person's, whichever it is. */
  get onDidArrive(): Event<Message> {
    return this.#arrived.event;
  }

  /** All threads, the one with the newest message first. */
  get threads(): readonly Thread[] {
    const threads = [...this.#store.peers].flatMap((peer) => this.thread(peer) ?? []);
    return threads.sort((a, b) => (b.messages.at(-1)?.at ?? 0) - (a.messages.at(-1)?.at ?? 0));
  }

  /** The thread with a peer, under the name that the book has; undefined where there are no messages. */
  thread(peer: PeerId): Thread | undefined {
    const thread = this.#store.thread(peer);
    if (thread === undefined) return undefined;
    const looked = this.#store.lookedAt(peer);
    const unread = thread.messages.filter((message) => isIncoming(message) && message.at > looked).length;
    return { peer: calledBy(this.#options.book.find(peer), thread.peer), messages: thread.messages, unread };
  }

  /** A message as it is now. */
  find({ peer, id }: Pick<Message, 'peer' | 'id'>): Message | undefined {
    return this.#store.thread(peer)?.messages.find((message) => message.id === id);
  }

  /** Refuses a request of this peer before it is read, and counts it. Fails with ERR_BUSY. */
  expectPlace(peer: PeerId): void {
    this.#quota.take(peer, this.#isStranger(peer));
  }

  /**
   * Takes a message of a peer: it is kept, and shown in every window, when this resolves. One that came before is not shown
   * again. Fails with ERR_MESSAGE_UNEXPECTED where another one came under its id, ERR_BUSY where too much of strangers is unread,
   * or as Journal.put.
   */
  async receive(peer: PeerId, { id, sender, text, sentAt }: TextMessage): Promise<void> {
    const message: Message = {
      ...{ id, peer, text, at: this.#nextAt(peer), state: { phase: 'received' } },
      ...(sentAt === undefined ? {} : { sentAt }),
    };
    const key = messageKey(message);
    if (this.#removed.has(key)) return;
    const same = this.#arriving.get(key);
    if (same !== undefined) await same.catch(() => undefined);
    const known = this.#store.thread(peer)?.messages.find((other) => messageKey(other) === key);
    if (known !== undefined) {
      if (known.text === text && known.sentAt === sentAt) return;
      throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'another message came under this id');
    }
    this.#checkUnread(peer);
    const arriving = this.#store.add({ id: peer, name: keptName(sender.name) }, message);
    this.#arriving.set(key, arriving);
    await arriving.finally(() => this.#arriving.delete(key));
  }

  /**
   * Writes to a peer; `name` is what it calls itself. The message waits, is kept, and goes out as soon as the peer can be
   * reached. Fails with ERR_BODY_TOO_LARGE where the text is too long, ERR_MESSAGE_INVALID where it is blank, or as Journal.put.
   */
  async send(peer: NamedPeer, text: string): Promise<Message> {
    const written = text.toWellFormed();
    if (written.trim() === '') throw new FerryError('ERR_MESSAGE_INVALID', 'a message has a text');
    checkMessageText(written);
    const message: Message = {
      ...{ id: randomToken(), peer: peer.id, text: written, at: this.#nextAt(peer.id) },
      ...{ sentAt: new Date().toISOString(), state: { phase: 'waiting' } },
    };
    await this.#store.add({ id: peer.id, name: keptName(peer.name) }, message);
    return message;
  }

  /** The person has looked at a thread. Never fails: what is lost with it is that it counts as read after the next start. */
  async look(peer: PeerId): Promise<void> {
    const last = this.#store.thread(peer)?.messages.at(-1);
    if (last === undefined) return;
    await this.#store.look(peer, last.at).catch((cause: unknown) => {
      this.#options.log.warn('that a thread is read is not kept', { code: toFerryError(cause).code });
    });
  }

  /** Removes a thread for good, in every window; what waits in it goes to nobody. Fails as Journal.remove. */
  async remove(peer: PeerId): Promise<void> {
    for (const message of this.#store.thread(peer)?.messages ?? []) {
      this.#removed.add(messageKey(message));
      const [oldest] = this.#removed;
      if (this.#removed.size > limits.offersRemembered && oldest !== undefined) this.#removed.delete(oldest);
    }
    await this.#store.remove(peer);
  }

  /** Goes on with what waits; what is older than so many days goes. Never fails. */
  async restore(days: number): Promise<void> {
    await this.#store.removeOlderThan(days).catch((cause: unknown) => {
      this.#options.log.warn('old messages could not be removed', { code: toFerryError(cause).code });
    });
    for (const peer of this.#store.peers) this.#courier.wake(peer);
  }

  /** Ends every try to deliver; what waits goes out after the next start. */
  rest(): void {
    this.#courier.rest();
  }

  #isStranger(peer: PeerId): boolean {
    return this.#options.book.trustOf(peer) === 'unknown';
  }

  /** Clocks are set back now and then; what came later stands below all the same, and behind what was looked at. */
  #nextAt(peer: PeerId): number {
    const last = this.#store.thread(peer)?.messages.at(-1)?.at ?? 0;
    return Math.max(Date.now(), last + 1, this.#store.lookedAt(peer) + 1);
  }

  #checkUnread(peer: PeerId): void {
    if (!this.#isStranger(peer)) return;
    const strangers = [...this.#store.peers].filter((id) => this.#isStranger(id));
    const unread = strangers.reduce((sum, id) => sum + (this.thread(id)?.unread ?? 0), 0);
    const own = this.thread(peer)?.unread ?? 0;
    if (own >= limits.messagesUnreadPerStranger || unread >= limits.messagesUnreadOfStrangers) {
      throw new FerryError('ERR_BUSY', 'too many messages of strangers are unread');
    }
  }

  #follow(peer: PeerId): void {
    const messages = this.#store.thread(peer)?.messages ?? [];
    const told = this.#told.get(peer);
    this.#told.set(peer, keysOf(messages));
    for (const message of messages) {
      if (isIncoming(message) && told?.has(messageKey(message)) !== true) this.#arrived.fire(message);
    }
    // One that another window wrote goes out from here where that window has closed.
    if (messages.some(({ state }) => state.phase === 'waiting')) this.#courier.wake(peer);
  }
}

function keysOf(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(messages.map(messageKey));
}

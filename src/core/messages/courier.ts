// The courier: takes messages that wait to their peers, one after the other in each thread. Who is away is waited for, and a
// message whose answer was lost is taken again under its id, which says that it is the same.

import { type ErrorCode, type FerryError, toFerryError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import { background, type Log } from '../base/log.ts';
import { pause } from '../base/pause.ts';
import { keptName, met, type PeerBook, withAddress } from '../peers/book.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { NamedPeer } from '../peers/peers.ts';
import type { Session } from '../presence.ts';
import { appearance } from '../sending/appearance.ts';
import { reach } from '../sending/reach.ts';
import { messageCall } from '../wire/calls.ts';
import type { Message, MessageState } from './message.ts';
import type { MessageStore } from './messageStore.ts';

export type CourierOptions = {
  readonly store: MessageStore;
  /** What being online gives, or undefined. */
  readonly session: () => Session | undefined;
  /** Fires when `session` gives something else. */
  readonly onSession: Event<unknown>;
  readonly book: PeerBook;
  /** What this side calls itself. */
  readonly senderName: () => string;
  readonly log: Log;
};

/** Between two tries that reached somebody and came to nothing: first, and at longest. In milliseconds. */
const firstPauseMs = 1_000;
const longestPauseMs = 5 * 60_000;

/** `away`: nobody was reached. `later`: somebody was, and it came to nothing that is final. */
type Try = MessageState | 'away' | 'later';

export class Courier {
  readonly #options: CourierOptions;
  /** Peers to whom something is being delivered. */
  readonly #running = new Set<PeerId>();
  /** What ends a wait, by peer. */
  readonly #waits = new Map<PeerId, AbortController>();
  readonly #ended = new AbortController();

  constructor(options: CourierOptions) {
    this.#options = options;
    options.onSession(() => {
      for (const wait of this.#waits.values()) wait.abort();
    });
  }

  /** Delivers what waits for a peer; where that is being done, and the peer is waited for, it is tried at once. */
  wake(peer: PeerId): void {
    if (this.#ended.signal.aborted) return;
    if (this.#running.has(peer)) this.#waits.get(peer)?.abort();
    else background(this.#deliver(peer), this.#options.log, 'delivering messages');
  }

  /** Ends every try and every wait; what waits goes out after the next start. */
  rest(): void {
    this.#ended.abort();
  }

  async #deliver(peer: PeerId): Promise<void> {
    this.#running.add(peer);
    try {
      for (let failures = 0; !this.#ended.signal.aborted; ) {
        const message = this.#next(peer);
        if (message === undefined) return;
        const outcome = await this.#try(message);
        if (typeof outcome === 'object') {
          failures = 0;
          await this.#options.store.replace({ ...message, state: outcome });
          continue;
        }
        failures += 1;
        await this.#wait(peer, outcome, failures);
      }
    } finally {
      this.#running.delete(peer);
    }
  }

  #next(peer: PeerId): Message | undefined {
    return this.#options.store.thread(peer)?.messages.find(({ state }) => state.phase === 'waiting');
  }

  /** Waits before the next try, or until it may be worth one. */
  async #wait(peer: PeerId, outcome: 'away' | 'later', failures: number): Promise<void> {
    const wait = new AbortController();
    const signal = AbortSignal.any([wait.signal, this.#ended.signal]);
    this.#waits.set(peer, wait);
    try {
      if (outcome === 'away') await appearance(peer, failures, { ...this.#options, signal });
      else await pause(Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs), signal);
    } finally {
      this.#waits.delete(peer);
    }
  }

  async #try(message: Message): Promise<Try> {
    const { store, session, senderName, log } = this.#options;
    // Another window of this person's may have it in hand, and would tell of it.
    if (!(await store.claim(message))) return 'later';
    if (Date.now() - message.at > limits.awayLifeMs) return { phase: 'expired' };
    const online = session();
    if (online === undefined) return 'away';
    const { id, text, sentAt } = message;
    const call = messageCall({ id, sender: { name: senderName() }, text, ...(sentAt === undefined ? {} : { sentAt }) });
    const until = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(limits.answerMs)]);
    try {
      const link = await reach(online, message.peer, until);
      await link.call(call, until).finally(() => link.close());
      background(this.#remember(message.peer, link.address), log, 'remembering a peer');
      return { phase: 'delivered' };
    } catch (cause) {
      const error = toFerryError(cause);
      log.debug('a message was not delivered', { peer: message.peer, code: error.code });
      return outcomeOf(error);
    }
  }

  /** Whoever is written to was met: their answer is not a stranger's. */
  async #remember(id: PeerId, address: Parameters<typeof withAddress>[1]): Promise<void> {
    const { book, store } = this.#options;
    const name = toldName(store.thread(id)?.peer);
    const known = book.find(id);
    const [last] = known?.addresses ?? [];
    const isAsBefore = last?.host === address.host && last.port === address.port;
    if (isAsBefore && known?.trust !== 'unknown') return;
    await book.change(id, (entry) => met(withAddress(entry, address), name));
  }
}

function toldName(peer: NamedPeer | undefined): string {
  return keptName(peer?.callsItself ?? peer?.name ?? '');
}

/** What a peer says that is as it is now, and may be otherwise soon. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_BUSY',
  'ERR_TIMEOUT',
  'ERR_NO_SPACE',
  'ERR_FOLDER_UNUSABLE',
  'ERR_UNEXPECTED',
]);

/** What an error says of a message: that the peer does not want it, or that nothing is decided. */
function outcomeOf({ code, remote }: FerryError): Try {
  if (!remote) return code === 'ERR_PEER_UNREACHABLE' || code === 'ERR_PEER_MISMATCH' ? 'away' : 'later';
  if (passing.has(code)) return 'later';
  // A version without messages has no such path.
  return { phase: 'refused', code: code === 'ERR_NOT_FOUND' ? 'ERR_NOT_SUPPORTED' : code };
}

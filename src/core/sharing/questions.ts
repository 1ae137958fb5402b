// Whether a peer may get what it asks for, where the person wants to be asked each time.

import { FerryError, toFerryError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import { randomToken } from '../base/token.ts';
import { Doorbell } from '../consent/doorbell.ts';
import { Refusals } from '../consent/refusals.ts';
import type { NamedPeer } from '../peers/peers.ts';
import type { PlainItem } from '../wire/item.ts';

/** A peer asks for an item, and the person has not answered yet. */
export type GetQuestion = {
  readonly id: string;
  readonly peer: NamedPeer;
  readonly item: PlainItem;
  /** The person's answer; false where the question is over already. */
  readonly answer: (mayGet: boolean) => boolean;
};

/** Answers that are remembered, so that what was cut is not asked about again. */
const remembered = 1_000;

export class GetQuestions {
  readonly #asked = createEmitter<GetQuestion>();
  readonly #waiting = new Map<string, GetQuestion>();
  readonly #allowed = new Set<string>();
  readonly #refusals: Refusals;
  readonly #doorbell: Doorbell;

  /** `now` is a monotonic clock in milliseconds. */
  constructor({ now }: { readonly now?: () => number } = {}) {
    this.#refusals = new Refusals(now);
    this.#doorbell = new Doorbell(now);
  }

  /** Fires with each question. */
  get onDidAsk(): Event<GetQuestion> {
    return this.#asked.event;
  }

  /** Questions that wait for the person. */
  get waiting(): readonly GetQuestion[] {
    return [...this.#waiting.values()];
  }

  /**
   * Waits for the person. `key`: what is asked for; it is asked about once. Fails with ERR_OFFER_DECLINED, also unseen where that
   * was said of this peer again and again, ERR_OFFER_EXPIRED, ERR_BUSY while the peer waits for another answer or has left one
   * unheard not long ago, or as the signal.
   */
  async ask(peer: NamedPeer, item: PlainItem, key: string, signal: AbortSignal): Promise<void> {
    if (this.#allowed.has(key)) return;
    if (this.waiting.some((question) => question.peer.id === peer.id)) {
      throw new FerryError('ERR_BUSY', 'the peer waits for another answer');
    }
    if (this.#refusals.muted(peer.id))
      throw new FerryError('ERR_OFFER_DECLINED', 'the person said no to this peer again and again');
    // What was asked stays on the screen when whoever asked has gone.
    if (!this.#doorbell.rings(peer.id, 'paired')) throw new FerryError('ERR_BUSY', 'the person was asked not long ago');
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const id = randomToken();
    const answer = (mayGet: boolean): boolean => {
      resolve(mayGet);
      return this.#waiting.delete(id);
    };
    const leave = (): void => reject(toFerryError(signal.reason));
    const late = setTimeout(() => reject(new FerryError('ERR_OFFER_EXPIRED', 'nobody answered in time')), limits.offerLifeMs);
    const question: GetQuestion = { id, peer, item, answer };
    this.#waiting.set(id, question);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    this.#asked.fire(question);
    try {
      const mayGet = await promise;
      this.#doorbell.answered(peer.id, mayGet ? 'accepted' : 'declined');
      if (mayGet) this.#refusals.forget(peer.id);
      else this.#refusals.add(peer.id);
      if (!mayGet) throw new FerryError('ERR_OFFER_DECLINED', 'the person said no');
      this.#remember(key);
    } finally {
      this.#waiting.delete(id);
      clearTimeout(late);
      signal.removeEventListener('abort', leave);
    }
  }

  #remember(key: string): void {
    this.#allowed.add(key);
    const [oldest] = this.#allowed;
    if (this.#allowed.size > remembered && oldest !== undefined) this.#allowed.delete(oldest);
  }
}

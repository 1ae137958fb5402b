// The doorbell: which requests may ring, that is show a notification. All of them wait in the Inbox all the same; ringing is
// rationed, because every peer can make as many requests as it likes, and a stranger as many keys.

import { limits } from '../base/limits.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { Standing } from '../peers/peers.ts';

type Ring = { readonly at: number; readonly peer: PeerId; readonly isStranger: boolean };

/** How often a peer rang without an answer, and until when it does not ring again. */
type Pause = { readonly unanswered: number; readonly until: number };

export class Doorbell {
  readonly #now: () => number;
  readonly #pauses = new Map<PeerId, Pause>();
  #rings: readonly Ring[] = [];
  /** What is told unasked is rationed by itself: it must not keep a question from ringing. */
  #news: Doorbell | undefined;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether a request of this peer rings now; counts the ring where it does. */
  rings(peer: PeerId, trust: Standing): boolean {
    const now = this.#now();
    const isStranger = trust === 'unknown';
    this.#rings = this.#rings.filter(({ at }) => now - at < limits.muteMs);
    const pause = this.#pauses.get(peer);
    if (pause !== undefined && now < pause.until) return false;
    // Strangers wait for whatever is on the screen; who was met does not wait for them.
    const onScreen = this.#rings.filter((ring) => now - ring.at < limits.ringMs && (isStranger || !ring.isStranger));
    if (onScreen.length >= limits.ringsAtOnce) return false;
    if (isStranger && this.#rings.filter((ring) => ring.isStranger).length >= limits.ringsOfStrangers) return false;
    const unanswered = pause?.unanswered ?? 0;
    this.#pauses.delete(peer);
    this.#pauses.set(peer, {
      unanswered: unanswered + 1,
      until: now + Math.min(limits.ringMs * 2 ** unanswered, limits.muteMs),
    });
    const [oldest] = this.#pauses.keys();
    if (this.#pauses.size > limits.peersRemembered && oldest !== undefined) this.#pauses.delete(oldest);
    this.#rings = [...this.#rings, { at: now, peer, isStranger }];
    return true;
  }

  /** Whether something that nobody was asked about is told now; counts it where it is. */
  tells(peer: PeerId, trust: Standing): boolean {
    this.#news ??= new Doorbell(this.#now);
    return this.#news.rings(peer, trust);
  }

  /**
   * The person accepted or declined a request of this peer: its next one may ring at once. Declining leaves strangers counted.
   */
  answered(peer: PeerId, answer: 'accepted' | 'declined'): void {
    this.#pauses.delete(peer);
    this.#rings = this.#rings.filter((ring) => ring.peer !== peer || (answer === 'declined' && ring.isStranger));
  }

  /** Forgets all that rang, as in a new window. */
  forget(): void {
    this.#pauses.clear();
    this.#rings = [];
    this.#news = undefined;
  }
}

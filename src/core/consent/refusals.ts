// Counts refusals in a row: after three, a peer's offers are declined unseen for a while, so that nobody can wear a person down.

import { limits } from '../base/limits.ts';
import type { PeerId } from '../peers/peerId.ts';

type Count = { readonly refusals: number; readonly mutedUntil: number };

export class Refusals {
  readonly #counts = new Map<PeerId, Count>();
  readonly #now: () => number;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The person declined an offer of this peer. */
  add(peer: PeerId): void {
    const refusals = (this.#counts.get(peer)?.refusals ?? 0) + 1;
    const mute = refusals >= limits.refusalsUntilMute;
    this.#counts.delete(peer);
    this.#counts.set(peer, { refusals: mute ? 0 : refusals, mutedUntil: mute ? this.#now() + limits.muteMs : 0 });
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > limits.offersRemembered && oldest !== undefined) this.#counts.delete(oldest);
  }

  /** The person accepted an offer of this peer. */
  forget(peer: PeerId): void {
    this.#counts.delete(peer);
  }

  /** Whether this peer's offers are declined unseen. */
  muted(peer: PeerId): boolean {
    return (this.#counts.get(peer)?.mutedUntil ?? 0) > this.#now();
  }
}

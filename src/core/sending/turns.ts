// Whose turn it is: two transfers move to a peer at a time, and one of the two places is for small ones alone, so that a large
// one holds up nobody.

import { limits } from '../base/limits.ts';
import type { PeerId } from '../peers/peerId.ts';

type Turn = { readonly peer: PeerId; readonly isSmall: boolean };
type Waiting = Turn & { readonly begin: () => void };

const placesPerPeer = 2;

export class Turns {
  readonly #moving = new Set<Turn>();
  readonly #waiting = new Set<Waiting>();

  /** Waits for the turn of so many bytes to a peer, unless the signal ends first; gives what ends the turn. Idempotent. */
  async take(peer: PeerId, bytes: number, signal: AbortSignal): Promise<() => void> {
    const turn: Turn = { peer, isSmall: bytes < limits.smallTransferBytes };
    if (!this.#hasPlace(turn)) await this.#wait(turn, signal);
    this.#moving.add(turn);
    return () => {
      if (this.#moving.delete(turn)) this.#next();
    };
  }

  #hasPlace({ peer, isSmall }: Turn): boolean {
    const moving = [...this.#moving].filter((turn) => turn.peer === peer);
    return moving.length < placesPerPeer && (isSmall || moving.every((turn) => turn.isSmall));
  }

  #wait(turn: Turn, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const begin = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', begin);
        resolve();
      };
      const waiting: Waiting = { ...turn, begin };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', begin, { once: true });
      if (signal.aborted) begin();
    });
  }

  /** The one that has waited longest and may go. */
  #next(): void {
    for (const waiting of this.#waiting) {
      if (!this.#hasPlace(waiting)) continue;
      waiting.begin();
      return;
    }
  }
}

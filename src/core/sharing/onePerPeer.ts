// Work of which there is one at a time for each peer: whoever asks for more waits, and not for long in a long queue.

import { FerryError } from '../base/errors.ts';
import type { PeerId } from '../peers/peerId.ts';

export class OnePerPeer {
  readonly #most: number;
  readonly #queues = new Map<PeerId, { last: Promise<unknown>; length: number }>();

  /** `most`: how much may wait and run for one peer. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Does `work` when that of the same peer before it is over; not any more where the signal has ended by then. Fails as `work`,
   * as the signal, or with ERR_BUSY.
   */
  async run<T>(peer: PeerId, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(peer) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length >= this.#most) throw new FerryError('ERR_BUSY', 'too many requests of this peer wait already');
    this.#queues.set(peer, queue);
    queue.length += 1;
    const done = queue.last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    queue.last = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(peer);
    }
  }
}

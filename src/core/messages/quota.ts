// How many requests with messages are taken at all: each costs a write, and a peer may make as many as it likes.

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { PeerId } from '../peers/peerId.ts';

type Request = { readonly peer: PeerId; readonly isStranger: boolean; readonly at: number };

export class MessageQuota {
  readonly #now: () => number;
  #requests: readonly Request[] = [];

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Counts a request of a peer, whatever it holds. Fails with ERR_BUSY where there were too many of late; strangers share one
   * allowance as well, however many keys they have.
   */
  take(peer: PeerId, isStranger: boolean): void {
    const at = this.#now();
    this.#requests = this.#requests.filter((request) => at - request.at < limits.messagesCountedMs);
    const ofPeer = this.#requests.filter((request) => request.peer === peer).length;
    const ofStrangers = this.#requests.filter((request) => request.isStranger).length;
    if (ofPeer >= limits.messagesPerPeer || (isStranger && ofStrangers >= limits.messagesOfStrangers)) {
      throw new FerryError('ERR_BUSY', 'too many messages were sent of late');
    }
    this.#requests = [...this.#requests, { peer, isStranger, at }];
  }
}

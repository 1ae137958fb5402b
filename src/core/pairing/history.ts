// What bounds guessing at codes: how many pairings peers began here of late, and how many failed.

import { limits } from '../base/limits.ts';
import type { PeerId } from '../peers/peerId.ts';

type Begun = { readonly peer: PeerId; readonly at: number; readonly isStranger: boolean };

export class PairingHistory {
  readonly #now: () => number;
  #begun: readonly Begun[] = [];
  #failed: readonly PeerId[] = [];

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts a pairing that a peer begins; false, and nothing is counted, where the limits forbid it. It counts from its commitment
   * on, not from its code on: a peer in the middle knows the code before it is shown, and would begin anew unseen until it suits.
   * Strangers, who may have as many keys as they like, and peers that were met have an allowance each, so that neither uses up
   * that of the other.
   */
  admit(peer: PeerId, isStranger: boolean): boolean {
    if (!this.mayBegin(peer, isStranger)) return false;
    this.#begun = [...this.#begun, { peer, at: this.#now(), isStranger }];
    return true;
  }

  /** Whether the limits let a peer begin a pairing now. */
  mayBegin(peer: PeerId, isStranger: boolean): boolean {
    const now = this.#now();
    this.#begun = this.#begun.filter(({ at }) => now - at < limits.pairingsOfAllMs);
    const own = this.#begun.filter((begun) => begun.peer === peer && now - begun.at < limits.pairingsPerPeerMs);
    const ofClass = this.#begun.filter((begun) => begun.isStranger === isStranger);
    return own.length < limits.pairingsPerPeer && ofClass.length < limits.pairingsOfAll;
  }

  /** A pairing with this peer ended in another way than paired. */
  failed(peer: PeerId): void {
    this.#failed = [...this.#failed, peer].slice(-limits.pairingFailuresRemembered);
  }

  /** A pairing with this peer went well: its failures before are explained. */
  succeeded(peer: PeerId): void {
    this.#failed = this.#failed.filter((other) => other !== peer);
  }

  /** Pairings with this peer, or with anybody, that failed. */
  failures(peer?: PeerId): number {
    return this.#failed.filter((other) => peer === undefined || other === peer).length;
  }
}

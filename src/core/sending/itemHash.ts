// The digest of an item that leaves over several connections: every byte counts once, however often it is sent.

import type { RunningHash } from '../receiving/store.ts';

export class ItemHash {
  readonly #hash: RunningHash;
  #at = 0;
  #sha256: Uint8Array | undefined;

  constructor(hash: RunningHash) {
    this.#hash = hash;
  }

  /** The byte up to which it knows the item. */
  get at(): number {
    return this.#at;
  }

  /** Takes bytes that begin at `from`; those that it had are passed over. */
  take(from: number, chunk: Uint8Array): void {
    const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, this.#at - from)));
    if (fresh.length === 0) return;
    this.#hash.update(fresh);
    this.#at += fresh.length;
  }

  /** The SHA-256 once all was taken; asking again gives the same. */
  digest(): Uint8Array {
    return (this.#sha256 ??= new Uint8Array(this.#hash.digest()));
  }
}

// How long one side of a connection waits for the bytes of a body to move: a while where nothing does, and no longer than a slow
// network needs where little does.

import { limits } from '../../core/base/limits.ts';

/**
 * Time that may be spent waiting. Waiting uses it up; every byte that moves brings back what it takes at `limits.bodyRateBytes` a
 * second. What moves at that rate or above can go on for ever; a byte now and then cannot.
 */
export class Patience {
  readonly #mostMs: number;
  #leftMs: number;

  /** `idleMs`: how long nothing at all may move. */
  constructor(idleMs: number = limits.idleBodyMs) {
    this.#mostMs = idleMs;
    this.#leftMs = idleMs;
  }

  /** How long may be waited now, in milliseconds; for the sending side, until that many bytes have moved. */
  leftMs(bytes = 0): number {
    return this.#leftMs + worthMs(bytes);
  }

  /** Bytes have moved after so many milliseconds of waiting. */
  spend(waitedMs: number, bytes: number): void {
    this.#leftMs = Math.max(0, Math.min(this.#mostMs, this.#leftMs - waitedMs + worthMs(bytes)));
  }
}

function worthMs(bytes: number): number {
  return (bytes * 1000) / limits.bodyRateBytes;
}

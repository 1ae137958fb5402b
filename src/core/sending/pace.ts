// The pace of a transfer: bytes a second over the last seconds, and what is left of the time.

export type Pace = { readonly bytesPerSecond: number; readonly secondsLeft: number };

const spanMs = 3_000;

/** Remembers points of a transfer and gives its pace, or undefined until half a second is known. Times in milliseconds. */
export class PaceMeter {
  #points: { readonly at: number; readonly sent: number }[] = [];

  /** `sent` of `total` bytes have moved at the time `nowMs` of a monotonic clock. */
  measure(sent: number, total: number, nowMs: number): Pace | undefined {
    this.#points.push({ at: nowMs, sent });
    while (this.#points.length > 2 && nowMs - (this.#points[0]?.at ?? nowMs) > spanMs) this.#points.shift();
    const [first] = this.#points;
    if (first === undefined || nowMs - first.at < 500 || sent <= first.sent) return undefined;
    const bytesPerSecond = ((sent - first.sent) * 1000) / (nowMs - first.at);
    return { bytesPerSecond, secondsLeft: Math.max(0, total - sent) / bytesPerSecond };
  }
}

// Bytes as they arrive, with a look at their beginning before the rest goes its way.

import { throwIfCancelled, unsealFailed } from '../failures.ts';

/** A stream of bytes of which something can be taken first. It owns the stream: whoever has it calls `return` in the end. */
export class ByteSource implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  #unread: Uint8Array | undefined;
  #ended = false;

  /** With a signal, no chunk is given any more once it has ended: ERR_CANCELLED. */
  constructor(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#chunks = bytes[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    throwIfCancelled(this.#signal);
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread !== undefined) return { done: false, value: unread };
    if (this.#ended) return { done: true, value: undefined };
    const result = await this.#chunks.next();
    if (result.done !== true) return { done: false, value: result.value };
    this.#ended = true;
    return { done: true, value: undefined };
  }

  /** Releases the stream, at any time and more than once. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#unread = undefined;
    if (!this.#ended) {
      this.#ended = true;
      await this.#chunks.return?.();
    }
    return { done: true, value: undefined };
  }

  /** Puts the rest of the chunk that was read last back, before the next is asked for. */
  unread(bytes: Uint8Array): void {
    this.#unread = bytes.length > 0 ? bytes : undefined;
  }

  /** The next bytes, as a copy. Throws ERR_UNSEAL_FAILED where the stream ends before. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const taken = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { value } = await this.next();
      if (value === undefined) throw unsealFailed('the sealed item ends too early');
      const part = value.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.unread(value.subarray(part.length));
    }
    return taken;
  }

  /**
   * The bytes before the next `stop` byte, which is taken too, or before the end of the stream. Throws ERR_UNSEAL_FAILED
   * where they are more than `most`, without having copied more.
   */
  async takeUntil(stop: number, most: number): Promise<{ readonly bytes: Uint8Array; readonly stopped: boolean }> {
    // One buffer that grows: in a list of chunks, a chunk of one byte would cost a hundred.
    let buffer = new Uint8Array(Math.min(most, 1024));
    let filled = 0;
    for (;;) {
      const { value } = await this.next();
      if (value === undefined) return { bytes: buffer.subarray(0, filled), stopped: false };
      const within = value.subarray(0, most - filled + 1);
      const end = within.indexOf(stop);
      const part = end < 0 ? within : within.subarray(0, end);
      if (filled + part.length > most) throw unsealFailed('the sealed item is too long');
      if (filled + part.length > buffer.length)
        buffer = grown(buffer, Math.min(most, Math.max(buffer.length * 2, filled + part.length)));
      buffer.set(part, filled);
      filled += part.length;
      if (end >= 0) {
        this.unread(value.subarray(end + 1));
        return { bytes: buffer.subarray(0, filled), stopped: true };
      }
    }
  }
}

function grown(buffer: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(buffer);
  return larger;
}

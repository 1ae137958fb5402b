// One item on its way in, over all the connections that bring it: whoever takes its bytes sees one stream, which stands still
// while its sender is away and goes on where it stopped.

import { FerryError as Failure, type FerryError, toFerryError } from '../base/errors.ts';
import { isInterruption } from '../base/interruption.ts';
import { pause } from '../base/pause.ts';
import { toldEvery } from '../wire/ahead.ts';
import type { ItemBody } from './store.ts';

/** A connection of which nothing comes for so long has nothing more; and for how long it is waited for at most. */
const quietMs = 100;
const drainedMs = 2_000;

type Waiting = { readonly take: (body: ItemBody) => void; readonly fail: (error: FerryError) => void };

export type ArrivalOptions = {
  /** The bytes of the item, and how many of them are here already. */
  readonly size: number;
  readonly from: number;
  /** Whether one connection has to bring the rest: what it brought is held against a digest of its own. */
  readonly isOnce?: boolean;
};

/** The bytes of one item. `abort` ends them for good, and with them whatever is made of them. */
export class Arrival<Done> implements ItemBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What becomes of the bytes in the end. */
  readonly landed: Promise<Done>;
  /** Whether some of the bytes came over another connection than the rest. */
  wasResumed = false;
  readonly #size: number;
  readonly #isOnce: boolean;
  #offset: number;
  #body: ItemBody | undefined;
  #interrupted: ((error: FerryError) => void) | undefined;
  #waiting: Waiting | undefined;
  #resting = Promise.withResolvers<undefined>();
  #end: FerryError | undefined;
  /** What the sender knows to be kept. */
  #told = 0;
  #toldEvery = Number.POSITIVE_INFINITY;

  /** `land` begins at once and takes them as they come; it fails when they are aborted. */
  constructor({ size, from, isOnce = false }: ArrivalOptions, land: (body: ItemBody) => Promise<Done>) {
    this.#size = size;
    this.#isOnce = isOnce;
    this.#offset = from;
    this.wasResumed = from > 0;
    this.bytes = this.#read();
    this.landed = land(this);
    // Whoever brings bytes hears of it; when nobody does, whoever made this looks after it.
    const over = (): void => this.#resting.resolve(undefined);
    this.landed.then(over, over);
  }

  /** Bytes that were taken. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether a connection brings bytes now. */
  get isMoving(): boolean {
    return this.#body !== undefined;
  }

  /**
   * Takes the bytes that a connection brings, the first of them at `from`. A connection before it that still counts as open has
   * no more to say. Resolves when the item has landed; fails with what ended the connection, after which the next one may follow,
   * with ERR_OFFSET_MISMATCH where other bytes are wanted, or as `landed`.
   */
  async take(body: ItemBody, from: number): Promise<Done> {
    // Two may have waited for the same one: then the last to come counts.
    while (this.isMoving) await this.rest();
    if (from !== this.#offset) {
      throw new Failure('ERR_OFFSET_MISMATCH', 'these are not the bytes that are wanted next', {
        detail: { offset: this.#offset },
      });
    }
    if (this.#offset > 0) this.wasResumed = true;
    const broken = new Promise<never>((_, reject) => {
      this.#interrupted = reject;
    });
    this.#body = body;
    this.#told = from;
    this.#toldEvery = toldEvery(from, this.#size);
    this.#resting = Promise.withResolvers();
    this.#waiting?.take(body);
    try {
      return await Promise.race([this.landed, broken]);
    } finally {
      if (this.#body === body) this.#body = undefined;
    }
  }

  /**
   * Ends the connection that brings bytes, if there is one, once nothing more comes of it, and waits until what came is taken;
   * `offset` stays what it is then.
   */
  async rest(): Promise<void> {
    const body = this.#body;
    if (body === undefined) return;
    await this.#drained();
    if (this.#body !== body) return;
    body.abort(new Failure('ERR_CONNECTION_LOST', 'the sender came back on another connection'));
    await this.#resting.promise;
  }

  /** Waits until nothing more comes: what the system has of a connection that ended is there to be taken. */
  async #drained(): Promise<void> {
    const over = new AbortController();
    void this.#resting.promise.then(() => over.abort());
    for (let waited = 0, before = -1; this.#offset > before && waited < drainedMs; waited += quietMs) {
      before = this.#offset;
      await pause(quietMs, over.signal);
      if (over.signal.aborted) return;
    }
  }

  /** Resolves when nothing is being done with what has come: it has landed or failed, or stands still. */
  async quiet(): Promise<void> {
    const landed = this.landed.catch(() => undefined);
    await (this.#end === undefined ? Promise.race([landed, this.#resting.promise]) : landed);
  }

  /** The digest that came behind the last byte. */
  async digest(): Promise<Uint8Array | undefined> {
    return this.#body?.digest();
  }

  /** That of the connection that brought the last byte. */
  async ownDigest(): Promise<Uint8Array | undefined> {
    return this.#body?.ownDigest?.();
  }

  kept(bytes: number): void {
    if (bytes - this.#told < this.#toldEvery) return;
    this.#told = bytes;
    this.#body?.kept?.(bytes);
  }

  abort(error: Error): void {
    this.#end ??= toFerryError(error);
    this.#body?.abort(this.#end);
    this.#waiting?.fail(this.#end);
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const body = await this.#next();
      this.#throwIfEnded();
      this.#checkLength(body);
      try {
        for await (const chunk of body.bytes) {
          yield chunk;
          this.#offset += chunk.length;
        }
        return;
      } catch (cause) {
        // A connection that ends just then decides nothing.
        this.#throwIfEnded();
        const error = toFerryError(cause);
        if (!isInterruption(error) || this.#isOnce) throw error;
        this.#body = undefined;
        this.#interrupted?.(error);
      }
    }
  }

  #throwIfEnded(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /** Bytes, where the sender says before them how many will come. */
  #checkLength({ length }: ItemBody): void {
    if (length === undefined) return;
    const all = this.#offset + length;
    if (all > this.#size) {
      throw new Failure('ERR_ITEM_TOO_LARGE', 'more bytes come than were offered', { detail: { offered: this.#size } });
    }
    if (all < this.#size) {
      throw new Failure('ERR_SIZE_MISMATCH', 'fewer bytes come than were offered', {
        detail: { offered: this.#size, received: all },
      });
    }
  }

  /** The connection that brings what comes next, once there is one. */
  async #next(): Promise<ItemBody> {
    this.#throwIfEnded();
    if (this.#body !== undefined) return this.#body;
    try {
      return await new Promise<ItemBody>((take, fail) => {
        this.#waiting = { take, fail };
        this.#resting.resolve(undefined);
      });
    } finally {
      this.#waiting = undefined;
    }
  }
}

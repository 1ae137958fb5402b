// The body of a request as it comes off the socket: pulled, not pushed, so that a slow disk slows the sender down; bounded in
// the time it may stand still; and able to end early without closing the connection, so that the sender gets an answer.

import type { IncomingMessage } from 'node:http';

import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { ItemBody } from '../../core/receiving/store.ts';
import { nestsDeeper } from '../../core/wire/jsonDepth.ts';
import { Patience } from './patience.ts';

export type BodyOptions = {
  /** How long it may stand still, or come too slowly, before it fails with ERR_TIMEOUT; in milliseconds. */
  readonly idleMs?: number;
  /** Called once, before the first byte is read. */
  readonly onBegin?: () => void;
};

/** The body of `request`, each chunk lent until the next is asked for. */
export function itemBody(request: IncomingMessage, options: BodyOptions = {}): ItemBody {
  const reader = readerOf(request, options);
  const length = request.headers['content-length'];
  return {
    ...(length === undefined ? {} : { length: Number(length) }),
    bytes: reader.bytes(),
    // A header serves as well (RFC 9530 section 3), for programs that know the digest before they send and cannot send trailers.
    digest: () => digestOf(request, 'repr-digest'),
    ownDigest: () => digestOf(request, 'content-digest'),
    abort: reader.abort,
  };
}

/** No message of the wire nests deeper than five; later versions may. */
const messageDepth = 16;

/**
 * Reads a whole small body, which is JSON. Fails with ERR_BODY_TOO_LARGE, ERR_MESSAGE_INVALID, ERR_TIMEOUT or
 * ERR_CONNECTION_LOST.
 */
export async function readSmallBody(
  message: IncomingMessage,
  { maxBytes = limits.jsonBodyBytes, ...options }: BodyOptions & { readonly maxBytes?: number } = {},
): Promise<Uint8Array> {
  const tooLarge = (): FerryError =>
    new FerryError('ERR_BODY_TOO_LARGE', 'the body is larger than the limit', { detail: { maxBytes } });
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const reader = readerOf(message, { idleMs: limits.jsonBodyMs, ...options });
  const late = setTimeout(() => reader.abort(new FerryError('ERR_TIMEOUT', 'the body took too long')), limits.jsonBodyMs);
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of reader.bytes()) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(new Uint8Array(chunk));
    }
    const body = Buffer.concat(chunks);
    if (nestsDeeper(body, messageDepth)) throw new FerryError('ERR_MESSAGE_INVALID', 'the body nests deeper than any message');
    return body;
  } finally {
    clearTimeout(late);
  }
}

/**
 * Every line of the trailer, or of the header where there is no trailer. The parser of fields is loaded when the first item
 * comes.
 */
async function digestOf(request: IncomingMessage, field: 'repr-digest' | 'content-digest'): Promise<Uint8Array | undefined> {
  const { parseDigest } = await import('../../core/wire/digestField.ts');
  return parseDigest(request.trailersDistinct[field] ?? request.headersDistinct[field] ?? []);
}

/** What has come and was not asked for yet. TLS cuts a body into 16 KiB; few large chunks cost whoever takes them less. */
class Arrived {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #lent = new Uint8Array();

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes >= limits.pieceBytes;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** All of it in one chunk, which is lent until the next call; empty where nothing has come. */
  take(): Uint8Array {
    if (this.#lent.length < this.#bytes) {
      giveBack(this.#lent);
      this.#lent = new Uint8Array(this.#bytes);
    }
    let filled = 0;
    for (const chunk of this.#chunks) {
      this.#lent.set(chunk, filled);
      filled += chunk.length;
      giveBack(chunk);
    }
    this.#chunks = [];
    this.#bytes = 0;
    return this.#lent.subarray(0, filled);
  }

  /** Frees what is held. Nothing is lent any more. */
  end(): void {
    for (const chunk of this.#chunks) giveBack(chunk);
    this.#chunks = [];
    giveBack(this.#lent);
    this.#lent = new Uint8Array();
  }
}

/**
 * Frees the memory of a chunk that was made for us alone, as the HTTP parser's are. The collector would let 40 MB of such chunks
 * pile up, and then go through the whole heap because of them, thirty times for each GiB.
 */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

type Reader = { readonly bytes: () => AsyncGenerator<Uint8Array>; readonly abort: (error: Error) => void };

function readerOf(message: IncomingMessage, { idleMs, onBegin }: BodyOptions): Reader {
  const arrived = new Arrived();
  const patience = new Patience(idleMs);
  let failure: Error | undefined;
  let ended = false;
  let wake = (): void => undefined;
  const abort = (error: Error): void => {
    failure ??= error;
    wake();
  };
  const onData = (chunk: Uint8Array): void => {
    arrived.add(chunk);
    if (arrived.isFull) message.pause();
    wake();
  };
  const onEnd = (): void => {
    ended = true;
    wake();
  };
  const onClose = (): void => {
    if (!ended) abort(new FerryError('ERR_CONNECTION_LOST', 'the connection ended before the body did'));
  };
  /**
   * Until something has come, or the sender was waited for long enough. Time in which nobody asks for bytes is not the sender's.
   */
  const more = async (): Promise<void> => {
    const begun = performance.now();
    const late = setTimeout(() => abort(new FerryError('ERR_TIMEOUT', 'the bytes stopped coming')), patience.leftMs());
    // Woken after all that lies ready at the socket has come, not after its first record.
    await new Promise<void>((resolve) => {
      wake = () => setImmediate(resolve);
    });
    wake = () => undefined;
    clearTimeout(late);
    patience.spend(performance.now() - begun, arrived.bytes);
  };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    message.on('end', onEnd).on('close', onClose).on('error', onClose).on('data', onData);
    if (message.destroyed) onClose();
    if (failure === undefined) onBegin?.();
    try {
      for (;;) {
        if (failure !== undefined) throw failure;
        const chunk = arrived.take();
        if (chunk.length > 0) {
          message.resume();
          yield chunk;
        } else if (ended) {
          return;
        } else {
          await more();
        }
      }
    } finally {
      message.off('data', onData).off('end', onEnd).off('close', onClose);
      arrived.end();
    }
  }
  return { bytes, abort };
}

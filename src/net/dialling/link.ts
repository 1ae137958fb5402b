// A link: one open connection to one window of a peer, and the requests of the protocol on it. HTTP/1.1 carries one request at a
// time; a link is used by one task at a time and may be used again by the next.

import { createHash } from 'node:crypto';
import { Agent, ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { FerryError, isFerryError } from '../../core/base/errors.ts';
import type { Event } from '../../core/base/event.ts';
import { limits } from '../../core/base/limits.ts';
import type { Address } from '../../core/peers/address.ts';
import type { FetchRequest, PutRequest } from '../../core/peers/link.ts';
import type { ItemBody } from '../../core/receiving/store.ts';
import { type Call, sharedPath } from '../../core/wire/calls.ts';
import { formatDigest } from '../../core/wire/digest.ts';
import { parseJson } from '../../core/wire/messages.ts';
import { itemBody } from '../connection/body.ts';
import { endOf, exportedKeyOf } from '../connection/channel.ts';
import { Patience } from '../connection/patience.ts';
import { AnswerWait, beginOf, bodyOf } from './answer.ts';
import { hostField } from './hostField.ts';
import { Room } from './room.ts';

/** `https.request` is patched inside VS Code and may ask a proxy; an agent over a socket of our own never does. */
class OneSocketAgent extends Agent {
  readonly #socket: Duplex;
  #isTaken = false;

  constructor(socket: Duplex) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(): Duplex {
    // Asked a second time where the agent let go of the socket: a request on it would wait for an answer that cannot come.
    if (this.#isTaken) throw new FerryError('ERR_CONNECTION_LOST', 'the connection has ended');
    this.#isTaken = true;
    return this.#socket;
  }
}

/** How a request is sent, and what it can be answered with. */
type Exchange = {
  readonly status: number;
  readonly signal: AbortSignal;
  /** How long the answer may take once all is sent, in milliseconds. */
  readonly limitMs: number;
  /** Sends the request; stops early once the wait is over. */
  readonly send: (wait: AnswerWait) => Promise<void>;
};

export class HttpLink {
  readonly #socket: TLSSocket;
  readonly #agent: OneSocketAgent;
  readonly #host: string;
  #running = 0;
  #answered = 0;
  /** Something broke; `#isLast`: the peer said that it closes the connection after this answer (RFC 9112 section 9.6). */
  #spoilt = false;
  #isLast = false;

  constructor(socket: TLSSocket, address: Address) {
    this.#socket = socket;
    this.#agent = new OneSocketAgent(socket);
    this.#host = hostField(address);
  }

  /** Whether another request can be made: nothing runs, nothing broke, nothing ended. */
  get usable(): boolean {
    return this.#running === 0 && !this.#spoilt && this.#isOpen;
  }

  /** Whether the connection ended between two requests, which either side may do at any time. */
  get endedInPeace(): boolean {
    return this.#running === 0 && !this.#spoilt && this.#answered > 0 && !this.#isOpen;
  }

  get #isOpen(): boolean {
    return !this.#isLast && !this.#socket.destroyed && this.#socket.writable;
  }

  /** As PeerLink.call, on this connection alone. */
  async call<Answer>(call: Call<Answer>, signal: AbortSignal): Promise<Answer> {
    const { method, path, body, parse, status, limitMs = limits.answerMs } = call;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const request = this.#request(method, path, headers);
    const send = async (): Promise<void> => void request.end(text);
    const answer = await this.#run(request, { status, signal, limitMs, send });
    // A call that says nothing of its answer gives none.
    return parse === undefined ? (undefined as Answer) : parse(parseJson(answer));
  }

  /**
   * `PUT` or `PATCH /v1/offers/{id}/items/{n}`; gives the SHA-256 of the item. Each chunk is done with before the next is asked
   * for, so that the source may use its buffers again.
   */
  async put(
    { offerId, n, from, bytes, hash, onSent, mayEndEarly = false, ...put }: PutRequest,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const request = this.#itemRequest(`/v1/offers/${offerId}/items/${n}`, from, put.provesRest);
    const whole = put.whole === undefined ? undefined : digestOf(put.whole, request);
    const own = put.provesRest === true ? createHash('sha256') : undefined;
    const [patience, room] = [new Patience(), new Room(request, from, put.ahead)];
    let sha256: Uint8Array = new Uint8Array();
    const send = async (wait: AnswerWait): Promise<void> => {
      let sent = 0;
      for await (const chunk of bytes) {
        for (let at = 0, piece = chunk; at < chunk.length; at += piece.length) {
          const begun = performance.now();
          wait.sending(patience.leftMs(Math.min(chunk.length - at, limits.pieceBytes)));
          piece = chunk.subarray(at, at + Math.min(limits.pieceBytes, await room.behind(from + sent)));
          if (wait.isOver || piece.length === 0) return;
          const written = write(request, piece, wait);
          if (whole === undefined) hash.take(from + sent, piece);
          own?.update(piece);
          await written;
          wait.resting();
          patience.spend(performance.now() - begun, piece.length);
          sent += piece.length;
          onSent(sent);
        }
      }
      sha256 = whole === undefined ? hash.digest() : await whole;
      const ofRest = own === undefined ? {} : { 'Content-Digest': formatDigest(own.digest()) };
      request.addTrailers({ 'Repr-Digest': formatDigest(sha256), ...ofRest });
      request.end();
    };
    let broken: { readonly cause: unknown } | undefined;
    const sendOrEnd = async (wait: AnswerWait): Promise<void> => {
      try {
        await send(wait);
      } catch (cause) {
        if (!mayEndEarly || signal.aborted) throw cause;
        // A body without a digest is refused, and the connection can carry the next one.
        broken = { cause };
        request.end();
      }
    };
    try {
      await this.#run(request, { status: 204, signal, limitMs: limits.itemEndMs, send: sendOrEnd });
    } catch (error) {
      if (broken === undefined || !isFerryError(error) || !error.remote) throw error;
    }
    if (broken !== undefined) throw broken.cause;
    return sha256;
  }

  /** As PeerLink.fetch, on this connection alone. */
  async fetch<T>(
    { id, etag, size, from }: FetchRequest,
    take: (body: ItemBody, from: number) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const range = from === 0 ? {} : { Range: `bytes=${from}-` };
    const request = this.#request('GET', sharedPath(id), { 'If-Match': etag, ...range });
    this.#running += 1;
    const wait = new AnswerWait(request);
    try {
      const answer = wait.response(signal);
      request.end(() => wait.answering(limits.sharedItemMs));
      const response = await answer;
      if (!request.shouldKeepAlive) this.#isLast = true;
      const begins = await beginOf(response, { etag, size, from });
      const body = itemBody(response);
      const stop = (): void =>
        body.abort(isFerryError(signal.reason) ? signal.reason : new FerryError('ERR_CANCELLED', 'cancelled by this side'));
      signal.addEventListener('abort', stop, { once: true });
      try {
        const taken = await take(body, begins);
        if (!response.complete) this.#spoilt = true;
        this.#answered += 1;
        return taken;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    } catch (error) {
      if (!isFerryError(error) || !error.remote) this.#spoilt = true;
      throw error;
    } finally {
      this.#running -= 1;
    }
  }

  /** Keying material of this connection. Fails with ERR_CONNECTION_LOST. */
  exportedKey(): Uint8Array {
    return exportedKeyOf(this.#socket);
  }

  /** Fires once, when the connection ends. */
  get onEnd(): Event<void> {
    return endOf(this.#socket);
  }

  /** Ends the connection. Idempotent. */
  destroy(): void {
    this.#spoilt = true;
    this.#agent.destroy();
    this.#socket.destroy();
  }

  #itemRequest(path: string, from: number, provesRest = false): ClientRequest {
    const what = from === 0 ? { 'Content-Type': 'application/octet-stream' } : partialUpload(from);
    const trailer = provesRest ? 'Content-Digest, Repr-Digest' : 'Repr-Digest';
    return this.#request(from === 0 ? 'PUT' : 'PATCH', path, { ...what, 'Transfer-Encoding': 'chunked', Trailer: trailer });
  }

  #request(method: string, path: string, headers: Record<string, string | number>): ClientRequest {
    if (!this.#isOpen) throw new FerryError('ERR_CONNECTION_LOST', 'the connection has ended');
    return new ClientRequest({ agent: this.#agent, method, path, headers: { Host: this.#host, ...headers } });
  }

  /**
   * Gives the body of a success, which counts only where all of the request was sent before it. A failure spoils the link but
   * leaves its connection open until `destroy`, so that the peer can be told why before it sees the connection end.
   */
  async #run(request: ClientRequest, { status, signal, limitMs, send }: Exchange): Promise<Uint8Array> {
    this.#running += 1;
    const wait = new AnswerWait(request);
    try {
      const answer = wait.response(signal).then((response) => ({ response, isEarly: !request.writableEnded }));
      const sending = send(wait).then(() => {
        if (!wait.isOver) wait.answering(limitMs);
        return answer;
      });
      // Whichever ends first counts: a source that fails while sending, or a peer that answers or goes.
      const { response, isEarly } = await Promise.race([answer, sending]);
      if (isEarly || !request.writableFinished) this.#spoilt = true;
      if (!request.shouldKeepAlive) this.#isLast = true;
      if (isEarly && response.statusCode === status) {
        throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'the peer took for whole what was not sent yet', { detail: { status } });
      }
      const body = await bodyOf(response, status);
      this.#answered += 1;
      return body;
    } catch (error) {
      if (!isFerryError(error) || !error.remote) this.#spoilt = true;
      throw error;
    } finally {
      this.#running -= 1;
    }
  }
}

/** What follows a byte of an item, to its end (draft-ietf-httpbis-resumable-upload section 4.4). */
function partialUpload(from: number): Record<string, string> {
  return { 'Content-Type': 'application/partial-upload', 'Upload-Offset': String(from), 'Upload-Complete': '?1' };
}

/** The SHA-256 of bytes that are read beside others, and no further once the request that wants it has lost its connection. */
function digestOf(bytes: AsyncIterable<Uint8Array>, request: ClientRequest): Promise<Uint8Array> {
  const read = async (): Promise<Uint8Array> => {
    const hash = createHash('sha256');
    for await (const chunk of bytes) {
      if (request.destroyed) break;
      hash.update(chunk);
    }
    return hash.digest();
  };
  const digest = read();
  // A failure is told where it is awaited.
  digest.catch(() => undefined);
  return digest;
}

/** Writes; done when the bytes are needed no more, because they are on their way or never will be. */
function write(request: ClientRequest, piece: Uint8Array, wait: AnswerWait): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off('response', done).off('close', done);
      resolve();
    };
    request.on('response', done).on('close', done);
    request.write(piece, done);
    if (wait.isOver) done();
  });
}

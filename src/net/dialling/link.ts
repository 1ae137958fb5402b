// A link: one open connection to one window of a peer, and the requests of the protocol on it. HTTP/1.1 carries one request at a
// time; a link is used by one task at a time and may be used again by the next.

import { createHash } from 'node:crypto';
import { Agent, ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { FerryError, isFerryError } from '../../core/base/errors.ts';
import type { Event } from '../../core/base/event.ts';
import { limits } from '../../core/base/limits.ts';
import type { Address } from '../../core/peers/address.ts';
import type { PutRequest } from '../../core/peers/link.ts';
import type { Call } from '../../core/wire/calls.ts';
import { formatDigest } from '../../core/wire/digest.ts';
import { parseJson, parseProblemType } from '../../core/wire/messages.ts';
import { errorOfProblem } from '../../core/wire/problems.ts';
import { readSmallBody } from '../connection/body.ts';
import { endOf, exportedKeyOf } from '../connection/channel.ts';

/** `https.request` is patched inside VS Code and may ask a proxy; an agent over a socket of our own never does. */
class OneSocketAgent extends Agent {
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(): Duplex {
    return this.#socket;
  }
}

export class HttpLink {
  readonly #socket: TLSSocket;
  readonly #agent: OneSocketAgent;
  readonly #host: string;
  #running = 0;
  #spoilt = false;

  constructor(socket: TLSSocket, address: Address) {
    this.#socket = socket;
    this.#agent = new OneSocketAgent(socket);
    this.#host = address.host.includes(':') ? `[${address.host}]` : address.host;
  }

  /** Whether another request can be made: nothing runs, nothing broke. */
  get usable(): boolean {
    return this.#running === 0 && !this.#spoilt && !this.#socket.destroyed && this.#socket.writable;
  }

  /** As PeerLink.call. */
  async call<Answer>({ method, path, body, parse }: Call<Answer>, signal: AbortSignal): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const request = this.#request(method, path, headers);
    const answer = await this.#run(request, signal, () => {
      request.end(text);
      return Promise.resolve();
    });
    // A call that says nothing of its answer gives none.
    return parse === undefined ? (undefined as Answer) : parse(parseJson(answer));
  }

  /**
   * `PUT /v1/offers/{id}/items/{n}`; gives the SHA-256 of what was sent. Each chunk is done with before the next is asked for, so
   * that the source may use its buffers again.
   */
  async put({ offerId, n, bytes, onSent, mayEndEarly = false }: PutRequest, signal: AbortSignal): Promise<Uint8Array> {
    const hash = createHash('sha256');
    const request = this.#request('PUT', `/v1/offers/${offerId}/items/${n}`, {
      'Content-Type': 'application/octet-stream',
      'Transfer-Encoding': 'chunked',
      Trailer: 'Repr-Digest',
    });
    let sha256 = new Uint8Array();
    const send = async (over: () => boolean): Promise<void> => {
      let sent = 0;
      for await (const chunk of bytes) {
        for (let at = 0; at < chunk.length; at += limits.pieceBytes) {
          if (over()) return;
          const piece = chunk.subarray(at, at + limits.pieceBytes);
          const written = write(request, piece, over);
          hash.update(piece);
          await written;
          sent += piece.length;
          onSent(sent);
        }
      }
      sha256 = hash.digest();
      request.addTrailers({ 'Repr-Digest': formatDigest(sha256) });
      request.end();
    };
    let broken: { readonly cause: unknown } | undefined;
    const sendOrEnd = async (over: () => boolean): Promise<void> => {
      try {
        await send(over);
      } catch (cause) {
        if (!mayEndEarly || signal.aborted) throw cause;
        // A body without a digest is refused, and the connection can carry the next one.
        broken = { cause };
        request.end();
      }
    };
    try {
      await this.#run(request, signal, sendOrEnd);
    } catch (error) {
      if (broken === undefined || !isFerryError(error) || !error.remote) throw error;
    }
    if (broken !== undefined) throw broken.cause;
    return sha256;
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

  #request(method: string, path: string, headers: Record<string, string | number>): ClientRequest {
    // The agent would hand out the socket again, and the request would wait on it for an answer that cannot come.
    if (this.#socket.destroyed) throw new FerryError('ERR_CONNECTION_LOST', 'the connection has ended');
    return new ClientRequest({ agent: this.#agent, host: this.#host, method, path, headers: { Host: this.#host, ...headers } });
  }

  /**
   * Sends with `send`, which stops early once `over` says so, and gives the body of a success. A failure spoils the link but
   * leaves its connection open until `destroy`, so that the peer can be told why before it sees the connection end.
   */
  async #run(request: ClientRequest, signal: AbortSignal, send: (over: () => boolean) => Promise<void>): Promise<Uint8Array> {
    this.#running += 1;
    let over = false;
    try {
      const answer = responseOf(request, signal).finally(() => {
        over = true;
      });
      // Whichever ends first counts: a source that fails while sending, or a peer that answers or goes.
      const sending = send(() => over);
      const response = await Promise.race([answer, sending.then(() => answer)]);
      if (!request.writableFinished) this.#spoilt = true;
      return await bodyOf(response);
    } catch (error) {
      if (!isFerryError(error) || !error.remote) this.#spoilt = true;
      throw error;
    } finally {
      over = true;
      this.#running -= 1;
    }
  }
}

/** The answer to a request. Interim answers (102 Processing) only show that the peer is there. */
function responseOf(request: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const end = (error: FerryError): void => {
      signal.removeEventListener('abort', onAbort);
      reject(error);
    };
    const onAbort = (): void => end(new FerryError('ERR_CANCELLED', 'cancelled by this side'));
    const onClose = (): void => end(new FerryError('ERR_CONNECTION_LOST', 'the connection ended before the answer came'));
    request.once('response', (message) => {
      signal.removeEventListener('abort', onAbort);
      request.off('close', onClose);
      request.setTimeout(0);
      resolve(message);
    });
    request.once('close', onClose);
    request.on('error', (cause) => end(new FerryError('ERR_CONNECTION_LOST', 'the connection broke', { cause })));
    request.setTimeout(limits.idleBodyMs, () => end(new FerryError('ERR_TIMEOUT', 'the peer stopped answering')));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

async function bodyOf(response: IncomingMessage): Promise<Uint8Array> {
  const status = response.statusCode ?? 0;
  const body = await readSmallBody(response);
  if (status >= 200 && status < 300) return body;
  throw errorOfProblem(problemTypeOf(body), status);
}

function problemTypeOf(body: Uint8Array): string {
  try {
    return parseProblemType(parseJson(body));
  } catch {
    return '';
  }
}

/** Writes; done when the bytes are needed no more, because they are on their way or never will be. */
function write(request: ClientRequest, piece: Uint8Array, over: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off('response', done).off('close', done);
      resolve();
    };
    request.on('response', done).on('close', done);
    request.write(piece, done);
    if (over()) done();
  });
}

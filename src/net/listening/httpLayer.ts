// The HTTP layer of the listener: an HTTP server that is handed its connections, and that lets every way in which Node tells of a
// request lead through the same gate and to an answer with a problem at least.

import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { FerryError, systemCodeOf } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { background, type Log } from '../../core/base/log.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { type Asked, answer, problemAnswer } from './answer.ts';
import type { Gate } from './gate.ts';
import type { Route } from './route.ts';

/**
 * Requests of one connection that may be unanswered. Peers make one at a time; thousands in one packet would hold up the editor.
 */
const requestsAtOnce = 4;
/** A connection on which nothing moves, as where its peer does not read its answers. */
const idleConnectionMs = 2 * limits.idleBodyMs;

export type HttpOptions = {
  readonly routes: readonly Route[];
  /** Whether a peer keeps its connections where there are no places left for all. */
  readonly favours?: (peer: PeerId) => boolean;
  readonly log: Log;
};

export class HttpLayer {
  readonly server: HttpServer;
  readonly #options: HttpOptions;
  readonly #gate: Gate;
  readonly #peers = new Map<Socket, PeerId>();
  readonly #unanswered = new WeakMap<Socket, number>();
  readonly #last = new WeakMap<Socket, ServerResponse>();
  readonly #refused = new WeakSet<Socket>();

  constructor(options: HttpOptions, gate: Gate) {
    this.#options = options;
    this.#gate = gate;
    this.server = createServer({
      // The time of a whole body is nobody's business: how fast it comes is watched where it is read.
      requestTimeout: 0,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: idleConnectionMs,
      maxHeaderSize: limits.headersBytes,
      // Ours to answer: Node would do so without a body.
      requireHostHeader: false,
    });
    this.server.timeout = idleConnectionMs;
    // Their bytes are bounded. By number, those behind the two thousandth would not be looked at.
    this.server.maxHeadersCount = 0;
    this.#listen();
    // A server that is handed its connections never says this by itself, and only then does it begin to watch `headersTimeout`.
    this.server.emit('listening');
  }

  /** Takes a connection whose certificate was checked. */
  accept(socket: TLSSocket, peer: PeerId): void {
    // In a flood, whoever was met must not be pushed out between handshake and request.
    if (this.#options.favours?.(peer) === true && !this.#enter(socket, peer, true)) {
      socket.destroy();
      return;
    }
    this.#peers.set(socket, peer);
    socket.once('close', () => this.#peers.delete(socket));
    this.server.emit('connection', socket);
  }

  /** Closes every connection of one peer. */
  drop(peer: PeerId): void {
    for (const [socket, owner] of this.#peers) if (owner === peer) socket.destroy();
  }

  #listen(): void {
    const on = (event: string, expects?: Asked['expects']): void => {
      this.server.on(event, (request: IncomingMessage, response: ServerResponse) => {
        this.#answer(request, response, expects);
      });
    };
    on('request');
    on('checkContinue', 'continue');
    on('checkExpectation', 'unknown');
    // `Upgrade` has no listener: its request is answered as any other (RFC 9110 section 7.8).
    this.server.on('connect', (_, socket: Duplex) => {
      const error = new FerryError('ERR_NOT_FOUND', 'nobody is connected to through here');
      this.#refuse(socket, problemAnswer(error, 405), ['Allow: DELETE, GET, HEAD, PATCH, POST, PUT']);
    });
    this.server.on('clientError', (cause: Error, socket: Duplex) => {
      const status = statusOfFailure(systemCodeOf(cause));
      const error = new FerryError('ERR_MESSAGE_INVALID', 'this is no request in HTTP/1.1', { cause });
      if (status === undefined) socket.destroy();
      else this.#refuse(socket, problemAnswer(error, status));
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse, expects: Asked['expects']): void {
    const { socket } = request;
    const peer = this.#begin(socket);
    if (peer === undefined) return;
    this.#last.set(socket, response);
    response.once('close', () => this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 1) - 1));
    const asked: Asked = { peer, request, response, ...(expects === undefined ? {} : { expects }) };
    background(answer(asked, this.#options.routes, this.#options.log), this.#options.log, 'answering a request');
  }

  /** Counts a request; undefined, and the connection is closed, where there is no place for it. */
  #begin(socket: Socket): PeerId | undefined {
    const peer = this.#peers.get(socket);
    const running = this.#unanswered.get(socket) ?? 0;
    const isIn = peer !== undefined && this.#enter(socket, peer, false);
    if (!isIn || socket.destroyed || running >= requestsAtOnce) {
      socket.destroy();
      return undefined;
    }
    this.#unanswered.set(socket, running + 1);
    return peer;
  }

  #enter(socket: Socket, peer: PeerId, isFavoured: boolean): boolean {
    if (this.#unanswered.has(socket)) return true;
    if (!this.#gate.passed(socket, peer, isFavoured)) return false;
    this.#unanswered.set(socket, 0);
    return true;
  }

  /**
   * Answers on a bare socket, where Node has made no response, and closes it after a while in which what still comes is passed
   * over. An answer that is under way on the same connection must not be broken into.
   */
  #refuse(socket: Duplex, { status, headers, text }: ReturnType<typeof problemAnswer>, more: readonly string[] = []): void {
    // A parser that has failed says so again for whatever follows.
    if (!(socket instanceof Socket) || this.#refused.has(socket)) return;
    this.#refused.add(socket);
    const isBusy = (this.#unanswered.get(socket) ?? 0) > 0;
    // The request itself was refused by its head, and its body is what the parser does not take.
    const isAnswered = isBusy && this.#last.get(socket)?.headersSent === true;
    if (!isAnswered && (isBusy || !socket.writable || this.#begin(socket) === undefined)) {
      socket.destroy();
      return;
    }
    const late = setTimeout(() => socket.destroy(), limits.lingerMs);
    socket.once('close', () => clearTimeout(late));
    if (isAnswered) return;
    const fields = Object.entries({ ...headers, Date: new Date().toUTCString(), Connection: 'close' });
    const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
    socket.end([...lines, ...more, '', text].join('\r\n'));
    socket.resume();
  }
}

/**
 * What is answered to bytes that the parser does not take; undefined where nobody waits for an answer, or none has begun to ask.
 */
function statusOfFailure(code: string): number | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code.startsWith('HPE_') ? 400 : undefined;
}

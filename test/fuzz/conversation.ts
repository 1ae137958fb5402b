// One connection of the fuzzer: what is sent on it, and how each of its requests ends.

import type { TLSSocket } from 'node:tls';

import type { Identity } from '../../src/net/connection/identity.ts';
import { handshakeEnds, rawTls } from '../support/rawTls.ts';

/** `answered` has the status; `quiet`: the listener waits for more, as it may for a while. */
export type Ending =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'quiet' };

/** Nothing comes for this long after the last byte: the listener has said what it has to say. */
const quietMs = 100;

export class Conversation<T extends Identity = Identity> {
  /** Whose certificate it is under. */
  readonly identity: T;
  readonly #socket: TLSSocket;
  #text = '';
  #closes = false;
  #wake: () => void = () => undefined;

  private constructor(socket: TLSSocket, identity: T) {
    this.identity = identity;
    this.#socket = socket;
    const wake = (): void => this.#wake();
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      wake();
    });
    socket.once('close', wake);
  }

  /** A connection to a listener on loopback; undefined where it was not let in. */
  static async open<T extends Identity>(port: number, identity: T): Promise<Conversation<T> | undefined> {
    const socket = rawTls(port, identity);
    return (await handshakeEnds(socket)) ? new Conversation(socket, identity) : undefined;
  }

  /** Whether another request can be made on it. */
  get isOpen(): boolean {
    return !this.#closes && !this.#socket.closed && this.#socket.writable;
  }

  /** Sends bytes, and tells how that ends. `isHead`: the answer has no body. */
  async ask(bytes: Uint8Array | string, { isHead = false }: { readonly isHead?: boolean } = {}): Promise<Ending> {
    this.#text = '';
    this.#socket.write(bytes);
    for (;;) {
      const status = this.#takeAnswer(isHead);
      if (status !== undefined) return { kind: 'answered', status };
      if (this.#socket.closed) return { kind: 'closed' };
      if (!(await this.#happens(quietMs))) return { kind: 'quiet' };
    }
  }

  /** Waits for an answer that is late, or the end of the connection, and ends it; false where neither comes in time. */
  async settles(limitMs: number): Promise<boolean> {
    const until = performance.now() + limitMs;
    let isAnswered = this.#takeAnswer(false) !== undefined;
    while (!isAnswered && !this.#socket.closed && performance.now() < until) {
      await this.#happens(until - performance.now());
      isAnswered = this.#takeAnswer(false) !== undefined;
    }
    const settled = isAnswered || this.#socket.closed;
    this.#socket.destroy();
    return settled;
  }

  /** Says goodbye; false where the listener does not end the connection in time. */
  async end(limitMs: number): Promise<boolean> {
    this.#socket.end();
    return this.closes(limitMs);
  }

  /** Waits for the end of the connection; false where it does not come in time. */
  async closes(limitMs: number): Promise<boolean> {
    const until = performance.now() + limitMs;
    while (!this.#socket.closed && performance.now() < until) await this.#happens(until - performance.now());
    const closed = this.#socket.closed;
    this.#socket.destroy();
    return closed;
  }

  /** Waits for bytes or the end; false where neither comes in time. */
  #happens(limitMs: number): Promise<boolean> {
    return new Promise((done) => {
      const late = setTimeout(() => done(false), limitMs);
      this.#wake = () => {
        clearTimeout(late);
        done(true);
      };
    });
  }

  #takeAnswer(isHead: boolean): number | undefined {
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const head = this.#text.slice(0, end);
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
      const length = isHead ? 0 : bodyLength(head, this.#text.slice(end + 4));
      if (status >= 200 && this.#text.length < end + 4 + length) return undefined;
      this.#text = this.#text.slice(end + 4 + (status < 200 ? 0 : length));
      if (status < 200) continue;
      if (/\r\nconnection: close/i.test(head)) this.#closes = true;
      return status;
    }
  }
}

/** How many characters of what follows the head are the body; Infinity where its last chunk has not come. */
function bodyLength(head: string, rest: string): number {
  if (!/\r\ntransfer-encoding: chunked/i.test(head)) return Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  // No chunk of what the victim shares has a line end in it.
  return /^(?:[1-9a-f][0-9a-f]*\r\n.*\r\n)*0\r\n(?:.+\r\n)*\r\n/i.exec(rest)?.[0].length ?? Infinity;
}

// A bare client: TLS sockets with any certificate and HTTP written by hand, to ask of a listener what no Ferry peer would.

import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

import type { Identity } from '../../src/net/connection/identity.ts';
import { tlsOptions } from '../../src/net/connection/tlsIdentity.ts';

export type RawAnswer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** A TLS socket to a listener on loopback, not waited for. Without identity it shows no certificate. */
export function rawTls(port: number, identity: Identity | undefined, options: ConnectionOptions = {}): TLSSocket {
  const base: ConnectionOptions =
    identity === undefined ? { rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] } : tlsOptions(identity);
  const socket = connect({ ...base, host: '127.0.0.1', port, servername: '', checkServerIdentity: () => undefined, ...options });
  socket.on('error', () => undefined);
  return socket;
}

/** A TCP socket to a listener on loopback, connected. `from`: another loopback address to come from. */
export function rawTcp(port: number, from?: string): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = connectTcp({ host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) }, () => {
      socket.off('error', failed).on('error', () => undefined);
      done(socket);
    });
    socket.once('error', failed);
  });
}

/** Waits until a socket is closed; gives all the bytes that came on it since this was called. */
export function untilClosed(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((done) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('close', () => done(Buffer.concat(chunks)));
    if (socket.closed) done(Buffer.alloc(0));
  });
}

/** Waits for the end of a TLS handshake as this side sees it; false where it fails. */
export function handshakeEnds(socket: TLSSocket): Promise<boolean> {
  return new Promise((done) => {
    socket.once('secureConnect', () => done(true));
    socket.once('close', () => done(false));
    if (socket.getPeerX509Certificate() !== undefined) done(!socket.closed);
  });
}

/** Writes a request and reads its answer, passing over interim ones. Fails where the connection closes before that. */
export function ask(socket: Socket, request: string | readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const parts = typeof request === 'string' ? [request] : request;
  const isHead = String(parts[0]).startsWith('HEAD ');
  return new Promise((done, failed) => {
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const answer = parseAnswer(text, isHead);
      if (answer === undefined) return;
      socket.off('data', onData).off('close', onClose);
      done(answer);
    };
    const onClose = (): void => failed(new Error(`closed after ${JSON.stringify(text.slice(0, 200))}`));
    socket.on('data', onData).once('close', onClose);
    for (const part of parts) socket.write(part);
  });
}

/** A request without body. */
export function requestText(method: string, path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ Host: 'peer', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A request with a JSON body. */
export function jsonRequest(method: string, path: string, body: string): string {
  return (
    requestText(method, path, { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }) + body
  );
}

/** `isHead`: the answer is one without a body, whatever length it tells (RFC 9110 section 9.3.2). */
function parseAnswer(text: string, isHead: boolean): RawAnswer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  if (status < 200) return parseAnswer(text.slice(end + 4), isHead);
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = isHead ? 0 : Number(headers.get('content-length') ?? 0);
  const body = text.slice(end + 4);
  return body.length < length ? undefined : { status, headers, body: Buffer.from(body.slice(0, length), 'latin1').toString() };
}

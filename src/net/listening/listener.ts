// The background TCP listener of one window.
//
//   TCP socket -> Gate (a place to wait in) -> TLS server, once a whole hello has come (certificate asked for)
//              -> peerIdOf (certificate checked) -> HTTP server -> Gate (a place to stay in, for peers that were met at once, for
//              others with their first request) -> routes
//
// The three servers are layers of one: only the first listens, each hands its connections to the next.

import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';

import { FerryError, systemCodeOf, toFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { Identity } from '../connection/identity.ts';
import { peerIdOf, tlsOptions } from '../connection/tlsIdentity.ts';
import { firstRecordBytes } from './firstRecord.ts';
import { Gate } from './gate.ts';
import { HttpLayer, type HttpOptions } from './httpLayer.ts';

/** Who can reach the listener: this machine through loopback, or whoever has a way to it. */
export type Reach = 'loopback' | 'network';

export type ListenerOptions = HttpOptions & {
  readonly identity: Identity;
  readonly reach: Reach;
  /** 0: any free port. Another that is taken falls forward to a free one. */
  readonly port: number;
  /** Whether a peer gets in at all; asked after its handshake. */
  readonly admits?: (peer: PeerId) => boolean;
};

export type Listener = {
  readonly port: number;
  /** The port that was asked for is taken and another is used. */
  readonly fellForward: boolean;
  /** Closes every connection of one peer. */
  drop(peer: PeerId): void;
  /** Ends the listener and every connection; requests that still run get `graceMs` to send their answer. Idempotent. */
  stop(graceMs?: number): Promise<void>;
};

const portsTried = 20;
const stopGraceMs = 500;

/** Starts a listener. Fails with ERR_LISTEN_FAILED. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const gate = new Gate();
  const http = new HttpLayer(options, gate);
  const tls = createTls(options, (socket, peer) => http.accept(socket, peer));
  // Without this the handshake waits 40 ms for an acknowledgement that the other side holds back.
  const server = createTcpServer({ noDelay: true }, (socket) => {
    if (gate.enter(socket)) onHello(socket, () => tls.emit('connection', socket));
  });
  const port = await listen(server, options);
  server.on('error', (error) => options.log.warn('the listener failed', { message: error.message }));
  let stopped: Promise<void> | undefined;
  return {
    port,
    fellForward: options.port !== 0 && port !== options.port,
    drop: (peer) => http.drop(peer),
    stop: (graceMs = stopGraceMs) => (stopped ??= stop(server, http.server, gate, graceMs)),
  };
}

/**
 * Nothing is built for a connection that does not begin as TLS does: a TLS layer takes many times the memory of the socket below
 * it. The first record has to be there as a whole; that it is a hello, TLS itself finds out.
 */
function onHello(socket: Socket, then: () => void): void {
  socket.on('error', () => socket.destroy());
  const chunks: Buffer[] = [];
  let size = 0;
  let awaited = 1;
  const look = (): void => {
    const more: unknown = socket.read();
    if (!Buffer.isBuffer(more)) return;
    chunks.push(more);
    size += more.length;
    if (size < awaited) return;
    // Put together at its first byte, its head and its end alone: whoever sends it byte by byte must not make that dear.
    const begun = Buffer.concat(chunks.splice(0));
    chunks.push(begun);
    const bytes = firstRecordBytes(begun);
    if (bytes === undefined) {
      socket.destroy();
      return;
    }
    awaited = bytes;
    if (size < awaited) return;
    socket.off('readable', look).off('end', leave);
    // Put back only now: each time it would be announced anew.
    socket.unshift(begun);
    then();
  };
  const leave = (): void => void socket.destroy();
  socket.on('readable', look).once('end', leave);
}

function createTls(
  { identity, admits, log }: ListenerOptions,
  accept: (socket: TLSSocket, peer: PeerId) => void,
): ReturnType<typeof createTlsServer> {
  const server = createTlsServer({ ...tlsOptions(identity), requestCert: true, handshakeTimeout: limits.handshakeMs });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    try {
      const peer = peerIdOf(socket);
      if (admits?.(peer) === false) throw new FerryError('ERR_PEER_REJECTED', 'the peer is blocked');
      accept(socket, peer);
    } catch (error) {
      log.debug('closed a connection after its handshake', { code: toFerryError(error).code });
      socket.destroy();
    }
  });
  // Without this a socket whose handshake failed or never came stays open.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}

async function listen(server: Server, { reach, port }: ListenerOptions): Promise<number> {
  const hosts = reach === 'loopback' ? ['127.0.0.1'] : ['::', '0.0.0.0'];
  const ports =
    port === 0 ? [0] : [...Array.from({ length: portsTried }, (_, step) => port + step).filter((next) => next < 65_536), 0];
  let failure: unknown;
  for (const candidate of ports) {
    for (const host of hosts) {
      try {
        return await listenOnce(server, host, candidate);
      } catch (error) {
        failure = error;
        if (['EADDRINUSE', 'EACCES'].includes(systemCodeOf(error))) break;
      }
    }
  }
  throw new FerryError('ERR_LISTEN_FAILED', 'no port can be listened on', { cause: failure });
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: false }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function stop(server: Server, http: HttpServer, gate: Gate, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  http.closeIdleConnections();
  const late = setTimeout(() => gate.closeAll(), graceMs);
  await closed;
  clearTimeout(late);
  http.close();
}

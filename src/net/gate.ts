// The gate in front of the listener: bounds the sockets that have not shown a certificate yet. When there are too many, the
// oldest gives way: an honest handshake is over in milliseconds, so the oldest is the one that stalls.

import type { Socket } from 'node:net';

import { limits } from '../core/limits.ts';

type Waiting = { readonly socket: Socket; readonly address: string };

export class Gate {
  readonly #waiting = new Map<string, Waiting>();
  readonly #sockets = new Set<Socket>();

  /** Takes a new TCP connection; false where it was closed at once because all places of proven peers are taken. */
  enter(socket: Socket): boolean {
    if (this.#sockets.size >= limits.sockets + limits.preHandshakeSockets) {
      socket.destroy();
      return false;
    }
    const address = socket.remoteAddress ?? '';
    const key = keyOf(socket);
    this.#sockets.add(socket);
    this.#waiting.set(key, { socket, address });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#waiting.delete(key);
    });
    this.#makeRoom(address);
    return true;
  }

  /** A connection has shown its certificate and no longer counts as waiting. */
  passed(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
    this.#waiting.delete(keyOf(socket));
  }

  /** Closes every connection, proven or not. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #makeRoom(address: string): void {
    const own = [...this.#waiting].filter(([, waiting]) => waiting.address === address);
    if (own.length > limits.preHandshakeSocketsPerAddress) this.#giveWay(own[0]);
    if (this.#waiting.size > limits.preHandshakeSockets) this.#giveWay([...this.#waiting][0]);
  }

  /** A socket that ends tells so only later: until then it must not stand for those that came after it. */
  #giveWay(oldest: readonly [string, Waiting] | undefined): void {
    if (oldest === undefined) return;
    this.#waiting.delete(oldest[0]);
    oldest[1].socket.destroy();
  }
}

/** Address and port of the other end tell TCP connections to one listener apart, before and after the TLS layer wraps them. */
function keyOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${socket.remoteAddress}|${socket.remotePort}`;
}

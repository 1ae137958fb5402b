// A TCP proxy between two peers of the benchmark: it counts what the sender sends, over all of its connections, and cuts when it
// is told to. What it holds itself is little, so that what counts as sent is about what the peer has.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import type { Address } from '../../../src/core/peers/address.ts';
import { loopback } from './programs.ts';

export type Proxy = {
  readonly address: Address;
  /** Bytes that the sender has sent so far. */
  readonly sent: () => number;
  /** Leads connections that come from now on to another port. */
  readonly leadTo: (port: number) => void;
  /** Resolves once so many bytes were sent. */
  readonly reached: (bytes: number) => Promise<void>;
  /** Resets every connection, on both sides. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

/** Starts a proxy on a free port of loopback. */
export async function startProxy(): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const marks: { readonly at: number; readonly wake: () => void }[] = [];
  let target = 0;
  let sent = 0;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((socket) => {
    const [from, to] = [track(socket), track(connect(target, loopback))];
    from.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      for (const mark of marks.splice(0)) {
        if (mark.at <= sent) mark.wake();
        else marks.push(mark);
      }
    });
    from.pipe(to).pipe(from);
    from.once('close', () => to.destroy());
    to.once('close', () => from.destroy());
  });
  await new Promise<void>((done) => server.listen(0, loopback, done));
  return {
    address: { host: loopback, port: (server.address() as AddressInfo).port },
    sent: () => sent,
    leadTo: (port) => {
      target = port;
    },
    reached: (at) => new Promise((wake) => (at <= sent ? wake() : void marks.push({ at, wake }))),
    cut,
    close: () => {
      cut();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

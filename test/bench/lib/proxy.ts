// A TCP proxy between two peers of the benchmark: it counts what the sender sends, over all of its connections, and cuts when it
// is told to. It is as fast as a link: a loopback that takes whatever it is given fills the buffers of the system behind it with
// megabytes that no network would have carried by then.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import type { Address } from '../../../src/core/peers/address.ts';
import { loopback } from './programs.ts';

/** Gigabit Ethernet, in bytes a second. */
const gigabit = 125e6;

export type Proxy = {
  readonly address: Address;
  /** How many bytes go to the receiver in a second, of all connections together; a gigabit where nothing is said. */
  readonly pace: (bytesPerSecond: number) => void;
  /** Bytes of the sender that went to the receiver so far. */
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
  const line = new Line();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const count = (bytes: number): void => {
    sent += bytes;
    for (const mark of marks.splice(0)) {
      if (mark.at <= sent) mark.wake();
      else marks.push(mark);
    }
  };
  const server = createServer((socket) => {
    const [from, to] = [track(socket), track(connect(target, loopback))];
    pass(from, to, (bytes) => {
      count(bytes);
      return line.goneIn(bytes);
    });
    to.pipe(from);
    from.once('close', () => to.destroy());
    to.once('close', () => from.destroy());
  });
  await new Promise<void>((done) => server.listen(0, loopback, done));
  return {
    address: { host: loopback, port: (server.address() as AddressInfo).port },
    pace: (bytesPerSecond) => {
      line.bytesPerSecond = bytesPerSecond;
    },
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

/** What all connections share. */
class Line {
  bytesPerSecond = gigabit;
  #goneAt = 0;

  /** In how many milliseconds these bytes have gone, behind those before them. */
  goneIn(bytes: number): number {
    this.#goneAt = Math.max(this.#goneAt, performance.now()) + (bytes / this.bytesPerSecond) * 1_000;
    return this.#goneAt - performance.now();
  }
}

/** Passes on what comes, no sooner than `take` says. */
function pass(from: Socket, to: Socket, take: (bytes: number) => number): void {
  from.on('data', (chunk: Buffer) => {
    const aheadMs = take(chunk.length);
    const isTaken = to.write(chunk);
    if (isTaken && aheadMs < 1) return;
    from.pause();
    const ready = [isTaken ? Promise.resolve() : once(to, 'drain'), wait(Math.max(0, aheadMs))];
    // A socket that was reset never drains; then there is nothing to go on with.
    Promise.all(ready).then(
      () => from.resume(),
      () => undefined,
    );
  });
  from.once('end', () => to.end());
}

// A TCP relay that keeps all bytes of all connections, as a packet capture would: what a stranger on the wire gets to see.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import type { Address } from '../../src/core/peers/address.ts';

/** What passed on one connection, each way. */
export type Recording = { readonly up: readonly Buffer[]; readonly down: readonly Buffer[] };

export type RecordingRelay = {
  readonly port: number;
  /** One for each connection, the first in front. */
  readonly recordings: readonly Recording[];
  close(): Promise<void>;
};

/** Starts a relay on loopback in front of `target`. */
export async function startRecordingRelay(target: Address): Promise<RecordingRelay> {
  const sockets = new Set<Socket>();
  const recordings: Recording[] = [];
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const pass = (from: Socket, to: Socket, seen: Buffer[]): void => {
    from.on('data', (chunk: Buffer) => {
      seen.push(chunk);
      to.write(chunk);
    });
    from.once('end', () => to.end());
    from.once('close', () => to.destroy());
  };
  const server = createServer((inner) => {
    const [down, up] = [track(inner), track(connect(target))];
    const recording = { up: [], down: [] };
    recordings.push(recording);
    pass(down, up, recording.up);
    pass(up, down, recording.down);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    recordings,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** All bytes of all connections of a relay, the ways one behind the other. */
export function allBytes({ recordings }: RecordingRelay): Buffer {
  return Buffer.concat(recordings.flatMap(({ up, down }) => [...up, ...down]));
}

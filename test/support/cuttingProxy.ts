// A TCP proxy that cuts its first connection after so many bytes, as a bad cable or a firewall does; the later ones it leaves
// alone.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import type { Address } from '../../src/core/peers/address.ts';

export type Cut = {
  /** Whose bytes are counted. */
  readonly direction: 'up' | 'down';
  /** The connection ends in place of the byte after these; what comes before it is passed on. */
  readonly afterBytes: number;
  /** `reset`: both ends get an RST. `farewell`: both get a FIN, as if the other had hung up. */
  readonly by: 'reset' | 'farewell';
};

export type CuttingProxy = {
  readonly address: Address;
  /** Bytes that were passed on by the first connection, each way. */
  readonly passed: { readonly up: number; readonly down: number };
  readonly wasCut: boolean;
  readonly connections: number;
  close(): Promise<void>;
};

/**
 * Starts a proxy on loopback in front of `target`. Without `cut` it only counts. Both are read anew for each connection and
 * chunk.
 */
export async function startCuttingProxy(target: Address, cut?: Cut): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const passed = { up: 0, down: 0 };
  let connections = 0;
  let wasCut = false;

  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const server = createServer((inner) => {
    connections += 1;
    const counts = connections === 1;
    const ends = { up: track(connect(target)), down: track(inner) };
    const end = (how: Cut['by']): void => {
      wasCut = true;
      for (const socket of [ends.up, ends.down]) {
        if (how === 'farewell') socket.end();
        else socket.resetAndDestroy();
      }
    };
    const pass = (direction: Cut['direction'], from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (counts && wasCut) return;
        const left = counts && cut?.direction === direction ? cut.afterBytes - passed[direction] : Number.POSITIVE_INFINITY;
        const part = chunk.subarray(0, Math.min(chunk.length, left));
        if (counts) passed[direction] += part.length;
        if (part.length > 0 && to.writable) to.write(part);
        if (chunk.length > left && cut !== undefined) end(cut.by);
      });
      from.once('end', () => to.end());
      from.once('close', () => to.destroy());
    };
    pass('up', ends.down, ends.up);
    pass('down', ends.up, ends.down);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    passed,
    get wasCut() {
      return wasCut;
    },
    get connections() {
      return connections;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

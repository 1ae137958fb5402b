// A listener written by hand: it shows any certificate and answers requests with whatever a test likes, at whatever time.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

import type { Address } from '../../src/core/peers/address.ts';
import type { Identity } from '../../src/net/connection/identity.ts';
import { tlsOptions } from '../../src/net/connection/tlsIdentity.ts';

/** One connection of a dialler. */
export type HandConnection = {
  readonly socket: TLSSocket;
  /** Connections before this one. */
  readonly number: number;
  /**
   * Waits for text that has come and was not waited for yet, up to what `pattern` matches; gives it. Fails where the connection
   * ends.
   */
  readonly until: (pattern: RegExp) => Promise<string>;
  readonly write: (text: string) => void;
};

export type HandListener = {
  readonly address: Address;
  /** The request lines of all connections, in their order. */
  readonly requests: string[];
  readonly connections: number;
  /** All that came, in bytes. */
  readonly received: number;
  close(): Promise<void>;
};

/** The end of a request without body, and of one in chunks with a trailer. */
export const headEnd = /\r\n\r\n/;
export const chunksEnd = /(?:^|\r\n)0\r\n(?:[^\r]+\r\n)*\r\n/;

/** Starts one on loopback; `serve` has each connection for as long as it lives, and may fail where it ends. */
export async function startHandListener(
  identity: Pick<Identity, 'certificatePem' | 'privateKeyPem'>,
  serve: (connection: HandConnection) => Promise<void>,
  port = 0,
): Promise<HandListener> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let [connections, received] = [0, 0];
  const options = { ...tlsOptions(identity as Identity), requestCert: true, allowHalfOpen: true };
  const server = createServer(options, (socket) => {
    let text = '';
    let wake = (): void => undefined;
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => wake());
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      text += chunk.toString('latin1');
      wake();
    });
    const until = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const match = pattern.exec(text);
        if (match !== null) {
          const end = match.index + match[0].length;
          const found = text.slice(0, end);
          text = text.slice(end);
          requests.push(...(found.match(/^[A-Z]+ \/\S* HTTP\/1\.1$/gm) ?? []));
          return found;
        }
        if (socket.destroyed) throw new Error('the connection ended');
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    };
    serve({ socket, number: connections++, until, write: (answer) => void socket.write(answer) }).catch(() => undefined);
  });
  server.on('connection', (socket: Socket) => void sockets.add(socket.on('error', () => socket.destroy())));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    requests,
    get connections() {
      return connections;
    },
    get received() {
      return received;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** An answer with a JSON body or none. */
export function answerText(status: string, body?: object, headers: readonly string[] = []): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = [...headers, ...(body === undefined ? [] : ['Content-Type: application/json'])];
  const length = status.startsWith('204') || status.startsWith('1') ? [] : [`Content-Length: ${Buffer.byteLength(text)}`];
  return [`HTTP/1.1 ${status}`, ...lines, ...length, '', text].join('\r\n');
}

/** The answer that accepts all of an offer of `count` items. */
export function acceptText(count: number, headers: readonly string[] = []): string {
  return answerText('200 OK', { items: Array.from({ length: count }, (_, n) => ({ n, from: 0 })) }, headers);
}

// A stranger with a grudge, in a process of its own: opens connections and stalls on them, or sends garbage over them.
//
//   attacker.ts stall|garbage PORT COUNT SOURCES [FIRST_SOURCE]
//
// SOURCES: how many loopback addresses it comes from (Linux has them all), 127.0.1.1 and on; 0 is 127.0.0.1 alone.

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

import { createIdentity, type Identity } from '../../src/net/connection/identity.ts';
import { tlsOptions } from '../../src/net/connection/tlsIdentity.ts';
import { jsonRequest, requestText } from './rawTls.ts';

export type Attack = 'stall' | 'garbage';

type Plan = { readonly port: number; readonly count: number; readonly sources: number };

/** The beginning of a TLS 1.3 ClientHello of 512 bytes that never goes on. */
const halfHello = Buffer.concat([Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3), Buffer.alloc(100, 7)]);
const openingAtOnce = 64;
const heldOpen = 2_000;
const keys = 8;

/**
 * Stalls on `count` connections: silent, after one byte, in the middle of the hello, and after a whole handshake, a quarter each.
 */
export async function stall({ port, count, sources }: Plan): Promise<void> {
  const identities = await Promise.all(Array.from({ length: keys }, createIdentity));
  const held = new Set<Socket>();
  let opened = 0;
  const one = async (n: number): Promise<void> => {
    const socket = await open(port, sourceOf(n, sources));
    if (socket === undefined) return;
    held.add(socket);
    socket.once('close', () => held.delete(socket));
    for (const oldest of held) {
      if (held.size <= heldOpen) break;
      oldest.destroy();
      held.delete(oldest);
    }
    if (n % 4 === 1) socket.write(Uint8Array.of(0x16));
    if (n % 4 === 2) socket.write(halfHello);
    if (n % 4 === 3) await handshake(socket, identities[n % keys]);
  };
  const worker = async (): Promise<void> => {
    while (opened < count) await one(opened++);
  };
  await Promise.all(Array.from({ length: openingAtOnce }, worker));
  for (const socket of held) socket.destroy();
}

/**
 * Sends `count` requests of garbage over connections with a certificate: no HTTP, no JSON, no offer, and offers of nobody known.
 */
export async function garbage({ port, count, sources }: Plan): Promise<void> {
  const identities = await Promise.all(Array.from({ length: keys }, createIdentity));
  let sent = 0;
  const worker = async (_: unknown, n: number): Promise<void> => {
    while (sent < count) {
      const socket = await open(port, sourceOf(n, sources));
      if (socket === undefined) continue;
      const tls = await handshake(socket, identities[n % keys]);
      if (tls === undefined) continue;
      for (let on = 0; on < 50 && sent < count && tls.writable; on += 1) await exchange(tls, garbageOf(sent++));
      tls.destroy();
    }
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}

function garbageOf(n: number): string | Buffer {
  const path = `/v1/offers/${randomBytes(16).toString('base64url')}`;
  const offer = (name: string): string =>
    JSON.stringify({
      id: randomBytes(16).toString('base64url'),
      sender: { name },
      items: [{ kind: 'file', name: 'a', size: 1, mediaType: 'a/b' }],
    });
  switch (n % 10) {
    case 0:
      return randomBytes(500);
    case 1:
      return requestText('GET', `/${randomBytes(30).toString('hex')}`);
    case 2:
      return `${requestText('POST', '/v1/offers', { 'Content-Length': '200000' })}${'['.repeat(200_000)}`;
    case 3:
      return requestText('POST', '/v1/offers', { 'Content-Length': '99999999999' });
    case 4:
      return jsonRequest('POST', '/v1/offers', offer('\u202e[x](command:y)'));
    case 5:
      return `${requestText('PUT', `${path}/items/0`, { 'Transfer-Encoding': 'chunked' })}ffffffff\r\n`;
    case 6:
      return requestText('GET', '/v1/peer', { 'X-A': 'a'.repeat(20_000) });
    case 7:
      return requestText('DELETE', path);
    case 8:
      return `GET /v1/peer HTTP/1.1\r\n\u0000: \r\n\r\n`;
    default:
      return jsonRequest('POST', '/v1/offers', offer('stranger').replace('"size":1', '"size":1e400'));
  }
}

function sourceOf(n: number, sources: number): string {
  return sources === 0 ? '127.0.0.1' : `127.0.1.${1 + (n % sources)}`;
}

function open(port: number, localAddress: string): Promise<Socket | undefined> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress }, () => done(socket));
    socket.on('error', () => done(undefined));
  });
}

function handshake(socket: Socket, identity: Identity | undefined): Promise<TLSSocket | undefined> {
  return new Promise((done) => {
    if (identity === undefined || socket.destroyed) {
      done(undefined);
      return;
    }
    const tls = connectTls({ ...tlsOptions(identity), socket, servername: '', checkServerIdentity: () => undefined }, () =>
      done(tls),
    );
    tls.on('error', () => done(undefined)).once('close', () => done(undefined));
  });
}

/** Sends, and waits for the first byte of an answer, the end, or a moment in which nothing comes. */
function exchange(tls: TLSSocket, request: string | Buffer): Promise<void> {
  return new Promise((done) => {
    const settle = (): void => {
      clearTimeout(late);
      tls.off('data', settle).off('close', settle);
      done();
    };
    const late = setTimeout(settle, 100);
    tls.on('data', settle).once('close', settle);
    tls.write(request);
  });
}

if (import.meta.main) {
  const [attack, ...numbers] = process.argv.slice(2);
  const [port = 0, count = 0, sources = 0] = numbers.map(Number);
  await (attack === 'stall' ? stall : garbage)({ port, count, sources });
  process.exit(0);
}

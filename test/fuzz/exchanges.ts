// Requests in good form, as a peer makes them: what the fuzzer starts from.

import { createHash } from 'node:crypto';

import { fuzzerItem, fuzzerName } from '../support/victim.ts';
import type { Dice } from './dice.ts';

/** A request in its parts, so that each can be changed on its own. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as it follows the headers, chunks and trailers included. */
  readonly body: Buffer;
  /** What the body says, where it is JSON. */
  readonly json?: unknown;
  /** The offer that has to be accepted before the request means anything. */
  readonly first?: string;
};

/** What every accepted item holds. */
export const itemBytes = Buffer.from('what every item of the fuzzer holds, and no other bytes at all\n');

/**
 * One of the calls of the protocol, in the form in which it succeeds. `shared`: ids of what is shared with whoever makes it, a
 * folder's first.
 */
export function exchangeOf(dice: Dice, [folder = 'AAAA', ...files]: readonly string[] = []): Exchange {
  const id = dice.bytes(16).toString('base64url');
  switch (dice.roll(14)) {
    case 0:
      return bare('GET', '/v1/peer');
    case 1:
      return bare('DELETE', `/v1/offers/${id}`);
    case 2:
    case 3:
      return { ...put(id), first: offerRequest(id) };
    case 4:
      return withJson('/v1/pairings', { name: fuzzerName, commitment: dice.bytes(32).toString('base64url') });
    case 5:
      return withJson(`/v1/pairings/${id}`, { nonce: dice.bytes(32).toString('base64url') });
    case 6:
      return withJson(`/v1/pairings/${id}/confirmation`, {});
    case 7:
      return withJson('/v1/messages', { id, sender: { name: fuzzerName }, text: 'hello', sentAt: '2026-01-02T03:04:05Z' });
    case 8:
      return bare('GET', dice.chance(0.3) ? '/v1/shared' : `/v1/shared?folder=${folder}`);
    case 9:
      return bare('GET', `/v1/shared/${dice.pick([folder, ...files])}/item`);
    case 10:
      return ranged(`/v1/shared/${dice.pick([folder, ...files])}`, dice);
    default:
      return withJson('/v1/offers', offer(id, dice.chance(0.5)));
  }
}

/** The bytes of a request. */
export function textOf({ method, path, headers, body }: Exchange): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), body]);
}

/** The request with this JSON as its body, whatever it is. */
export function withBody(exchange: Exchange, text: string): Exchange {
  const body = Buffer.from(text);
  const headers = exchange.headers.map(([name, value]): readonly [string, string] => [
    name,
    name === 'Content-Length' ? String(body.length) : value,
  ]);
  return { ...exchange, headers, body };
}

function bare(method: string, path: string): Exchange {
  return { method, path, headers: [['Host', 'peer']], body: Buffer.alloc(0) };
}

function ranged(path: string, dice: Dice): Exchange {
  const range = dice.pick(['bytes=0-', 'bytes=3-9', 'bytes=-5', 'bytes=1-0', 'bytes=0-1,3-4', 'bytes=99999999999-', 'items=0-']);
  const { headers, ...exchange } = bare('GET', path);
  return { ...exchange, headers: [...headers, ['Range', range], ['If-Match', dice.pick(['*', '"a"', 'W/"a"', '"a", "b"'])]] };
}

function withJson(path: string, json: unknown): Exchange {
  const headers = [
    ['Host', 'peer'],
    ['Content-Type', 'application/json'],
    ['Content-Length', '0'],
  ] as const;
  return withBody({ method: 'POST', path, headers, body: Buffer.alloc(0), json }, JSON.stringify(json));
}

function offerRequest(id: string): string {
  const item = { kind: 'file', name: fuzzerItem, size: itemBytes.length, mediaType: 'text/plain' };
  return textOf(withJson('/v1/offers', { id, sender: { name: fuzzerName }, items: [item] })).toString('latin1');
}

function offer(id: string, isLarge: boolean): unknown {
  const items: readonly unknown[] = [
    {
      kind: 'file',
      name: 'a.ts',
      size: 12,
      mediaType: 'text/plain; charset=utf-8',
      context: { languageId: 'typescript', encoding: 'utf8' },
    },
    { kind: 'dictionary', name: 'settings.json', size: 2, mediaType: 'application/json' },
    { kind: 'sealed', size: 700, form: 'compact', for: 'key' },
    { kind: 'sealed', size: 9_000_000, form: 'records', for: 'passphrase' },
  ];
  return { id, sender: { name: 'stranger' }, items: isLarge ? Array.from({ length: 40 }, (_, n) => items[n % 4]) : items };
}

function put(id: string): Exchange {
  const digest = `sha-256=:${createHash('sha256').update(itemBytes).digest('base64')}:`;
  const [half, rest] = [itemBytes.subarray(0, 30), itemBytes.subarray(30)];
  const chunk = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  return {
    method: 'PUT',
    path: `/v1/offers/${id}/items/0`,
    headers: [
      ['Host', 'peer'],
      ['Content-Type', 'application/octet-stream'],
      ['Transfer-Encoding', 'chunked'],
      ['Trailer', 'Repr-Digest'],
    ],
    body: Buffer.concat([chunk(half), chunk(rest), Buffer.from(`0\r\nRepr-Digest: ${digest}\r\n\r\n`)]),
  };
}

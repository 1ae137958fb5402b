// The HTTP of the listener: which request means what, and what is answered. It decides nothing itself: handlers do.

import type { IncomingMessage, ServerResponse } from 'node:http';

import { FerryError as Failure, type FerryError, toFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { Log } from '../../core/base/log.ts';
import type { ItemBody, PairingChannel } from '../../core/peers/link.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import type { Offer, OfferAnswer } from '../../core/wire/item.ts';
import {
  type PairingAnswer,
  type PairingRequest,
  type PeerInfo,
  parseJson,
  parseOffer,
  parsePairingConfirmation,
  parsePairingRequest,
  parsePairingReveal,
} from '../../core/wire/messages.ts';
import { problemMediaType, problemOf } from '../../core/wire/problems.ts';
import { itemBody, readSmallBody } from '../connection/body.ts';
import { channelOf } from '../connection/channel.ts';

/** Who decides what requests lead to. Failures become problem answers. */
export type Handlers = {
  info(): PeerInfo;
  /** `signal` ends with the peer's connection. */
  offer(peer: PeerId, offer: Offer, signal: AbortSignal): Promise<OfferAnswer>;
  item(peer: PeerId, offerId: string, n: number, body: ItemBody): Promise<void>;
  withdraw(peer: PeerId, offerId: string): void;
  /** Missing where this listener does not pair. */
  readonly pairing?: PairingHandlers;
};

/** Who decides about pairings. `channel` is the connection that the call came on; its end is the pairing's. */
export type PairingHandlers = {
  begin(peer: PeerId, request: PairingRequest, channel: PairingChannel): PairingAnswer | Promise<PairingAnswer>;
  reveal(peer: PeerId, id: string, nonce: string, channel: PairingChannel): Promise<void>;
  confirmation(peer: PeerId, id: string, channel: PairingChannel): Promise<void>;
  withdraw(peer: PeerId, id: string): void;
};

type Call = {
  readonly peer: PeerId;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly handlers: Handlers;
  readonly parts: readonly string[];
};

type Route = { readonly path: RegExp; readonly methods: Readonly<Record<string, (call: Call) => Promise<void>>> };

const routes: readonly Route[] = [
  { path: /^\/v1\/peer$/, methods: { GET: getPeer } },
  { path: /^\/v1\/offers$/, methods: { POST: postOffer } },
  { path: /^\/v1\/offers\/([A-Za-z0-9_-]{22})$/, methods: { DELETE: deleteOffer } },
  { path: /^\/v1\/offers\/([A-Za-z0-9_-]{22})\/items\/(0|[1-9]\d{0,4})$/, methods: { PUT: putItem } },
  { path: /^\/v1\/pairings$/, methods: { POST: postPairing } },
  { path: /^\/v1\/pairings\/([A-Za-z0-9_-]{22})$/, methods: { POST: postReveal, DELETE: deletePairing } },
  { path: /^\/v1\/pairings\/([A-Za-z0-9_-]{22})\/confirmation$/, methods: { POST: postConfirmation } },
];

/** How long, and for how many bytes, an answered request is still read so that its answer is not lost in a reset connection. */
const lingerMs = 1_000;

/** Answers one request of a peer whose certificate was checked. Never fails. */
export async function answer(
  peer: PeerId,
  request: IncomingMessage,
  response: ServerResponse,
  handlers: Handlers,
  log: Log,
): Promise<void> {
  try {
    const { route, parts } = find(request);
    const method = route.methods[request.method ?? ''];
    if (method === undefined) {
      response.setHeader('Allow', Object.keys(route.methods).join(', '));
      sendProblem(request, response, new Failure('ERR_NOT_FOUND', 'this method is not for this path'), 405);
      return;
    }
    // RFC 9110 section 9.3.1: content of a GET means nothing; nobody would watch how long it takes.
    if ((request.method === 'GET' || request.method === 'DELETE') && hasBody(request)) {
      throw new Failure('ERR_MESSAGE_INVALID', 'this request has no body');
    }
    await method({ peer, request, response, handlers, parts });
  } catch (cause) {
    const error = toFerryError(cause);
    log.debug('answered with a problem', { peer, code: error.code, message: error.message });
    sendProblem(request, response, error);
  }
}

/** Only our own kind of request gets in: a browser names its page in Origin or Sec-Fetch-Site, a Ferry peer does neither. */
function find(request: IncomingMessage): { readonly route: Route; readonly parts: readonly string[] } {
  if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) {
    throw new Failure('ERR_PEER_REJECTED', 'the request comes from a web page');
  }
  const path = request.url ?? '';
  if (!path.startsWith('/v1/'))
    throw new Failure(/^\/v\d+\//.test(path) ? 'ERR_VERSION_UNSUPPORTED' : 'ERR_NOT_FOUND', 'no such path');
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match !== null) return { route, parts: match.slice(1) };
  }
  throw new Failure('ERR_NOT_FOUND', 'no such path');
}

async function getPeer({ response, handlers }: Call): Promise<void> {
  sendJson(response, handlers.info());
}

async function postOffer({ peer, request, response, handlers }: Call): Promise<void> {
  const offer = parseOffer(parseJson(await readSmallBody(request)));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  sendJson(response, await whileProcessing(response, handlers.offer(peer, offer, gone.signal)));
}

/** Says every few seconds that a person is still being waited for. */
async function whileProcessing<T>(response: ServerResponse, answer: Promise<T>): Promise<T> {
  const processing = setInterval(() => response.writeProcessing(), limits.processingMs);
  try {
    return await answer;
  } finally {
    clearInterval(processing);
  }
}

async function putItem({ peer, request, response, handlers, parts }: Call): Promise<void> {
  await handlers.item(peer, parts[0] ?? '', Number(parts[1]), itemBody(request));
  response.writeHead(204).end();
}

async function deleteOffer({ peer, response, handlers, parts }: Call): Promise<void> {
  handlers.withdraw(peer, parts[0] ?? '');
  response.writeHead(204).end();
}

async function postPairing({ peer, request, response, handlers }: Call): Promise<void> {
  const asked = parsePairingRequest(parseJson(await readSmallBody(request)));
  const answered = await pairingOf(handlers).begin(peer, asked, channelOf(request.socket));
  keepForPairing(request, response);
  sendJson(response, answered);
}

async function postReveal({ peer, request, response, handlers, parts }: Call): Promise<void> {
  const { nonce } = parsePairingReveal(parseJson(await readSmallBody(request)));
  await pairingOf(handlers).reveal(peer, parts[0] ?? '', nonce, channelOf(request.socket));
  keepForPairing(request, response);
  response.writeHead(204).end();
}

async function postConfirmation({ peer, request, response, handlers, parts }: Call): Promise<void> {
  parsePairingConfirmation(parseJson(await readSmallBody(request)));
  await whileProcessing(response, pairingOf(handlers).confirmation(peer, parts[0] ?? '', channelOf(request.socket)));
  response.writeHead(204).end();
}

async function deletePairing({ peer, response, handlers, parts }: Call): Promise<void> {
  pairingOf(handlers).withdraw(peer, parts[0] ?? '');
  response.writeHead(204).end();
}

function pairingOf({ pairing }: Handlers): PairingHandlers {
  if (pairing === undefined) throw new Failure('ERR_NOT_FOUND', 'this listener does not pair');
  return pairing;
}

/** Two people take longer to compare a code than an idle connection is kept otherwise, and the pairing is bound to it. */
function keepForPairing({ socket }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Keep-Alive', `timeout=${limits.pairingLifeMs / 1000}`);
  // The server sets its own timeout just before this.
  response.once('finish', () => socket.setTimeout(limits.pairingLifeMs));
}

function sendJson(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }).end(text);
}

/** A request whose body was not read to its end cannot be followed by another: its connection closes after the answer. */
function sendProblem(request: IncomingMessage, response: ServerResponse, error: FerryError, status?: number): void {
  if (response.headersSent || response.destroyed) {
    request.socket.destroy();
    return;
  }
  const problem = problemOf(error);
  const text = JSON.stringify(status === undefined ? problem : { ...problem, status });
  const unread = !request.complete && hasBody(request);
  response.writeHead(status ?? problem.status, {
    'Content-Type': problemMediaType,
    'Content-Length': Buffer.byteLength(text),
    ...(unread ? { Connection: 'close' } : {}),
  });
  response.end(text);
  if (unread) linger(request);
}

/** RFC 9112 section 6: a request without either field has no body, though it may not count as complete yet. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function linger(request: IncomingMessage): void {
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  request.resume();
}

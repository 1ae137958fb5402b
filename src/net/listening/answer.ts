// Answers the requests of the listener: finds the route of each, and puts what its handler gives, or fails with, into HTTP.

import type { IncomingMessage, ServerResponse } from 'node:http';

import { FerryError as Failure, type FerryError, toFerryError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { problemMediaType, problemOf } from '../../core/wire/problems.ts';
import type { Route } from './route.ts';

/** How long, and for how many bytes, an answered request is still read so that its answer is not lost in a reset connection. */
const lingerMs = 1_000;

/** Answers one request of a peer whose certificate was checked. Never fails. */
export async function answer(
  { peer, request, response }: { readonly peer: PeerId; readonly request: IncomingMessage; readonly response: ServerResponse },
  routes: readonly Route[],
  log: Log,
): Promise<void> {
  try {
    const { route, parts } = find(request, routes);
    const handler = route.methods[request.method ?? ''];
    if (handler === undefined) {
      response.setHeader('Allow', Object.keys(route.methods).join(', '));
      sendProblem(request, response, new Failure('ERR_NOT_FOUND', 'this method is not for this path'), 405);
      return;
    }
    // RFC 9110 section 9.3.1: content of a GET means nothing; nobody would watch how long it takes.
    if ((request.method === 'GET' || request.method === 'DELETE') && hasBody(request)) {
      throw new Failure('ERR_MESSAGE_INVALID', 'this request has no body');
    }
    const body: unknown = await handler({ peer, request, response, parts });
    if (body === undefined) response.writeHead(204).end();
    else sendJson(response, body);
  } catch (cause) {
    const error = toFerryError(cause);
    log.debug('answered with a problem', { peer, code: error.code, message: error.message });
    sendProblem(request, response, error);
  }
}

/** Only our own kind of request gets in: a browser names its page in Origin or Sec-Fetch-Site, a Ferry peer does neither. */
function find(request: IncomingMessage, routes: readonly Route[]): { readonly route: Route; readonly parts: readonly string[] } {
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

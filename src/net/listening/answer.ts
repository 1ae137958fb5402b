// Answers the requests of the listener: finds the route of each, and puts what its handler gives, or fails with, into HTTP.

import type { IncomingMessage, ServerResponse } from 'node:http';

import { FerryError as Failure, type FerryError, toFerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import type { Log } from '../../core/base/log.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { problemMediaType, problemOf } from '../../core/wire/problems.ts';
import { hasBody, pathOf, type Refusal, refusalOf } from './requestChecks.ts';
import { answered, type Route } from './route.ts';

/** One request of a peer whose certificate was checked. */
export type Asked = {
  readonly peer: PeerId;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What it expects (RFC 9110 section 10.1.1): nothing, to hear that its body will be read, or what is not known here. */
  readonly expects?: 'continue' | 'unknown';
};

/** Answers a request. Never fails. */
export async function answer({ peer, request, response, expects }: Asked, routes: readonly Route[], log: Log): Promise<void> {
  const refuse = ({ error, status }: Refusal): void => {
    log.debug('answered with a problem', { peer, code: error.code, message: error.message });
    sendProblem(request, response, error, status);
  };
  try {
    const refused = expects === 'unknown' ? { error: unknownExpectation(), status: 417 } : refusalOf(request);
    if (refused !== undefined) {
      refuse(refused);
      return;
    }
    const { route, parts } = find(request, routes);
    const handler = Object.hasOwn(route.methods, request.method ?? '') ? route.methods[request.method ?? ''] : undefined;
    if (handler === undefined) {
      response.setHeader('Allow', Object.keys(route.methods).join(', '));
      refuse({ error: new Failure('ERR_NOT_FOUND', 'this method is not for this path'), status: 405 });
      return;
    }
    const onBody = (): void => {
      if (expects === 'continue') response.writeContinue();
    };
    const body: unknown = await handler({ peer, request, response, parts, onBody });
    if (body === answered) return;
    if (body === undefined) sendNothing(response, route.status);
    else sendJson(response, body);
  } catch (cause) {
    refuse({ error: toFerryError(cause) });
  }
}

/** The head and the body of an answer with a problem, for a response or for a bare socket. */
export function problemAnswer(
  error: FerryError,
  status?: number,
): { status: number; headers: Record<string, string | number>; text: string } {
  const problem = problemOf(error);
  const text = JSON.stringify(status === undefined ? problem : { ...problem, status });
  const headers = { 'Content-Type': problemMediaType, 'Content-Length': Buffer.byteLength(text) };
  return { status: status ?? problem.status, headers, text };
}

function find(request: IncomingMessage, routes: readonly Route[]): { readonly route: Route; readonly parts: readonly string[] } {
  const path = pathOf(request);
  if (!path.startsWith('/v1/'))
    throw new Failure(/^\/v\d+\//.test(path) ? 'ERR_VERSION_UNSUPPORTED' : 'ERR_NOT_FOUND', 'no such path');
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match !== null) return { route, parts: match.slice(1) };
  }
  throw new Failure('ERR_NOT_FOUND', 'no such path');
}

function unknownExpectation(): FerryError {
  return new Failure('ERR_MESSAGE_INVALID', 'what the request expects is not known here');
}

function sendNothing(response: ServerResponse, status = 204): void {
  response.statusCode = status;
  response.end();
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
  // What ended with a connection is answered on none: its sender comes back.
  if (error.code === 'ERR_CONNECTION_LOST' && !error.remote) {
    request.socket.destroy();
    return;
  }
  const { text, ...head } = problemAnswer(error, status);
  const unread = !request.complete && hasBody(request);
  response.writeHead(head.status, { ...head.headers, ...(unread ? { Connection: 'close' } : {}) });
  if (!unread) {
    response.end(text);
    return;
  }
  response.write(text);
  linger(request, response);
}

/**
 * Reads on before the answer ends, and with it the connection: one that is closed while bytes come is reset, and an answer on its
 * way would be lost with it. The answer is whole at the other end by its length.
 */
function linger(request: IncomingMessage, response: ServerResponse): void {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, limits.lingerMs);
  response.once('close', () => clearTimeout(timer));
  let bytes = 0;
  request.once('end', end).on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    // The rest waits at the other end, which has its answer.
    if (bytes > limits.lingerBytes) request.pause();
  });
  request.resume();
}

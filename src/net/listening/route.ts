// What a route is: a path with what each of its methods leads to. A route's handler decides nothing about HTTP but how its
// request is read; what it gives is the answer.

import type { IncomingMessage, ServerResponse } from 'node:http';

import { limits } from '../../core/base/limits.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { parseJson } from '../../core/wire/messages.ts';
import { readSmallBody } from '../connection/body.ts';
import { isOld } from './requestChecks.ts';

/** One request of a peer whose certificate was checked. `parts`: what the groups of the route's path matched. */
export type Exchange = {
  readonly peer: PeerId;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parts: readonly string[];
  /** To be called before the body is read, once nothing else can refuse the request. */
  readonly onBody: () => void;
};

/** What a handler gives that has answered by itself. */
export const answered = Symbol('answered');

/** Gives the JSON of a 200 answer, undefined for one without a body, or `answered`. Failures become problem answers. */
export type Handler = (exchange: Exchange) => unknown;

export type Route = {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
  /** The status of an answer without a body; 204 where nothing is said. */
  readonly status?: 202;
};

/** The JSON body of a request, not parsed any further. Fails as readSmallBody, or with ERR_MESSAGE_INVALID. */
export async function jsonBody({ request, onBody }: Exchange): Promise<unknown> {
  return parseJson(await readSmallBody(request, { onBegin: onBody }));
}

/**
 * Says every few seconds that the request is there as a whole and its answer is still being waited for: a person decides, or a
 * disk writes. HTTP/1.0 has no such answers (RFC 9110 section 15.2).
 */
export async function whileProcessing<T>({ request, response }: Exchange, answer: Promise<T>): Promise<T> {
  if (isOld(request)) return answer;
  const say = (): void => {
    if (request.complete && !response.destroyed) response.writeProcessing();
  };
  const processing = setInterval(say, limits.processingMs);
  try {
    return await answer;
  } finally {
    clearInterval(processing);
  }
}

// The answer to a request, as the dialling side waits for it: never longer than it may take, whatever the peer sends in its
// place.

import type { ClientRequest, IncomingMessage } from 'node:http';

import { FerryError } from '../../core/base/errors.ts';
import { limits } from '../../core/base/limits.ts';
import { parseJson, parseProblemType } from '../../core/wire/messages.ts';
import { errorOfProblem } from '../../core/wire/problems.ts';
import { formatContentRange } from '../../core/wire/ranges.ts';
import { readSmallBody } from '../connection/body.ts';

/**
 * The wait for one answer. Either side of it may be bounded anew as the request goes on; a new bound takes the place of the last.
 */
export class AnswerWait {
  readonly #request: ClientRequest;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #total: ReturnType<typeof setTimeout> | undefined;
  #fail: (error: FerryError) => void = () => undefined;
  #isOver = false;

  constructor(request: ClientRequest) {
    this.#request = request;
  }

  /** Whether the answer is there, or will not come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The request is being sent: what is under way may take so long, and interim answers say nothing about that. */
  sending(limitMs: number): void {
    this.#clear();
    if (!this.#isOver) this.#total = setTimeout(() => this.#late(), limitMs);
  }

  /** Nothing is under way that the peer could hold up. */
  resting(): void {
    this.#clear();
  }

  /** The request has been sent: the answer may take so long in all, and something has to come every `limits.idleBodyMs`. */
  answering(limitMs: number): void {
    this.sending(limitMs);
    this.#restartIdle();
  }

  /** The answer. Fails with ERR_TIMEOUT, ERR_CONNECTION_LOST or, when the signal ends, ERR_CANCELLED. */
  async response(signal: AbortSignal): Promise<IncomingMessage> {
    const request = this.#request;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    this.#fail = reject;
    const onAbort = (): void => reject(new FerryError('ERR_CANCELLED', 'cancelled by this side'));
    const onClose = (): void => reject(new FerryError('ERR_CONNECTION_LOST', 'the connection ended before the answer came'));
    request.once('response', resolve).once('close', onClose);
    request.on('error', (cause) => reject(new FerryError('ERR_CONNECTION_LOST', 'the connection broke', { cause })));
    request.on('information', () => {
      if (this.#idle !== undefined) this.#restartIdle();
    });
    request.setTimeout(limits.idleBodyMs, () => this.#late());
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await promise;
    } finally {
      this.#isOver = true;
      this.#clear();
      request.off('close', onClose).setTimeout(0);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #late(): void {
    this.#fail(new FerryError('ERR_TIMEOUT', 'the peer stopped answering'));
  }

  #restartIdle(): void {
    clearTimeout(this.#idle);
    if (!this.#isOver) this.#idle = setTimeout(() => this.#late(), limits.idleBodyMs);
  }

  #clear(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#total);
    this.#idle = undefined;
  }
}

/**
 * The body of an answer with the one status that its request can be answered with. Fails with the error that a problem stands
 * for, with ERR_MESSAGE_UNEXPECTED for any other success, and as readSmallBody.
 */
export async function bodyOf(response: IncomingMessage, expected: number): Promise<Uint8Array> {
  const status = response.statusCode ?? 0;
  if (status === expected) return readSmallBody(response);
  if (status >= 200 && status < 300) {
    throw new FerryError('ERR_MESSAGE_UNEXPECTED', 'the answer is none that this request has', { detail: { status, expected } });
  }
  throw errorOfProblem(problemTypeOf(await readSmallBody(response)), status);
}

/**
 * The byte that the body of an answer to a `GET` of something shared begins with. Fails with the error that a problem stands
 * for, and with ERR_MESSAGE_INVALID where the answer has other bytes than were asked for, or is of something else.
 */
export async function beginOf(
  response: IncomingMessage,
  { etag, size, from }: { readonly etag: string; readonly size: number; readonly from: number },
): Promise<number> {
  const { headers, statusCode: status = 0 } = response;
  // Anything else is a problem, or nothing that this request has.
  if (status !== 200 && status !== 206) await bodyOf(response, 200);
  const isWhole = status === 200 && headers['content-range'] === undefined;
  const isRest = status === 206 && from > 0 && headers['content-range'] === formatContentRange({ from, to: size }, size);
  if (headers.etag !== etag || (!isWhole && !isRest)) {
    throw new FerryError('ERR_MESSAGE_INVALID', 'the answer has other bytes than were asked for', { detail: { status } });
  }
  return isWhole ? 0 : from;
}

function problemTypeOf(body: Uint8Array): string {
  try {
    return parseProblemType(parseJson(body));
  } catch {
    return '';
  }
}

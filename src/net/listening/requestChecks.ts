// What is refused about a request by its head alone, before anybody asks what it is for: the rules of HTTP that the parser leaves
// to whoever uses it.

import type { IncomingMessage } from 'node:http';

import { FerryError } from '../../core/base/errors.ts';

/** Why a request is refused, and with which status where that is not the usual one of the error. */
export type Refusal = { readonly error: FerryError; readonly status?: number };

/** RFC 3986 section 3.2: a host, which may be empty, and perhaps a port. */
const hostPattern = /^(?:\[[0-9A-Fa-fv:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/;

/** What is wrong with the head of a request; undefined where nothing is. */
export function refusalOf(request: IncomingMessage): Refusal | undefined {
  const { headers, method } = request;
  // Only our own kind of request gets in: a browser names its page in Origin or Sec-Fetch-Site, a Ferry peer does neither.
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
    return { error: new FerryError('ERR_PEER_REJECTED', 'the request comes from a web page') };
  }
  if (!hasOneHost(request)) return invalid('there is no valid Host, or more than one');
  const coding = headers['transfer-encoding'];
  // RFC 9112 section 6.1: HTTP/1.0 has no chunks, and a body in them was framed by somebody who did not understand it.
  if (coding !== undefined && (!/^chunked$/i.test(coding) || isOld(request)))
    return invalid('the body comes in no way that is known');
  if ((headers['content-encoding'] ?? '') !== '') return invalid('bodies are not coded', 415);
  // RFC 9110 section 14.5: whoever takes part of an item for the whole of it would keep the wrong bytes.
  if ((method === 'PUT' || method === 'PATCH') && headers['content-range'] !== undefined) return invalid('items are sent whole');
  // RFC 9110 section 9.3.1: content of a GET means nothing; nobody would watch how long it takes.
  if (['GET', 'HEAD', 'DELETE'].includes(method ?? '') && hasBody(request)) return invalid('this request has no body');
  return undefined;
}

/** RFC 9112 section 6: a request without either field has no body, though it may not count as complete yet. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether a request is of HTTP/1.0, which has neither interim answers nor chunks. */
export function isOld({ httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMajor === 1 && httpVersionMinor === 0;
}

/**
 * The path of a request: RFC 9112 section 3.2.2 has servers take the absolute form too, in which scheme and host come before it.
 */
export function pathOf({ url = '' }: IncomingMessage): string {
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(url);
  return absolute === null ? url : absolute[1] || '/';
}

/** RFC 9112 section 3.2. `headers` has the first of several alone. */
function hasOneHost(request: IncomingMessage): boolean {
  const hosts = request.rawHeaders.filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'host');
  if (hosts.length === 0) return isOld(request);
  return hosts.length === 1 && hostPattern.test(hosts[0] ?? '');
}

function invalid(message: string, status?: number): Refusal {
  return { error: new FerryError('ERR_MESSAGE_INVALID', message), ...(status === undefined ? {} : { status }) };
}

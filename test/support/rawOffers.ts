// Offers and items as a stranger writes them by hand, and the problems that they are answered with.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { randomToken } from '../../src/core/base/token.ts';
import { problemMediaType, wireProblems } from '../../src/core/wire/problems.ts';
import { type RawAnswer, requestText } from './rawTls.ts';

const statusOf = (slug: string): number =>
  wireProblems.find(({ type }) => type === `urn:ferry:problem:${slug}`)?.status ?? assert.fail(slug);

/** An answer is this problem and says nothing more. */
export function assertProblem(answer: RawAnswer, slug: string, status = statusOf(slug)): void {
  assert.equal(answer.status, status, answer.body);
  assert.equal(answer.headers.get('content-type'), problemMediaType);
  const body = JSON.parse(answer.body) as Record<string, unknown>;
  assert.deepEqual(
    [body['type'], body['status'], Object.keys(body).toSorted()],
    [`urn:ferry:problem:${slug}`, status, ['status', 'title', 'type']],
  );
}

/** The body of an offer of texts, `0.txt` and so on. */
export function offerText(texts: readonly string[], changes: object = {}): string {
  const items = texts.map((text, n) => ({
    kind: 'file',
    name: `${n}.txt`,
    size: Buffer.byteLength(text),
    mediaType: 'text/plain',
  }));
  return JSON.stringify({ id: randomToken(), sender: { name: 'stranger' }, items, ...changes });
}

/** The digest field of a text. */
export function digestField(text: string): string {
  return `sha-256=:${createHash('sha256').update(text).digest('base64')}:`;
}

/** A PUT in chunks with its digest as the trailer. */
export function putRequest(path: string, text: string, digest = digestField(text)): string {
  return requestText('PUT', path, { 'Transfer-Encoding': 'chunked', Trailer: 'Repr-Digest' }) + chunked(text, digest);
}

/** The fields of a PATCH that brings what follows a byte. */
export function partial(from: number): Readonly<Record<string, string>> {
  return { 'Content-Type': 'application/partial-upload', 'Upload-Offset': String(from), 'Upload-Complete': '?1' };
}

/** A PATCH with what follows a byte of a text, and the digest of all of it. */
export function patchRequest(path: string, text: string, from: number, digest = digestField(text)): string {
  const head = requestText('PATCH', path, { ...partial(from), 'Transfer-Encoding': 'chunked', Trailer: 'Repr-Digest' });
  return head + chunked(text.slice(from), digest);
}

/** A body of one chunk, or none, and its trailer. */
export function chunked(text: string, digest: string): string {
  const chunk = text === '' ? '' : `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  return `${chunk}0\r\nRepr-Digest: ${digest}\r\n\r\n`;
}

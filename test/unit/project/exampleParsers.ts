// Each example of the protocol against the parser that reads such a message.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { parseDigest } from '../../../src/core/wire/digestField.ts';
import {
  parseJson,
  parseOffer,
  parseOfferAnswer,
  parsePairingAnswer,
  parsePairingConfirmation,
  parsePairingRequest,
  parsePairingReveal,
  parsePeerInfo,
  parseProblemType,
  parseSharedItem,
  parseSharedPage,
  parseTextMessage,
} from '../../../src/core/wire/messages.ts';
import { problemMediaType, wireProblems } from '../../../src/core/wire/problems.ts';
import type { HttpMessage } from './fences.ts';

/** A message of the page is what it says. `asked`: the request before it, or itself; `messages`: all of the page. */
export function checkExample(message: HttpMessage, asked: HttpMessage | undefined, messages: readonly HttpMessage[]): void {
  const json = (): unknown => parseJson(message.body);
  if (message.type === problemMediaType) {
    const problem = wireProblems.find(({ type }) => type === parseProblemType(json()));
    assert.deepEqual(json(), { type: problem?.type, title: problem?.title, status: problem?.status });
    assert.ok(message.start.startsWith(`HTTP/1.1 ${problem?.status} `));
  } else if (message.start.startsWith('POST /v1/offers ')) {
    assert.deepEqual(parseOffer(json()), json());
  } else if (message.start.startsWith('POST /v1/messages ')) {
    assert.deepEqual(parseTextMessage(json()), json());
  } else if (message.start.startsWith('POST /v1/pairings ')) {
    assert.deepEqual(parsePairingRequest(json()), json());
  } else if (/^POST \/v1\/pairings\/[\w-]+ /.test(message.start)) {
    assert.deepEqual(parsePairingReveal(json()), json());
  } else if (/^POST \/v1\/pairings\/[\w-]+\/confirmation /.test(message.start)) {
    parsePairingConfirmation(json());
  } else if (message.start.startsWith('HTTP/1.1 200 ') && asked?.start.startsWith('POST /v1/pairings ')) {
    assert.deepEqual(parsePairingAnswer(json()), json());
  } else if (message.start.startsWith('PUT ')) {
    assert.deepEqual(Buffer.from(parseDigest(message.trailer) ?? []), createHash('sha256').update(message.body).digest());
  } else if (message.start.startsWith('PATCH ')) {
    // The rest of the item that the page sends as a whole before.
    const whole = messages.find(({ start }) => start.startsWith('PUT '))?.body ?? assert.fail('nothing is sent as a whole');
    assert.deepEqual(Buffer.from(parseDigest(message.trailer) ?? []), createHash('sha256').update(whole).digest());
    assert.deepEqual(message.body, whole.subarray(Number(message.fields.get('upload-offset'))));
    assert.deepEqual([message.type, message.fields.get('upload-complete')], ['application/partial-upload', '?1']);
  } else if (asked?.start.startsWith('HEAD ') && message !== asked) {
    const names = ['upload-offset', 'upload-complete', 'upload-length', 'cache-control'];
    for (const name of names) assert.ok(message.fields.has(name), name);
  } else if (message.start.startsWith('HTTP/1.1 200 ') && asked?.start.startsWith('GET /v1/peer ')) {
    assert.deepEqual(parsePeerInfo(json()), json());
  } else if (message.start.startsWith('HTTP/1.1 200 ') && asked?.start.startsWith('POST /v1/offers ')) {
    assert.deepEqual(parseOfferAnswer(json(), parseOffer(parseJson(asked.body)).items), json());
  } else if (/^HTTP\/1\.1 20[06] /.test(message.start) && asked?.start.startsWith('GET /v1/shared') === true) {
    checkShared(message, asked, messages);
  } else {
    assert.equal(message.body.length, 0, 'this message has no parser, so it has no body');
  }
}

/** A list, a description, or bytes: all of them, or a range of those that the page shows as a whole before. */
function checkShared(message: HttpMessage, asked: HttpMessage, messages: readonly HttpMessage[]): void {
  const [, path = ''] = asked.start.split(' ');
  const json = (): unknown => parseJson(message.body);
  if (/^\/v1\/shared(\?|$)/.test(path)) assert.deepEqual(parseSharedPage(json()), json());
  else if (path.endsWith('/item')) assert.deepEqual(parseSharedItem(json()), json());
  else {
    const isWhole = ({ start, fields }: HttpMessage): boolean => start.startsWith('HTTP/1.1 200 ') && fields.has('etag');
    const whole = messages.find(isWhole)?.body ?? assert.fail('nothing is given as a whole');
    assert.deepEqual(Buffer.from(parseDigest(message.trailer) ?? []), createHash('sha256').update(whole).digest());
    const from = Number(/^bytes=(\d+)-$/.exec(asked.fields.get('range') ?? 'bytes=0-')?.[1]);
    assert.deepEqual(message.body, whole.subarray(from));
    assert.equal(message.fields.get('etag'), asked.fields.get('if-match'));
  }
}

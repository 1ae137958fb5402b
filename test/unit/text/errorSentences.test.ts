// The sentences of errors: one for every code, each a sentence with all of its places filled.

import assert from 'node:assert/strict';

import { errorCodes, FerryError } from '../../../src/core/base/errors.ts';
import { fillIn, sentenceOf } from '../../../src/core/text/errorSentences.ts';
import { errorOfProblem, wireProblems } from '../../../src/core/wire/problems.ts';

const context = { peer: 'studio-mac', isMac: false };
const details = {
  ERR_PEER_UNREACHABLE: ['name', 'refused', 'no-address', 'timeout'],
  ERR_SOURCE_MISSING: ['missing', 'denied', 'not-a-file', 'unsaved', 'window', 'sealed'],
  ERR_FOLDER_UNUSABLE: ['link', 'shared', 'names'],
  ERR_ADDRESS_INVALID: ['port', 'host', 'form'],
} as const;

describe('The sentence of an error', () => {
  const errors = errorCodes.flatMap((code) => [
    new FerryError(code, 'plain'),
    new FerryError(code, 'said by the peer', { remote: true }),
    new FerryError(code, 'our own', { detail: { own: true, recipient: true, groups: '2,3' } }),
  ]);
  const reasoned = Object.entries(details).flatMap(([code, reasons]) =>
    reasons.map((reason) => new FerryError(code as keyof typeof details, 'for a reason', { detail: { reason } })),
  );

  for (const error of [...errors, ...reasoned]) {
    it(`is whole for ${error.code}, ${error.message}${error.detail['reason'] === undefined ? '' : `: ${error.detail['reason']}`}`, () => {
      for (const isMac of [false, true]) {
        const sentence = sentenceOf(error, { ...context, isMac });
        const places = new Set(Array.from(sentence.text.matchAll(/\{(\d)\}/g), ([, place]) => Number(place)));
        assert.deepEqual(
          [...places].sort(),
          sentence.args.map((_, index) => index),
        );
        assert.match(fillIn(sentence), /^(?:[A-Z]|studio-mac)[^{}]*[.)]$/);
      }
    });
  }

  it('speaks of pairing where two were pairing, whatever the peer answers', () => {
    const [lost, rejected] = (['ERR_CONNECTION_LOST', 'ERR_PEER_REJECTED'] as const).map((code) =>
      fillIn(sentenceOf(new FerryError(code, ''), { ...context, isPairing: true })),
    );
    assert.equal(lost, 'The connection to studio-mac ended before both of you had confirmed. Pair again.');
    assert.match(rejected!, /does not pair with you/);
    for (const { type, status } of wireProblems) {
      const words = fillIn(sentenceOf(errorOfProblem(type, status), { ...context, isPairing: true }));
      assert.ok(!/\b(?:send|sent|files?|items?|transfer|folder|space|offer|requests? from you)\b/i.test(words), words);
    }
  });

  it('says what this side can do where the failure is its own, and who has it where it is the peer’s', () => {
    const own = fillIn(sentenceOf(new FerryError('ERR_NO_SPACE', ''), context));
    const theirs = fillIn(sentenceOf(new FerryError('ERR_NO_SPACE', '', { remote: true }), context));
    assert.match(own, /^There is not enough free space/);
    assert.match(theirs, /^studio-mac has no space/);
  });
});

// Errors on the wire: every code has its problem, every problem its code, and what is unknown is told as something known.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { type ErrorCode, errorCodes, FerryError, isFerryError, toFerryError } from '../../../src/core/base/errors.ts';
import { errorOfProblem, problemMediaType, problemOf, wireProblems } from '../../../src/core/wire/problems.ts';

const wireCodes = new Set<ErrorCode>(wireProblems.map(({ code }) => code));

describe('A problem', () => {
  for (const { code, type, status } of wireProblems) {
    it(`is ${type} with ${status} for ${code}, and leads back to it`, () => {
      const problem = problemOf(new FerryError(code, 'secret', { detail: { path: 'secret' }, cause: new Error('secret') }));
      assert.equal(problem.type, type);
      assert.equal(problem.status, status);
      assert.ok(problem.title.length > 0);
      assert.ok(!JSON.stringify(problem).includes('secret'));
      const error = errorOfProblem(problem.type, problem.status);
      assert.equal(error.code, code);
      assert.deepEqual(error.detail, { status });
      assert.equal(error.remote, true);
    });
  }

  /** Why a seal stays on is nobody's business but the receiver's: each of these looks like ERR_UNSEAL_FAILED. */
  const opaque: readonly ErrorCode[] = ['ERR_KEY_MISSING', 'ERR_ALGORITHM_NOT_ALLOWED'];
  for (const code of errorCodes.filter((one) => !wireCodes.has(one))) {
    const seen: ErrorCode = opaque.includes(code) ? 'ERR_UNSEAL_FAILED' : 'ERR_UNEXPECTED';
    it(`is that of ${seen} for ${code}, which does not cross the wire`, () => {
      assert.deepEqual(problemOf(new FerryError(code, 'x')), problemOf(new FerryError(seen, 'y')));
    });
  }

  it('has a type of its own, a URN that does not change its form, and an HTTP status of an error', () => {
    assert.equal(new Set(wireProblems.map(({ type }) => type)).size, wireProblems.length);
    assert.equal(wireCodes.size, wireProblems.length);
    for (const { type, status } of wireProblems) {
      assert.match(type, /^urn:ferry:problem:[a-z]+(-[a-z]+)*$/);
      assert.ok(status >= 400 && status < 600);
    }
    assert.equal(problemMediaType, 'application/problem+json');
  });

  const strangers = [
    '',
    'about:blank',
    'busy',
    'urn:ferry:problem:',
    'urn:ferry:problem:constructor',
    'urn:ferry:problem:__proto__',
    'URN:FERRY:PROBLEM:BUSY',
  ];
  for (const type of strangers) {
    it(`counts as a rejection when its type is ${JSON.stringify(type)}`, () => {
      const error = errorOfProblem(type, 418);
      assert.equal(error.code, 'ERR_PEER_REJECTED');
      assert.equal(error.detail['status'], 418);
    });
  }

  it('counts as a rejection for any other type, and none of it is quoted at length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (slug) => {
        const error = errorOfProblem(`urn:ferry:problem:x-${slug}`, 400);
        assert.equal(error.code, 'ERR_PEER_REJECTED');
        assert.ok(error.message.length < 100);
      }),
    );
  });
});

describe('An error of Ferry', () => {
  it('has a code that no other has', () => {
    assert.equal(new Set(errorCodes).size, errorCodes.length);
    for (const code of errorCodes) assert.match(code, /^ERR_[A-Z]+(_[A-Z]+)*$/);
  });

  it('keeps its cause and detail, and is known by its shape', () => {
    const cause = new Error('below');
    const error = new FerryError('ERR_BUSY', 'above', { cause, detail: { n: 1 } });
    assert.deepEqual(
      [error.code, error.message, error.cause, error.detail, error.name],
      ['ERR_BUSY', 'above', cause, { n: 1 }, 'FerryError'],
    );
    assert.ok(isFerryError(error));
    assert.ok(!('cause' in new FerryError('ERR_BUSY', 'x')));
    assert.deepEqual(new FerryError('ERR_BUSY', 'x').detail, {});
  });

  const lookAlike = Object.assign(new Error('x'), { name: 'FerryError', code: 'ERR_BUSY', detail: {} });
  for (const value of [
    undefined,
    null,
    'ERR_BUSY',
    { code: 'ERR_BUSY', detail: {}, name: 'FerryError' },
    new Error('x'),
    lookAlike,
  ]) {
    it(`is made of ${value instanceof Error ? `another error named ${value.name}` : JSON.stringify(value)}, with it as its cause`, () => {
      assert.equal(isFerryError(value), false);
      const error = toFerryError(value);
      assert.equal(error.code, 'ERR_UNEXPECTED');
      assert.equal(error.cause, value);
    });
  }

  it('passes as it is', () => {
    const error = new FerryError('ERR_BUSY', 'x');
    assert.equal(toFerryError(error), error);
  });
});

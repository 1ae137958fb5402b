// The numbers among which the code of a pairing is picked.

import assert from 'node:assert/strict';

import { choicesOf } from '../../../src/core/pairing/choices.ts';

describe('The choices of a pairing', () => {
  const many = Array.from({ length: 300 }, () => choicesOf('012345'));

  it('are the code and two other numbers of six digits', () => {
    for (const choices of many) {
      assert.equal(choices.length, 3);
      assert.equal(new Set(choices).size, 3);
      assert.ok(choices.includes('012345'));
      for (const choice of choices) assert.match(choice, /^\d{6}$/);
    }
  });

  it('have the code at every place, and other numbers each time', () => {
    assert.deepEqual([...new Set(many.map((choices) => choices.indexOf('012345')))].toSorted(), [0, 1, 2]);
    assert.ok(new Set(many.flat()).size > 500);
  });
});

// The answer to an offer: which items are wanted, and from which byte on.

import assert from 'node:assert/strict';

import { parseOfferAnswer } from '../../../src/core/wire/messages.ts';

const invalid = { name: 'FerryError', code: 'ERR_MESSAGE_INVALID' };

describe('An answer to an offer', () => {
  const items = [{ size: 10 }, { size: 0 }];
  const good = {
    items: [
      { n: 0, from: 0 },
      { n: 1, from: 0 },
    ],
  };

  it('is taken in full, in part, in any order, and from any byte on', () => {
    const answers = [
      good,
      { items: [{ n: 1, from: 0 }] },
      { items: good.items.toReversed() },
      { items: [{ n: 0, from: 9 }] },
      { items: [{ n: 0, from: 10 }] },
      { items: [{ n: 0, from: 10, complete: true }] },
    ];
    for (const answer of answers) {
      assert.deepEqual(parseOfferAnswer(answer, items), answer);
    }
  });

  const refused: readonly (readonly [string, unknown])[] = [
    ['nothing accepted', { items: [] }],
    ['an item that was not offered', { items: [{ n: 2, from: 0 }] }],
    [
      'an item named twice',
      {
        items: [
          { n: 0, from: 0 },
          { n: 0, from: 0 },
        ],
      },
    ],
    ['a byte behind the end', { items: [{ n: 1, from: 1 }] }],
    ['a word for complete', { items: [{ n: 0, from: 10, complete: 'yes' }] }],
    ['a byte before the start', { items: [{ n: 0, from: -1 }] }],
    ['no byte', { items: [{ n: 0 }] }],
    ['half an item', { items: [{ n: 0.5, from: 0 }] }],
    ['a name for an item', { items: [{ n: 'length', from: 0 }] }],
  ];
  for (const [name, value] of refused)
    it(`is refused with ${name}`, () => assert.throws(() => parseOfferAnswer(value, items), invalid));
});

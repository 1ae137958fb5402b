// What a list of peers that was exported somewhere gives when it is imported: names and addresses, and no trust.

import assert from 'node:assert/strict';

import { blankEntry } from '../../../src/core/peers/book.ts';
import { importable } from '../../../src/core/peers/importPeers.ts';
import type { BookEntry } from '../../../src/core/peers/peers.ts';
import { peerIdOfNobody as id } from '../../support/peerIds.ts';

const entry = (number: number, changes: Partial<BookEntry> = {}): BookEntry => ({ ...blankEntry(id(number)), ...changes });
const key = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } as const;

describe('An imported list of peers', () => {
  for (const trust of ['known', 'paired'] as const) {
    it(`gives nobody trust who is ${trust} in it, no seal key, no recency, and no grants`, () => {
      const addresses = [{ host: '10.0.0.1', port: 4_000 }];
      const given = entry(1, {
        ...{ name: 'Ada', trust, addresses, lastUsed: 7, firstSeen: 1, lastSeen: 7, sealKey: key },
        ...{ autoAccept: { kinds: ['file'], maxBytes: 1 }, grants: { list: true, get: true }, receiveFolder: '/ada' },
      });
      assert.deepEqual(importable([given], []), [entry(1, { name: 'Ada', addresses })]);
    });
  }

  it('keeps blocks', () => {
    assert.deepEqual(importable([entry(1, { name: 'Eve', trust: 'blocked' })], []), [
      entry(1, { name: 'Eve', trust: 'blocked' }),
    ]);
  });

  it('changes nothing of who is in the book already', () => {
    assert.deepEqual(
      importable([entry(1, { name: 'Eve', nickname: 'Eve', trust: 'paired' })], [entry(1, { trust: 'blocked' })]),
      [],
    );
  });

  it('gives no nickname that looks like a name of another peer, in the book or in the list', () => {
    const book = [entry(1, { name: 'Ada', nickname: 'Nell', trust: 'paired' })];
    const list = [
      entry(2, { nickname: 'Аdа' }),
      entry(3, { nickname: 'NELL' }),
      entry(4, { nickname: 'Bob' }),
      entry(5, { nickname: 'B\u200bob' }),
      entry(4, { nickname: 'again' }),
    ];
    assert.deepEqual(
      importable(list, book).map(({ id: peer, nickname }) => [peer, nickname]),
      [
        [id(2), undefined],
        [id(3), undefined],
        [id(4), 'Bob'],
        [id(5), undefined],
      ],
    );
  });
});

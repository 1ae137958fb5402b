// Who is shown under which name, and for whom somebody can be taken.

import assert from 'node:assert/strict';

import { blankEntry, met } from '../../../src/core/peers/book.ts';
import { namesakeOf } from '../../../src/core/peers/namesake.ts';
import { fingerprintOf } from '../../../src/core/peers/peerId.ts';
import { type BookEntry, calledBy, mergePeers } from '../../../src/core/peers/peers.ts';
import { peerIdOfNobody as id } from '../../support/peerIds.ts';

const entry = (number: number, changes: Partial<BookEntry> = {}): BookEntry => ({ ...blankEntry(id(number)), ...changes });
const claims = (number: number, name: string, book: readonly BookEntry[], addresses: BookEntry['addresses'] = []) =>
  namesakeOf({ id: id(number), name, addresses }, book)?.id;

describe('The name of a peer on the screen', () => {
  const named: readonly (readonly [string, BookEntry | undefined, string, string, string | undefined])[] = [
    ['what a stranger calls itself', undefined, 'Eve', 'Eve', undefined],
    ['what a stranger calls itself now', entry(1, { name: 'Ada' }), 'Eve', 'Eve', undefined],
    ['what the person calls it', entry(1, { name: 'Ada', nickname: 'Nell', trust: 'known' }), 'Ada', 'Nell', undefined],
    [
      'what the person calls it, and a change',
      entry(1, { name: 'Ada', nickname: 'Nell', trust: 'paired' }),
      'Eve',
      'Nell',
      'Eve',
    ],
    ['the one accepted first of a known peer', entry(1, { name: 'Ada', trust: 'known' }), 'Eve', 'Ada', 'Eve'],
    ['the one accepted first of a paired peer', entry(1, { name: 'Ada', trust: 'paired' }), 'Eve', 'Ada', 'Eve'],
    ['the one it had when it was blocked', entry(1, { name: 'Ada', trust: 'blocked' }), 'Eve', 'Ada', 'Eve'],
    ['what it says where none was accepted yet', entry(1, { trust: 'paired' }), 'Eve', 'Eve', undefined],
    ['the one accepted first where it says none now', entry(1, { name: 'Ada', trust: 'known' }), '', 'Ada', undefined],
    [
      'no change where it calls itself as the person does',
      entry(1, { name: 'Ada', nickname: 'Nell', trust: 'known' }),
      'Nell',
      'Nell',
      undefined,
    ],
  ];
  for (const [what, known, says, name, callsItself] of named) {
    it(`is ${what}`, () => {
      const shown = calledBy(known, { id: id(1), name: says });
      assert.deepEqual([shown.name, shown.callsItself], [name, callsItself]);
    });
  }

  it('stays where a window of the peer says another one', () => {
    const window = { window: 'w', peerId: id(1), address: { host: 'a', port: 1 }, name: 'Eve', focusedAt: 0 };
    const [peer] = mergePeers([window], [entry(1, { name: 'Ada', trust: 'known' })]);
    assert.deepEqual([peer?.name, peer?.callsItself], ['Ada', 'Eve']);
  });

  it('stays in the book when the peer is met again under another', () => {
    const first = met(entry(1, { name: 'heard of as' }), 'Ada');
    assert.deepEqual([first.name, first.trust], ['Ada', 'known']);
    for (const trust of ['known', 'paired'] as const) assert.equal(met({ ...first, trust }, 'Eve').name, 'Ada');
  });
});

describe('A namesake', () => {
  const ada = entry(1, { name: 'Ada', trust: 'paired' });

  for (const trust of ['unknown', 'known', 'paired', 'blocked'] as const) {
    it(`is found of a peer that is ${trust}`, () => {
      assert.equal(claims(2, 'ADA', [entry(1, { name: 'Ada', trust })]), id(1));
      assert.equal(claims(2, 'Bob', [entry(1, { name: 'Ada', trust })]), undefined);
    });
    it(`is found in somebody who is ${trust} here and calls itself like another now`, () => {
      assert.equal(claims(2, 'Аdа', [ada, entry(2, { name: 'Bob', trust })]), id(1));
    });
  }

  it('is found by the nickname of a peer', () => {
    assert.equal(claims(2, 'nell', [entry(1, { name: 'Ada', nickname: 'Nell', trust: 'known' })]), id(1));
  });

  it('is not found in the peer itself, nor in one that the person calls otherwise', () => {
    assert.equal(claims(1, 'Ada', [ada]), undefined);
    assert.equal(claims(2, 'Ada', [ada, entry(2, { name: 'Ada', nickname: 'Other Ada', trust: 'known' })]), undefined);
  });

  it('is found where the name begins in the same way as far as the screen shows it', () => {
    const long = entry(1, { name: `${'a'.repeat(45)}1`, trust: 'known' });
    assert.equal(claims(2, `${'a'.repeat(45)}2`, [long]), id(1));
  });

  it('is found where somebody calls itself by the fingerprint of a peer without a name', () => {
    assert.equal(claims(2, fingerprintOf(id(1)), [entry(1, { trust: 'paired' })]), id(1));
  });

  it('is found at the address of a known peer, unless it is known itself', () => {
    const at = [{ host: '10.0.0.1', port: 1 }];
    const known = entry(1, { name: 'Ada', trust: 'known', addresses: at });
    assert.equal(claims(2, 'Bob', [known], at), id(1));
    assert.equal(claims(2, 'Bob', [known, entry(2, { name: 'Bob', trust: 'known' })], at), undefined);
  });

  it('is nobody for names that show nothing', () => {
    assert.equal(claims(2, '\u200b\u3164', [entry(1, { name: '\u00ad', trust: 'known' })]), undefined);
  });
});

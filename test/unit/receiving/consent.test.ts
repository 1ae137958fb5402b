// Consent: what is accepted without a question, and what accepting leaves in the book.

import assert from 'node:assert/strict';

import { type LogFields, silentLog } from '../../../src/core/base/log.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import type { AutoAccept, BookEntry, Trust } from '../../../src/core/peers/peers.ts';
import { acceptOffer, decide, unaskedAction } from '../../../src/core/receiving/consent.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import type { OfferedItem } from '../../../src/core/wire/item.ts';
import { bookOf } from '../../support/fakeBook.ts';
import { FakeDisk } from '../../support/fakeDisk.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

const peer = { id: peerIdOfNobody(1), name: 'Ada' };
const everything: AutoAccept = { kinds: ['file', 'dictionary', 'sealed'], maxBytes: 100 };
const file = (name: string, size = 10): OfferedItem => ({ kind: 'file', name, size, mediaType: 'text/plain' });
const sealed: OfferedItem = { kind: 'sealed', size: 10, form: 'compact', for: 'key' };

function entryOf(items: readonly OfferedItem[]): InboxEntry {
  const rest = { id: 'a', offerId: 'a', arrivedAt: new Date(), fromStranger: false, received: [] };
  return { ...rest, peer, items, state: { phase: 'waiting' } };
}

describe('An offer is decided', () => {
  const cases: readonly (readonly [
    string,
    'accept' | 'ask',
    { trust?: Trust; own?: AutoAccept; setting?: AutoAccept; items?: readonly OfferedItem[]; open?: boolean },
  ])[] = [
    ['asks where nothing is allowed', 'ask', {}],
    ['accepts from a paired peer what the settings allow', 'accept', { setting: everything }],
    ['asks about a peer that is only known', 'ask', { trust: 'known', setting: everything }],
    ['asks about a stranger', 'ask', { trust: 'unknown', setting: everything }],
    ['accepts what the entry in the book allows', 'accept', { own: everything }],
    ['lets the entry in the book go before the settings', 'ask', { own: { ...everything, kinds: [] }, setting: everything }],
    ['asks about a kind that is not allowed', 'ask', { setting: { ...everything, kinds: ['dictionary'] } }],
    ['asks about more bytes than are allowed in all', 'ask', { setting: everything, items: [file('a', 60), file('b', 60)] }],
    [
      'asks where a name runs something in an open folder',
      'ask',
      { setting: everything, items: [file('tasks.json')], open: true },
    ],
    ['asks where a sealed name may do so', 'ask', { setting: everything, items: [sealed], open: true }],
    ['accepts harmless names in an open folder', 'accept', { setting: everything, open: true }],
  ];
  for (const [behaviour, expected, { trust = 'paired', own, setting, items = [file('a.txt')], open = false }] of cases) {
    it(behaviour, () => {
      const known: BookEntry = { ...peer, trust, addresses: [], lastUsed: 0, autoAccept: own };
      const rules = { book: bookOf([known]), autoAccept: setting, folderIsOpen: open };
      assert.equal(decide(entryOf(items), rules), expected);
    });
  }

  it('opens nothing by itself for what nobody was asked about', () => {
    const actions = (['ask', 'open', 'save', 'print', 'printAndSave'] as const).map(unaskedAction);
    assert.deepEqual(actions, ['save', 'save', 'save', 'print', 'printAndSave']);
  });
});

describe('Accepting an offer', () => {
  const offered = (inbox: Inbox): { id: string; answer: Promise<unknown> } => {
    const offer = { id: randomToken(), sender: { name: 'Ada' }, items: [file('a.txt')] };
    const answer = inbox.offer(peer, offer, new AbortController().signal);
    answer.catch(() => undefined);
    return { id: `${peer.id}/${offer.id}`, answer };
  };

  it('makes the peer a known one before it is told', async () => {
    const [inbox, book] = [new Inbox(new FakeDisk()), bookOf([])];
    const { id, answer } = offered(inbox);
    const trustWhenTold = answer.then(() => book.trustOf(peer.id));
    assert.equal(await acceptOffer({ inbox, book, log: silentLog }, id, 'save', { keepSealed: false }), true);
    assert.equal(await trustWhenTold, 'known');
    assert.equal(book.find(peer.id)?.name, 'Ada');
    inbox.cancelAll();
  });

  it('does nothing where the offer is over: nobody was met', async () => {
    const [inbox, book] = [new Inbox(new FakeDisk()), bookOf([])];
    const { id } = offered(inbox);
    inbox.decline(id);
    assert.equal(await acceptOffer({ inbox, book, log: silentLog }, id, 'save', { keepSealed: false }), false);
    assert.deepEqual(book.entries(), []);
  });

  it('accepts also where the book cannot be written, and says so in the log', async () => {
    const warned: (LogFields | undefined)[] = [];
    const log = { ...silentLog, warn: (_: string, fields?: LogFields) => void warned.push(fields) };
    const inbox = new Inbox(new FakeDisk());
    const book = { ...bookOf([]), change: () => Promise.reject(new Error('full')) };
    const { id } = offered(inbox);
    assert.equal(await acceptOffer({ inbox, book, log }, id, 'save', { keepSealed: false }), true);
    assert.deepEqual(warned, [{ code: 'ERR_UNEXPECTED' }]);
    inbox.cancelAll();
  });
});

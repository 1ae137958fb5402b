// Where items land that a person accepted to a place of their choice: there, under a safe name, also after a restart.

import assert from 'node:assert/strict';

import { limits } from '../../../src/core/base/limits.ts';
import type { InboxEntry } from '../../../src/core/receiving/entry.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import { keptOf, recordOf } from '../../../src/core/receiving/record.ts';
import type { ChosenPlace } from '../../../src/core/receiving/store.ts';
import type { Offer } from '../../../src/core/wire/item.ts';
import { bodyOf, FakeDisk } from '../../support/fakeDisk.ts';
import { ada, offerOf, offersTo } from '../../support/offers.ts';

describe('A snippet', () => {
  it('is refused before it moves where it is larger than one may be', async () => {
    const inbox = new Inbox(new FakeDisk());
    const offered = offersTo(() => inbox);
    const offerOfSize = (size: number): Offer => ({
      ...offerOf({}),
      items: [{ kind: 'snippet', name: 'a.txt', size, mediaType: 'text/plain' }],
    });
    assert.equal(await offered(offerOfSize(limits.snippetBytes + 1)).answer, 'ERR_ITEM_TOO_LARGE');
    const stop = new AbortController();
    const { answer } = offered(offerOfSize(limits.snippetBytes), ada, stop.signal);
    stop.abort();
    assert.equal(await answer, 'ERR_CONNECTION_LOST');
    inbox.rest();
  });
});

describe('A chosen place', () => {
  let disk = new FakeDisk();
  let inbox = new Inbox(disk);
  beforeEach(() => {
    disk = new FakeDisk();
    inbox = new Inbox(disk);
  });
  afterEach(() => inbox.rest());
  const offered = offersTo(() => inbox);

  async function received(
    texts: Record<string, string>,
    place: ChosenPlace,
    action: 'save' | 'print' = 'save',
  ): Promise<InboxEntry> {
    const offer = offerOf(texts);
    const { id, answer } = offered(offer);
    assert.equal(await inbox.accept(id, action, { place }), true);
    await answer;
    for (const [n, text] of Object.values(texts).entries()) await inbox.receiveItem(ada.id, offer.id, n, bodyOf(text));
    return inbox.find(id) ?? assert.fail('the entry is gone');
  }

  it('is where the items land, after its space was looked at', async () => {
    const entry = await received({ 'a.txt': 'abc', '../b': 'd' }, { folder: '/work' });
    assert.deepEqual([...disk.files.keys()], ['/work/a.txt', '/work/b']);
    assert.deepEqual(disk.prepared, [[{ folder: '/work' }, 4]]);
    assert.deepEqual(entry.state, { phase: 'received', action: 'save', landing: { folder: '/work' } });
  });

  it('may give an item another name, which is made safe as any', async () => {
    await received({ 'a.txt': 'abc' }, { folder: '/work', name: '../../b.txt' });
    assert.deepEqual([...disk.files.keys()], ['/work/b.txt']);
  });

  it('is of no account for what is not saved', async () => {
    const entry = await received({ 'a.txt': 'abc' }, { folder: '/work' }, 'print');
    assert.deepEqual([...disk.files.keys()], ['storage/a.txt']);
    assert.equal(entry.state.phase === 'received' && entry.state.landing, 'storage');
  });

  it('is written down with the entry, as accepted and as received', async () => {
    const place = { folder: '/work', name: 'b.txt' };
    const offer = offerOf({ 'a.txt': 'abc' });
    const { id } = offered(offer);
    await inbox.accept(id, 'save', { place });
    const throughDisk = (): InboxEntry['state'] | undefined => {
      const record: unknown = JSON.parse(JSON.stringify(recordOf({ entry: inbox.find(id)!, keepSealed: false })));
      return keptOf(record)?.entry.state;
    };
    assert.deepEqual(throughDisk(), { phase: 'paused', received: 0, total: 3, action: 'save', place });
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('abc'));
    assert.deepEqual(throughDisk(), { phase: 'received', action: 'save', landing: place });
  });

  it('is none in a record of an earlier version', () => {
    const { offer, peer } = { offer: offerOf({ 'a.txt': 'abc' }), peer: ada };
    const record = {
      ...{ direction: 'in', peer, offer: { ...offer, sender: { name: '' } }, arrivedAt: 1, fromStranger: false },
      ...{ unasked: false, keepSealed: false, state: { phase: 'received', action: 'save' }, received: [] },
    };
    assert.deepEqual(keptOf(record)?.entry.state, { phase: 'received', action: 'save', landing: 'folder' });
  });
});

// What is said of an item that is being got when its connection does not come about: nothing, where this side went offline.

import assert from 'node:assert/strict';

import { FerryError } from '../../../src/core/base/errors.ts';
import type { PeerLink } from '../../../src/core/peers/link.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import { getItem, isPassing } from '../../../src/core/sharing/getting/getItem.ts';
import { FakeDisk } from '../../support/fakeDisk.ts';
import { ada } from '../../support/offers.ts';

describe('An item that is being got', () => {
  let inbox = new Inbox(new FakeDisk());
  let entryId = '';
  beforeEach(async () => {
    inbox = new Inbox(new FakeDisk());
    const item = { kind: 'file', name: 'a', size: 3, mediaType: 'text/plain' } as const;
    entryId = await inbox.ask(ada, [item], [{ path: ['Work', 'a'], etag: '"1"' }], { action: 'save' });
  });
  afterEach(() => inbox.rest());
  const getFailing = (error: FerryError): Promise<void> => {
    const link = { fetch: () => Promise.reject(error) } as unknown as PeerLink;
    const signal = new AbortController().signal;
    return getItem(link, { inbox, entryId, ids: new Map([[0, 'id']]), again: new Set(), signal });
  };
  const phase = (): string | undefined => inbox.find(entryId)?.state.phase;

  it('is gone on with after this side was offline', async () => {
    const offline = new FerryError('ERR_CANCELLED', 'Ferry is offline');
    await assert.rejects(getFailing(offline), offline);
    assert.deepEqual([phase(), isPassing(offline)], ['paused', true]);
  });

  it('is missed where the peer says that it will not come', async () => {
    await getFailing(new FerryError('ERR_CANCELLED', 'no', { remote: true }));
    assert.equal(phase(), 'failed');
  });
});

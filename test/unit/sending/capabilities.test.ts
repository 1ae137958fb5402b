// What not every peer takes is offered to none that does not say that it does.

import assert from 'node:assert/strict';

import { capabilitiesFor, capabilityFor } from '../../../src/core/wire/capabilities.ts';
import type { OutgoingItem } from '../../../src/core/wire/item.ts';
import { at, FakePeer, failure, item } from '../../support/fakePeer.ts';

const folder: OutgoingItem = {
  ...item('project'),
  offered: {
    ...{ kind: 'folder', name: 'project', size: 3, mediaType: 'application/x-tar' },
    folder: { files: 1, folders: 0, names: ['a'] },
  },
};

describe('What a peer has to be capable of', () => {
  it('is nothing for files and what goes as one, and folders for a folder, once', () => {
    for (const kind of ['file', 'dictionary', 'sealed'] as const) assert.equal(capabilityFor({ kind }), undefined);
    assert.deepEqual(capabilitiesFor([{ kind: 'folder' }, { kind: 'snippet' }, { kind: 'folder' }]), ['folders']);
  });

  it('is not asked where every peer is', async () => {
    const peer = new FakePeer({ capabilities: () => assert.fail('nobody has to ask') });
    assert.equal((await peer.send([item('a')])).phase, 'delivered');
  });

  it('is asked before the offer, on the same connection', async () => {
    const peer = new FakePeer({ capabilities: () => ['offers', 'folders'] });
    assert.equal((await peer.send([folder])).phase, 'delivered');
    assert.deepEqual(peer.log, ['dial 1', 'reached 1', 'ask', 'offer of Ada: project', 'put 0', 'close']);
  });

  for (const [name, items, needs] of [
    ['it is a folder', [item('a'), folder], []],
    ['a folder is in the seal', [item('a')], ['folders']],
  ] as const) {
    it(`ends a transfer where it is missing, and nothing is offered or taken back: ${name}`, async () => {
      const peer = new FakePeer({ capabilities: () => ['offers'] });
      const outcome = await peer.send(items, [at(1)], () => Promise.resolve(true), needs);
      assert.ok(outcome.phase === 'failed');
      assert.deepEqual([outcome.error.code, outcome.error.detail], ['ERR_NOT_SUPPORTED', { capability: 'folders' }]);
      assert.deepEqual(peer.log, ['dial 1', 'reached 1', 'ask', 'close']);
    });
  }

  it('may be had in another window of the same person', async () => {
    const peer = new FakePeer({ capabilities: ({ port }) => (port === 2 ? ['folders'] : []) });
    assert.equal((await peer.send([folder], [at(1), at(2)])).phase, 'delivered');
    assert.deepEqual(peer.log.slice(-4), ['ask', 'offer of Ada: project', 'put 0', 'close']);
  });

  it('is asked once more where the connection was lost with it', async () => {
    let asked = 0;
    const peer = new FakePeer({
      capabilities: () => {
        if (++asked === 1) throw failure('ERR_CONNECTION_LOST');
        return ['folders'];
      },
    });
    assert.equal((await peer.send([folder])).phase, 'delivered');
    assert.equal(asked, 2);
  });
});

// The inbox over a disk in memory: the person's decisions, the phases of an entry, and what is refused before anybody sees it.

import assert from 'node:assert/strict';
import { mock } from 'node:test';

import { type ErrorCode, FerryError } from '../../../src/core/base/errors.ts';
import { limits } from '../../../src/core/base/limits.ts';
import { randomToken } from '../../../src/core/base/token.ts';
import type { InboxEntry, ReceiveAction } from '../../../src/core/receiving/entry.ts';
import { Inbox } from '../../../src/core/receiving/inbox.ts';
import { offeredName } from '../../../src/core/wire/item.ts';
import { onEntry } from '../../support/entries.ts';
import { bodyOf, FakeDisk } from '../../support/fakeDisk.ts';
import { ada, bob, offerOf, offersTo } from '../../support/offers.ts';
import { peerIdOfNobody } from '../../support/peerIds.ts';

describe('The inbox', () => {
  let disk = new FakeDisk();
  let inbox = new Inbox(disk);
  let shown: InboxEntry[] = [];
  beforeEach(() => {
    disk = new FakeDisk();
    inbox = new Inbox(disk);
    shown = [];
    onEntry(inbox.onDidChange, (entry) => shown.push(entry));
  });
  afterEach(() => inbox.rest());

  const offered = offersTo(() => inbox);
  const phaseOf = (id: string): string | undefined => inbox.find(id)?.state.phase;

  it('shows an offer and waits for the person', async () => {
    const { id, answer } = offered(offerOf({ 'a.ts': 'abc', b: '' }));
    const entry = inbox.find(id);
    assert.deepEqual(
      [entry?.peer, entry?.items.map(offeredName), entry?.state, entry?.received],
      [ada, ['a.ts', 'b'], { phase: 'waiting' }, []],
    );
    assert.deepEqual([shown.length, inbox.entries.length, disk.prepared], [1, 1, []]);
    inbox.decline(id);
    await answer;
  });

  const landings: readonly (readonly [ReceiveAction, string])[] = [
    ['save', 'folder'],
    ['printAndSave', 'folder'],
    ['print', 'storage'],
    ['open', 'storage'],
  ];
  for (const [action, landing] of landings) {
    it(`lands the items of an offer that is accepted with ${action} in the ${landing}`, async () => {
      const offer = offerOf({ 'a.ts': 'abc', '../b': 'de' });
      const { id, answer } = offered(offer);
      assert.equal(await inbox.accept(id, action), true);
      assert.deepEqual(await answer, {
        items: [
          { n: 0, from: 0 },
          { n: 1, from: 0 },
        ],
      });
      assert.deepEqual(inbox.find(id)?.state, { phase: 'receiving', received: 0, total: 5, action });
      await inbox.receiveItem(ada.id, offer.id, 1, bodyOf('de'));
      assert.equal(phaseOf(id), 'receiving');
      await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('abc'));
      assert.deepEqual(inbox.find(id)?.state, { phase: 'received', action, landing });
      assert.deepEqual(
        inbox.find(id)?.received.map((done) => [done.n, done.path]),
        [
          [1, `${landing}/b`],
          [0, `${landing}/a.ts`],
        ],
      );
      assert.deepEqual(
        [...disk.files],
        [
          [`${landing}/b`, Buffer.from('de')],
          [`${landing}/a.ts`, Buffer.from('abc')],
        ],
      );
      assert.deepEqual([disk.prepared, disk.openParts], [[[landing, 5]], 0]);
    });
  }

  it('declines when the person does', async () => {
    const { id, answer } = offered(offerOf({ a: 'a' }));
    assert.equal(inbox.decline(id), true);
    assert.equal(await answer, 'ERR_OFFER_DECLINED');
    assert.deepEqual([phaseOf(id), inbox.decline(id), await inbox.accept(id, 'save')], ['declined', false, false]);
  });

  it('expires an offer that nobody answers, and a late answer does nothing', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { id, answer } = offered(offerOf({ a: 'a' }));
      mock.timers.tick(limits.offerLifeMs - 1);
      assert.equal(phaseOf(id), 'waiting');
      mock.timers.tick(1);
      assert.equal(await answer, 'ERR_OFFER_EXPIRED');
      assert.deepEqual(
        [phaseOf(id), await inbox.accept(id, 'save'), inbox.decline(id), inbox.cancel(id)],
        ['expired', false, false, false],
      );
      assert.deepEqual(disk.prepared, []);
    } finally {
      mock.timers.reset();
    }
  });

  it('lives as short as it is told to', async () => {
    inbox = new Inbox(disk, { offerLifeMs: 1 });
    assert.equal(await offered(offerOf({ a: 'a' })).answer, 'ERR_OFFER_EXPIRED');
  });

  it('pauses an accepted offer whose bytes do not come', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { id, answer } = offered(offerOf({ a: 'a' }));
      await inbox.accept(id, 'save');
      await answer;
      mock.timers.tick(limits.itemStartMs - 1);
      assert.equal(phaseOf(id), 'receiving');
      mock.timers.tick(1);
      assert.deepEqual(inbox.find(id)?.state, { phase: 'paused', received: 0, total: 1, action: 'save' });
    } finally {
      mock.timers.reset();
    }
  });

  it('does not mind when the connection of an accepted offer ends', async () => {
    const stop = new AbortController();
    const offer = offerOf({ a: 'a' });
    const { id, answer } = offered(offer, ada, stop.signal);
    await inbox.accept(id, 'save');
    await answer;
    stop.abort();
    await inbox.receiveItem(ada.id, offer.id, 0, bodyOf('a'));
    assert.equal(phaseOf(id), 'received');
  });

  it('lets the peer take its own offer back, and nobody else', async () => {
    const offer = offerOf({ a: 'a' });
    const { id, answer } = offered(offer);
    for (const [peer, offerId] of [
      [bob.id, offer.id],
      [ada.id, randomToken()],
    ] as const) {
      await assert.rejects(inbox.withdraw(peer, offerId), { code: 'ERR_NOT_FOUND' });
    }
    await inbox.withdraw(ada.id, offer.id);
    assert.equal(await answer, 'ERR_CANCELLED');
    assert.deepEqual(inbox.find(id)?.state, { phase: 'cancelled', by: 'peer' });
    await assert.rejects(inbox.withdraw(ada.id, offer.id), { code: 'ERR_NOT_FOUND' });
  });

  it('mutes a peer after three refusals, shows nothing of it then, and hears the others', async () => {
    for (let time = 0; time < limits.refusalsUntilMute; time += 1) inbox.decline(offered(offerOf({ a: 'a' })).id);
    shown = [];
    assert.equal(await offered(offerOf({ a: 'a' })).answer, 'ERR_OFFER_DECLINED');
    assert.deepEqual([shown.length, inbox.entries.length], [0, limits.refusalsUntilMute]);
    assert.equal(phaseOf(offered(offerOf({ a: 'a' }), bob).id), 'waiting');
  });

  it('does not mute a peer of whom an offer was accepted in between', async () => {
    for (const decision of ['decline', 'decline', 'accept', 'decline', 'decline'] as const) {
      const { id } = offered(offerOf({ a: 'a' }));
      if (decision === 'decline') inbox.decline(id);
      else await inbox.accept(id, 'save');
    }
    assert.equal(phaseOf(offered(offerOf({ a: 'a' })).id), 'waiting');
  });

  it('is busy when twenty offers wait, and free again when one is answered', async () => {
    const waiting = Array.from({ length: limits.offersWaiting }, (_, n) =>
      offered(offerOf({ a: 'a' }), { id: peerIdOfNobody(10 + n), name: 'x' }),
    );
    const late = offerOf({ a: 'a' });
    assert.equal(await offered(late, bob).answer, 'ERR_BUSY');
    assert.equal(inbox.entries.length, limits.offersWaiting);
    await inbox.accept(waiting[0]!.id, 'save');
    assert.equal(phaseOf(offered(late, bob).id), 'waiting');
  });

  it('keeps five offers of one peer waiting, and places for others', async () => {
    for (let n = 0; n < limits.offersWaitingPerPeer; n += 1) void offered(offerOf({ a: 'a' }));
    assert.equal(await offered(offerOf({ a: 'a' })).answer, 'ERR_BUSY');
    assert.equal(phaseOf(offered(offerOf({ a: 'a' }), bob).id), 'waiting');
  });

  it('keeps ten offers of strangers waiting, and places for those who were met', async () => {
    inbox = new Inbox(disk, { isStranger: (peer) => peer !== bob.id });
    for (let n = 0; n < limits.offersWaitingOfStrangers; n += 1)
      void offered(offerOf({ a: 'a' }), { id: peerIdOfNobody(10 + n), name: 'x' });
    assert.equal(await offered(offerOf({ a: 'a' })).answer, 'ERR_BUSY');
    assert.equal(phaseOf(offered(offerOf({ a: 'a' }), bob).id), 'waiting');
  });

  it('tells of each old entry that gives way, so that nobody keeps what belongs to it', () => {
    const gone: string[] = [];
    inbox.onDidChange(({ before, entry }) => {
      if (entry === undefined) gone.push(before.id);
    });
    const ids = Array.from({ length: 250 }, () => {
      const { id } = offered(offerOf({ a: 'a' }));
      inbox.cancel(id);
      return id;
    });
    assert.deepEqual(gone, ids.slice(0, ids.length - inbox.entries.length));
    assert.ok(gone.length > 0);
  });

  it('refuses what is larger than any disk', async () => {
    const item = { kind: 'file', name: 'a', size: limits.itemBytes, mediaType: 'text/plain' } as const;
    const offer = { ...offerOf({}), items: [item, { ...item, size: 1 }] };
    assert.equal(await offered(offer).answer, 'ERR_ITEM_TOO_LARGE');
    assert.deepEqual(inbox.entries, []);
  });

  for (const code of ['ERR_NO_SPACE', 'ERR_FOLDER_UNUSABLE'] as const) {
    it(`fails an offer with ${code} before a byte moves, and tells both sides`, async () => {
      disk.onPrepare = () => Promise.reject(new FerryError(code, 'disk'));
      const { id, answer } = offered(offerOf({ a: 'a' }));
      await assert.rejects(inbox.accept(id, 'save'), { code });
      assert.equal(await answer, code);
      const state = inbox.find(id)?.state;
      assert.equal(state?.phase === 'failed' && state.error.code, code);
    });
  }

  it('does not accept what ended while the disk was looked at', async () => {
    const endings: readonly (readonly [(id: string) => unknown, ErrorCode])[] = [
      [(id) => inbox.decline(id), 'ERR_OFFER_DECLINED'],
      [(id) => inbox.cancel(id), 'ERR_CANCELLED'],
    ];
    for (const [end, code] of endings) {
      const { id, answer } = offered(offerOf({ a: 'a' }));
      disk.onPrepare = () => Promise.resolve(end(id)).then(() => undefined);
      assert.equal(await inbox.accept(id, 'save'), false);
      assert.equal(await answer, code);
    }
  });

  it('accepts once where the person clicks twice', async () => {
    const { id, answer } = offered(offerOf({ a: 'a' }));
    assert.deepEqual((await Promise.all([inbox.accept(id, 'save'), inbox.accept(id, 'open')])).toSorted(), [false, true]);
    assert.deepEqual(await answer, { items: [{ n: 0, from: 0 }] });
    assert.equal(phaseOf(id), 'receiving');
  });

  it('knows nothing of an offer that was never made', async () => {
    assert.deepEqual(
      [await inbox.accept('x', 'save'), inbox.decline('x'), inbox.cancel('x'), inbox.find('x')],
      [false, false, false, undefined],
    );
  });

  it('shows the newest first, keeps two hundred that have ended, and removes only those', async () => {
    const first = offered(offerOf({ a: 'a' }), bob);
    for (let number = 3; number < 303; number += 1)
      inbox.cancel(offered(offerOf({ a: 'a' }), { id: peerIdOfNobody(number), name: '' }).id);
    assert.equal(inbox.entries.length, 200);
    assert.equal(inbox.entries[0]?.peer.id, peerIdOfNobody(302));
    assert.equal(inbox.entries.at(-1)?.id, first.id);
    inbox.remove(first.id);
    assert.equal(phaseOf(first.id), 'waiting');
    inbox.decline(first.id);
    inbox.remove(first.id);
    assert.equal(phaseOf(first.id), undefined);
    assert.equal(shown.at(-1)?.id, first.id);
  });
});

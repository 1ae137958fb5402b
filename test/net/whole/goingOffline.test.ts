// Going offline: what runs pauses on both sides and goes on later, what waits goes back to its sender, and peers see that the
// window is gone.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { met } from '../../../src/core/peers/book.ts';
import type { Peer } from '../../../src/core/peers/peers.ts';
import type { PresenceConfig } from '../../../src/core/presence.ts';
import { fileSource } from '../../../src/net/disk/fileSource.ts';
import { filesOf, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const size = 60_000_000;
const again: PresenceConfig = { visibility: 'thisMachine', discovery: 'on', port: 0, interfaces: [] };

describe('Going offline', () => {
  const started: HeadlessPeer[] = [];
  let path = '';
  let mdnsPort = 0;
  before(async () => {
    path = join(await tempFolder(), 'a.bin');
    mdnsPort = await ownMdnsPort();
    await writeFile(path, randomBytes(size));
  });
  afterEach(() => Promise.all(started.splice(0).map((peer) => peer.stop())));
  after(removeTempFolders);

  const start = async (options: Parameters<typeof headlessPeer>[0] = {}): Promise<HeadlessPeer> => {
    const peer = await headlessPeer({ mdnsPort, ...options });
    started.push(peer);
    return peer;
  };
  /** Two that have met, with a transfer from the first to the second in the middle. */
  const moving = async (): Promise<{ ada: HeadlessPeer; grace: HeadlessPeer; outcome: Promise<string> }> => {
    const [ada, grace] = [await start({ name: 'Ada' }), await start({ name: 'Grace', answer: 'save' })];
    await ada.book.change(grace.identity.peerId, (entry) => met(entry, 'Grace'));
    const peer: Peer = { id: grace.identity.peerId, name: 'Grace', trust: 'known', windows: [], lastUsed: 0 };
    const { open, file } = await fileSource(path);
    const offered = { kind: 'file', name: 'a.bin', size, mediaType: 'application/octet-stream' } as const;
    const sending = ada.outbox.send({ peer, items: [{ offered, file, open }], sealing: { kind: 'none' }, senderName: 'Ada' });
    await eventually(
      grace.inbox.onDidChange,
      () => grace.inbox.entries.find(({ state }) => state.phase === 'receiving' && state.received > 0),
      'bytes arrive',
    );
    return { ada, grace, outcome: sending.outcome.then(({ phase }) => phase) };
  };
  const stands = (of: HeadlessPeer['inbox'] | HeadlessPeer['outbox'], phase: string): Promise<true> =>
    eventually(
      of.onDidChange as HeadlessPeer['inbox']['onDidChange'],
      () => of.entries.some(({ state }) => state.phase === phase) || undefined,
      `it is ${phase}`,
    );

  for (const who of ['sender', 'receiver'] as const) {
    it(`pauses what moves where the ${who} does so, on both sides, and it goes on when they are back`, async () => {
      const { ada, grace, outcome } = await moving();
      const one = who === 'sender' ? ada : grace;
      await one.presence.goOffline();
      await Promise.all([stands(grace.inbox, 'paused'), who === 'sender' && stands(ada.outbox, 'away')]);
      await one.presence.goOnline(again);
      assert.equal(await outcome, 'delivered');
      assert.deepEqual(await filesOf(grace), ['a.bin']);
    });
  }

  it('is seen by peers, without that they look', async () => {
    const [ada, grace] = [await start({ name: 'Ada' }), await start({ name: 'Grace' })];
    const { directory } = ada.online;
    const isThere = (): boolean => directory.peers.some(({ id, windows }) => id === grace.identity.peerId && windows.length > 0);
    await directory.appears(({ id }) => id === grace.identity.peerId, AbortSignal.timeout(30_000));
    assert.ok(isThere());
    await grace.presence.goOffline();
    await eventually(directory.onDidChange, () => (isThere() ? undefined : true), 'Grace is gone');
    assert.equal(directory.near.peers, 0);
  });
});

// What the logs of two peers say of what went from one to the other: enough to find it again, and nothing of what was in it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Log, LogFields } from '../../../src/core/base/log.ts';
import type { Peer } from '../../../src/core/peers/peers.ts';
import { fileSource } from '../../../src/net/disk/fileSource.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { tempFolder } from '../../support/temp.ts';

type Line = { readonly message: string; readonly fields: LogFields };

function recorder(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const nothing = (): void => undefined;
  const info = (message: string, fields: LogFields = {}): void => void lines.push({ message, fields });
  return { lines, log: { debug: nothing, info, warn: nothing, error: nothing } };
}

describe('the log of a transfer', () => {
  const peers: HeadlessPeer[] = [];
  afterEach(() => Promise.all(peers.splice(0).map((peer) => peer.stop())));

  async function sent(answer: 'save' | 'decline'): Promise<{ from: Line[]; to: Line[]; path: string; receiver: HeadlessPeer }> {
    const [ours, theirs] = [recorder(), recorder()];
    const sender = await headlessPeer({ log: ours.log });
    const receiver = await headlessPeer({ log: theirs.log, answer });
    peers.push(sender, receiver);
    const path = join(await tempFolder(), 'plan.txt');
    await writeFile(path, 'the contents are secret');
    const { file, open, size } = await fileSource(path);
    await sender.online.directory.greet(receiver.address);
    const peer = sender.online.directory.peers.find(({ id }) => id === receiver.identity.peerId) as Peer;
    const offered = { kind: 'file', name: 'plan.txt', size, mediaType: 'text/plain' } as const;
    const sending = sender.outbox.send({
      ...{ peer, senderName: 'sender', sealing: { kind: 'none' } },
      items: [{ offered, file, open }],
    });
    await sending.outcome;
    await receiver.inbox.idle();
    return { from: ours.lines, to: theirs.lines, path, receiver };
  }

  it('names peer, offer, path, size and digest on both sides, and no contents', async () => {
    const { from, to, path, receiver } = await sent('save');
    const sha256 = createHash('sha256').update('the contents are secret').digest('hex');
    const begun = from.find(({ message }) => message === 'items are to be sent');
    assert.equal(begun?.fields['peer'], receiver.identity.peerId);
    assert.deepEqual(begun.fields['paths'], [path]);
    assert.deepEqual(begun.fields['items'], [{ kind: 'file', bytes: 23, name: 'plan.txt' }]);
    const delivered = from.find(({ fields }) => fields['phase'] === 'delivered');
    assert.deepEqual([delivered?.fields['sha256'], delivered?.fields['offer']], [[sha256], begun.fields['offer']]);
    const came = to.find(({ message }) => message === 'an offer came');
    assert.deepEqual(
      [came?.fields['offer'], came?.fields['bytes'], came?.fields['isStranger']],
      [begun.fields['offer'], 23, true],
    );
    const landed = to.filter(({ message }) => message === 'an item landed');
    assert.deepEqual(
      landed.map(({ fields }) => [fields['path'], fields['bytes'], fields['sha256']]),
      [[join(receiver.folder, 'plan.txt'), 23, sha256]],
    );
    assert.deepEqual(
      to.flatMap(({ message, fields }) => (message === 'an offer moved on' ? [fields['phase']] : [])),
      ['receiving', 'received'],
    );
    assert.ok(!JSON.stringify([from, to]).includes('secret'));
  });

  it('says that an offer was declined', async () => {
    const { from, to } = await sent('decline');
    for (const lines of [from, to]) assert.ok(lines.some(({ fields }) => fields['phase'] === 'declined'));
  });
});

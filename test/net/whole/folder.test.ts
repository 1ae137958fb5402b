// A folder between two peers: one item, one question, one name; whole or not there, also where the connection is cut.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { sealAllOutgoing } from '../../../src/core/sealing/items.ts';
import { transfer } from '../../../src/core/sending/transfer.ts';
import type { ItemSource, OutgoingItem } from '../../../src/core/wire/item.ts';
import { createIdentity } from '../../../src/net/connection/identity.ts';
import { folderItem } from '../../../src/net/disk/tree/folderItem.ts';
import { startCuttingProxy } from '../../support/cuttingProxy.ts';
import { filesOf, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { startImpostor } from '../../support/impostor.ts';
import { endBlocks, rawBlock } from '../../support/tarBlocks.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const options = { followGitignore: true, exclude: [], includeSecrets: false };

describe('A folder between two peers', () => {
  let sender: HeadlessPeer;
  let receiver: HeadlessPeer;
  let source = '';
  before(async () => {
    sender = await headlessPeer();
    receiver = await headlessPeer({ answer: 'save' });
    source = join(await tempFolder(), 'project');
    for (const folder of ['src/deep/er', 'empty']) await mkdir(join(source, folder), { recursive: true });
    for (let n = 0; n < 200; n += 1) await writeFile(join(source, 'src/deep', `${n}.ts`), randomBytes(randomInt(4_000)));
    await writeFile(join(source, 'src/big.bin'), randomBytes(5_000_000));
    await writeFile(join(source, 'src/deep/er/ä 日本.txt'), 'text');
    await writeFile(join(source, 'run.sh'), '#!/bin/sh\n');
    await chmod(join(source, 'run.sh'), 0o755);
  });
  afterEach(async () => {
    for (const { id } of receiver.inbox.entries) receiver.inbox.remove(id);
    for (const name of await filesOf(receiver)) await rm(join(receiver.folder, name), { recursive: true });
  });
  after(async () => {
    await Promise.all([sender.stop(), receiver.stop()]);
    await removeTempFolders();
  });

  const outgoing = async (): Promise<OutgoingItem> => ({ ...(await folderItem(source, options)).item, resumes: true });
  const assertSame = async (): Promise<void> => {
    assert.deepEqual(await filesOf(receiver), ['project']);
    execFileSync('diff', ['-r', source, join(receiver.folder, 'project')]);
    assert.deepEqual((await readdir(join(receiver.folder, 'project', 'empty'))).length, 0);
    const [entry] = receiver.inbox.entries;
    assert.equal(entry?.state.phase, 'received');
    assert.equal(entry.received[0]?.path, join(receiver.folder, 'project'));
  };

  it('arrives as it is, under its name, with what an offer says of it', async () => {
    assert.equal((await sender.send(receiver, [await outgoing()])).phase, 'delivered');
    await assertSame();
    const [item] = receiver.inbox.entries[0]?.items ?? [];
    assert.ok(item?.kind === 'folder');
    assert.deepEqual([item.name, item.folder?.files, item.folder?.folders], ['project', 203, 4]);
    assert.ok(item.folder?.names.includes('run.sh'));
  });

  it('is not offered to an earlier version, which knows none: nothing is asked of its person', async () => {
    const [identity, calls] = [await createIdentity(), [] as string[]];
    const earlier = await startImpostor(identity, { name: 'Grace', window: 'A'.repeat(22) }, calls);
    const to = { id: identity.peerId, addresses: [{ host: '127.0.0.1', port: earlier.port }] };
    const outcome = await sender.send(to, [await outgoing()]);
    assert.ok(outcome.phase === 'failed');
    assert.deepEqual([outcome.error.code, outcome.error.detail['capability']], ['ERR_NOT_SUPPORTED', 'folders']);
    assert.deepEqual(calls, ['info']);
    await earlier.stop();
  });

  it('never becomes one with another of its name', async () => {
    for (let time = 0; time < 2; time += 1) assert.equal((await sender.send(receiver, [await outgoing()])).phase, 'delivered');
    assert.deepEqual((await filesOf(receiver)).toSorted(), ['project', 'project (1)']);
    execFileSync('diff', ['-r', source, join(receiver.folder, 'project (1)')]);
  });

  it('may be run where the receiver lets a paired peer decide that, and nowhere else', async () => {
    const item = await outgoing();
    assert.equal((await sender.send(receiver, [item])).phase, 'delivered');
    assert.equal((await stat(join(receiver.folder, 'project', 'run.sh'))).mode & 0o111, 0);
    await rm(join(receiver.folder, 'project'), { recursive: true });
    await receiver.book.change(sender.identity.peerId, (entry) => ({ ...entry, trust: 'paired' }));
    assert.equal((await sender.send(receiver, [item])).phase, 'delivered');
    assert.equal((await stat(join(receiver.folder, 'project', 'run.sh'))).mode & 0o111, 0o100);
    await receiver.book.change(sender.identity.peerId, (entry) => ({ ...entry, trust: 'known' }));
  });

  for (const by of ['reset', 'farewell'] as const) {
    it(`goes on where it was cut by a ${by}`, async () => {
      for (let time = 0; time < 5; time += 1) {
        const proxy = await startCuttingProxy(receiver.address, { direction: 'up', afterBytes: randomInt(5_000_000), by });
        const outcome = await sender.send({ id: receiver.identity.peerId, addresses: [proxy.address] }, [await outgoing()], {
          reconnect: () => Promise.resolve(true),
        });
        await proxy.close();
        assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
        await assertSame();
        for (const { id } of receiver.inbox.entries) receiver.inbox.remove(id);
        await rm(join(receiver.folder, 'project'), { recursive: true });
      }
    });
  }

  it('goes on where the receiver was closed and is started again', async () => {
    const [storage, folder, identity] = [await tempFolder(), await tempFolder(), await createIdentity()];
    let window = await headlessPeer({ storage, folder, identity, answer: 'save' });
    let restarting: Promise<void> | undefined;
    const restart = async (): Promise<void> => {
      await window.stop();
      window = await headlessPeer({ storage, folder, identity });
    };
    const hasUnpacked = async (): Promise<boolean> =>
      (await readdir(folder, { recursive: true })).some((name) => /src$/.test(name));
    const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
    const begun: number[] = [];
    const item = await outgoing();
    const watched: OutgoingItem = {
      ...item,
      open: async function* (signal, from = 0) {
        begun.push(from);
        let sent = from;
        for await (const chunk of item.open(signal, from)) {
          yield chunk;
          sent += chunk.length;
          // Whatever the sockets hold: the receiver has unpacked something by then.
          while (restarting === undefined && sent > 1_000_000 && !(await hasUnpacked())) await turn();
          if (sent > 1_000_000) restarting ??= restart();
        }
      },
    };
    const outcome = await transfer(
      {
        ...{ peerId: identity.peerId, senderName: 'Ada', items: [watched] },
        addresses: async () => {
          await restarting;
          return [window.address];
        },
      },
      {
        ...{ dial: sender.online.dial, signal: new AbortController().signal, reconnect: () => pause(20, true) },
        onState: () => undefined,
      },
    );
    assert.equal(outcome.phase, 'delivered', JSON.stringify(outcome));
    assert.ok(begun.length === 2 && (begun[1] ?? 0) > 0, begun.join());
    assert.deepEqual(await filesOf(window), ['project']);
    execFileSync('diff', ['-r', source, join(folder, 'project')]);
    assert.deepEqual(
      window.inbox.entries.map(({ state }) => state.phase),
      ['received'],
    );
    await window.stop();
  });

  it('leaves nothing where it is cancelled in the middle', async () => {
    const stop = new AbortController();
    const outcome = await sender.send(receiver, [await outgoing()], {
      signal: stop.signal,
      onState: (state) => {
        if (state.phase === 'moving' && state.sent > 500_000) stop.abort();
      },
    });
    assert.equal(outcome.phase, 'cancelled');
    await receiver.entry('cancelled');
    assert.deepEqual(await filesOf(receiver), []);
  });

  it('is the same stream inside a seal', async () => {
    const { kty, crv, x, y } = receiver.identity.sealKey;
    const { item } = await folderItem(source, options);
    const recipient = { kind: 'key', key: { kty, crv, x, y } } as const;
    const [sealed] = await sealAllOutgoing([item], recipient, new AbortController().signal);
    assert.ok(sealed !== undefined);
    assert.equal((await sender.send(receiver, [sealed])).phase, 'delivered');
    await assertSame();
  });

  for (const way of ['in the clear', 'out of its seal'] as const) {
    it(`is refused as a whole ${way} where it is no stream of a folder, or has more in it than was offered`, async () => {
      const link = rawBlock({ name: 'b', type: '2' });
      const streams = [
        [rawBlock({ name: 'a' }), link, endBlocks],
        [rawBlock({ name: 'a' }), rawBlock({ name: '../b' }), endBlocks],
        [rawBlock({ name: 'a' }), rawBlock({ name: 'A' }), endBlocks],
        // Inside a seal nobody says how much it is.
        ...(way === 'in the clear' ? [[rawBlock({ name: 'a' }), rawBlock({ name: 'b' }), endBlocks]] : []),
      ];
      for (const blocks of streams) {
        const item = folderOf(Buffer.concat(blocks));
        const { signal } = new AbortController();
        const recipient = { kind: 'key', key: receiver.identity.sealKey } as const;
        const [sealed] = await sealAllOutgoing([item], recipient, signal);
        const outcome = await sender.send(receiver, [way === 'in the clear' ? item : (sealed ?? assert.fail())]);
        assert.equal(outcome.phase === 'failed' && outcome.error.code, 'ERR_MESSAGE_INVALID');
        await receiver.inbox.idle();
        assert.deepEqual(await readdir(receiver.folder), []);
      }
    });
  }

  it('without what vanished since it was offered, and both sides hear of it', async () => {
    const late = join(source, 'late.txt');
    await writeFile(late, 'late');
    await symlink('run.sh', join(source, 'link')).catch(() => undefined);
    const { item, leftOut } = await folderItem(source, options);
    await Promise.all([rm(late), rm(join(source, 'link'))]);
    assert.deepEqual(leftOut.link, { count: 1, names: ['link'] });
    assert.equal((await sender.send(receiver, [{ ...item, resumes: true }])).phase, 'delivered');
    await assertSame();
    assert.deepEqual([item.leftOutLate?.(), receiver.inbox.entries[0]?.received[0]?.missing], [1, 1]);
  });
});

/** A stream as a folder of one file. */
function folderOf(stream: Uint8Array): ItemSource {
  const folder = { files: 1, folders: 0, names: ['a'] };
  return {
    offered: { kind: 'folder', name: 'project', size: stream.length, mediaType: 'application/x-tar', folder },
    open: async function* () {
      yield stream;
    },
  };
}

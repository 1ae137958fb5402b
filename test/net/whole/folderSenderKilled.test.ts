// A folder whose sender is killed in the middle, and started again on the same storage: it goes on where it stopped as long as
// nothing in it changed, begins anew in the same offer where something did, and ends where it would not be what was offered.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { limits } from '../../../src/core/base/limits.ts';
import { type Proxy, startProxy } from '../../bench/lib/proxy.ts';
import { type Child, killChildren, startChild } from '../../support/childProcess.ts';
import { onEntry } from '../../support/entries.ts';
import { type HeadlessOptions, type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import type { OutboxTold } from '../../support/outboxChild.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const mebi = 2 ** 20;
const killAt = 6 * mebi;

describe('A folder whose sender is killed', () => {
  let receiver: HeadlessPeer;
  let proxy: Proxy;
  let sender: Child;
  let [root, source] = ['', ''];
  let asked = 0;
  let ofReceiver: HeadlessOptions = {};

  const startSender = async (): Promise<void> => {
    sender = startChild('outboxChild.ts', root);
    assert.equal(await sender.message(), 'ready');
  };
  beforeEach(async () => {
    [root, source] = [await tempFolder(), join(await tempFolder(), 'project')];
    for (const folder of ['small', 'build']) await mkdir(join(source, folder), { recursive: true });
    for (let n = 0; n < 200; n += 1) await writeFile(join(source, 'small', `${n}.ts`), randomBytes(4_000));
    for (const name of ['a.bin', 'b.bin']) await writeFile(join(source, name), randomBytes(6 * mebi));
    await writeFile(join(source, 'script.sh'), 'true\n');
    ofReceiver = { answer: 'save', mdnsPort: await freeUdpPort(), storage: await tempFolder() };
    [receiver, proxy, asked] = [await headlessPeer(ofReceiver), await startProxy(), 0];
    onEntry(receiver.inbox.onDidChange, ({ state }) => {
      if (state.phase === 'waiting') asked += 1;
    });
    proxy.leadTo(receiver.address.port);
    proxy.pace(20 * mebi);
    await startSender();
  });
  afterEach(async () => {
    await killChildren();
    await receiver.stop();
    await proxy.close();
  });
  after(removeTempFolders);

  const tell = (begin?: OutboxTold['begin']): void => {
    const told: OutboxTold = { port: proxy.address.port, ...(begin === undefined ? {} : { begin }) };
    sender.send(JSON.stringify(told));
  };
  /** Kills the sender once so much has left, and gives how it ended in the process that goes on. */
  const sendAndKill = async (
    meanwhile: () => Promise<unknown> = () => Promise.resolve(),
    { withSecrets = true, sealed = false } = {},
  ): Promise<unknown> => {
    tell({ path: source, peerId: receiver.identity.peerId, withSecrets, sealed });
    await proxy.reached(killAt);
    await sender.kill();
    await receiver.entry('paused');
    await meanwhile();
    await startSender();
    tell();
    return sender.message();
  };
  /** What lies at the receiver under a name. */
  const landed = async (): Promise<readonly string[]> => {
    await receiver.inbox.idle();
    return (await readdir(receiver.folder)).filter((name) => !name.startsWith('.ferry-'));
  };
  const isSame = (...leftOut: readonly string[]): void => {
    const except = leftOut.map((name) => `--exclude=${name}`);
    execFileSync('diff', ['-r', ...except, source, join(receiver.folder, 'project')]);
  };
  const size = (): number => receiver.inbox.entries[0]?.items[0]?.size ?? 0;

  it('goes on where that was, arrives once and whole, and asks nobody again', async () => {
    assert.equal(await sendAndKill(), 'delivered, 0 gone');
    assert.deepEqual(await landed(), ['project']);
    isSame();
    assert.deepEqual([receiver.inbox.entries.length, asked], [1, 1]);
    const twice = proxy.sent() - size();
    assert.ok(twice < limits.aheadLeastBytes, `${twice} bytes left twice`);
  });

  it('goes on where that was, also where the receiver is started again in between', async () => {
    const restarted = async (): Promise<void> => {
      await receiver.stop();
      receiver = await headlessPeer({ ...ofReceiver, identity: receiver.identity, folder: receiver.folder });
      proxy.leadTo(receiver.address.port);
    };
    assert.equal(await sendAndKill(restarted), 'delivered, 0 gone');
    assert.deepEqual(await landed(), ['project']);
    isSame();
    const twice = proxy.sent() - size();
    assert.ok(twice < limits.aheadLeastBytes, `${twice} bytes left twice`);
  });

  it('leaves out what was left out before', async () => {
    await writeFile(join(source, '.gitignore'), 'build\n');
    execFileSync('git', ['init', '-q', source]);
    await writeFile(join(source, 'build', 'made.js'), 'x');
    await writeFile(join(source, '.env'), 'SECRET=1');
    assert.equal(await sendAndKill(undefined, { withSecrets: false }), 'delivered, 0 gone');
    isSame('.env', 'build', '.git');
    const names = (await readdir(join(receiver.folder, 'project'))).toSorted();
    assert.deepEqual(names, ['.gitignore', 'a.bin', 'b.bin', 'script.sh', 'small']);
  });

  for (const [what, change] of [
    ['had left', () => writeFile(join(source, 'small', '0.ts'), randomBytes(4_000))],
    ['was to come', () => writeFile(join(source, 'b.bin'), randomBytes(6 * mebi))],
    ['had left, and may be run now', () => chmod(join(source, 'script.sh'), 0o755)],
  ] as const) {
    it(`begins anew in the same offer where a file changed that ${what}, and arrives as it is now`, async () => {
      assert.equal(await sendAndKill(change), 'delivered, 0 gone');
      assert.deepEqual(await landed(), ['project']);
      isSame();
      assert.deepEqual([receiver.inbox.entries.length, asked], [1, 1]);
      assert.ok(proxy.sent() > size() + killAt - mebi, `${proxy.sent()} of ${size()}`);
    });
  }

  for (const [what, change] of [
    ['it is larger now', () => appendFile(join(source, 'b.bin'), randomBytes(4_000))],
    ['something is gone', () => rm(join(source, 'small', '0.ts'))],
    ['as much is there under another name', () => rename(join(source, 'b.bin'), join(source, 'c.bin'))],
    ['a secret has taken the place of another', () => rename(join(source, 'small', '0.ts'), join(source, 'small', '.env'))],
  ] as const) {
    it(`ends, and nothing of it is there, where ${what}`, async () => {
      assert.equal(await sendAndKill(change), 'ERR_SOURCE_CHANGED');
      assert.deepEqual((await receiver.entry('cancelled')).state, { phase: 'cancelled', by: 'peer' });
      assert.deepEqual(await landed(), []);
    });
  }

  it('ends, and says so, where it is gone', async () => {
    assert.equal(await sendAndKill(() => rm(source, { recursive: true })), 'ERR_SOURCE_MISSING missing');
    assert.deepEqual(await landed(), []);
  });

  it('ends, and says why, where it was sealed: its key went with the process', async () => {
    assert.equal(await sendAndKill(undefined, { sealed: true }), 'ERR_SOURCE_MISSING sealed');
    assert.deepEqual(await landed(), []);
  });
});

// An offer that waits for a person whose window is killed: its sender makes it again by itself once the window is back, wherever
// that is, and it is shown once.

import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { met } from '../../../src/core/peers/book.ts';
import { parsePeerId } from '../../../src/core/peers/peerId.ts';
import { fileSource } from '../../../src/net/disk/fileSource.ts';
import { type Child, killChildren, startChild } from '../../support/childProcess.ts';
import { type HeadlessPeer, headlessPeer } from '../../support/headlessPeer.ts';
import { freeUdpPort } from '../../support/mdnsPort.ts';
import { eventually, removeTempFolders, tempFolder } from '../../support/temp.ts';

const kills = 3;

describe('An offer that waits in a window that is killed', () => {
  let sender: HeadlessPeer;
  let mdnsPort = 0;
  before(async () => {
    mdnsPort = await freeUdpPort();
    sender = await headlessPeer({ mdnsPort });
  });
  afterEach(killChildren);
  after(async () => {
    await sender.stop();
    await removeTempFolders();
  });

  const start = async (root: string): Promise<{ readonly child: Child; readonly port: number; readonly id: string }> => {
    const child = startChild('peerChild.ts', 'choose', root, String(mdnsPort));
    return { child, ...((await child.message()) as { port: number; id: string }) };
  };
  const ask = async ({ child }: { readonly child: Child }, what: string): Promise<unknown> => {
    child.send(what);
    return child.message();
  };

  it('is there again under the same id as soon as the window is, once, and is delivered when it is accepted', async () => {
    const root = await tempFolder();
    const path = join(root, 'waits.bin');
    await writeFile(path, 'waits');
    let window = await start(root);
    const id = parsePeerId(window.id);
    await sender.book.change(id, (entry) => met(entry, 'Grace'));
    await sender.online.directory.greet({ host: '127.0.0.1', port: window.port });
    const { size, file, open } = await fileSource(path);
    const { outcome, id: entryId } = sender.outbox.send({
      peer: { id, name: 'Grace', trust: 'known', windows: [], lastUsed: 0 },
      items: [{ offered: { kind: 'file', name: 'waits.bin', size, mediaType: 'application/octet-stream' }, file, open }],
      ...{ sealing: { kind: 'none' }, senderName: 'Ada' },
    });
    for (let time = 0; time < kills; time += 1) {
      assert.deepEqual(await ask(window, 'list'), ['waits.bin waiting']);
      await window.child.kill();
      const phases = ['interrupted', 'reaching', 'away'];
      const noticed = (): true | undefined =>
        phases.includes(sender.outbox.find(entryId)?.state.phase ?? '') ? true : undefined;
      await eventually(sender.outbox.onDidChange, noticed, 'the sender notices');
      window = await start(root);
    }
    assert.deepEqual(await ask(window, 'list'), ['waits.bin waiting']);
    assert.deepEqual(await ask(window, 'accept'), ['waits.bin received']);
    assert.equal((await outcome).phase, 'delivered');
    assert.deepEqual(
      (await readdir(join(root, 'received'))).filter((name) => !name.startsWith('.ferry-')),
      ['waits.bin'],
    );
    assert.equal(await readFile(join(root, 'received', 'waits.bin'), 'utf8'), 'waits');
  });
});

// A window that is killed at one step: `stepChild.ts FOLDER STEP NTH` asks for the item of FOLDER/item.json, or goes on with it
// where that was done before, and takes the bytes of FOLDER/stream into FOLDER/received. Before the NTHth call that changes the
// disk and reads like the regular expression STEP, it is killed; else it tells what has become of its entries.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { silentLog } from '../../src/core/base/log.ts';
import { isAccepted } from '../../src/core/receiving/entry.ts';
import { Inbox } from '../../src/core/receiving/inbox.ts';
import { InboxJournal } from '../../src/core/receiving/inboxJournal.ts';
import type { ItemBody } from '../../src/core/receiving/store.ts';
import type { PlainItem } from '../../src/core/wire/item.ts';
import { disk } from '../../src/net/disk/disk.ts';
import { openJournal } from '../../src/net/disk/journal.ts';
import { createReceiveStore } from '../../src/net/disk/receiveStore.ts';
import { peerIdOfNobody } from './peerIds.ts';

const [root = '', step = '', nth = '1'] = process.argv.slice(2);
const calls = ['chmod', 'link', 'mkdir', 'open', 'rename', 'rm', 'unlink', 'utimes', 'writeFile'];

function killAt(pattern: RegExp): void {
  let found = 0;
  for (const name of calls) {
    const real = Reflect.get(disk.promises, name) as (...words: unknown[]) => Promise<unknown>;
    Reflect.set(disk.promises, name, (...words: unknown[]) => {
      if (pattern.test([name, ...words.filter((word) => typeof word === 'string')].join(' ')) && (found += 1) === Number(nth))
        process.kill(process.pid, 'SIGKILL');
      return real.apply(disk.promises, words);
    });
  }
}

async function run(): Promise<void> {
  const bytes = await readFile(join(root, 'stream'));
  const item = JSON.parse(await readFile(join(root, 'item.json'), 'utf8')) as PlainItem;
  const peer = peerIdOfNobody(1);
  const journal = await openJournal(join(root, 'journal'), { log: silentLog });
  const folders = () => ({ folder: join(root, 'received'), storage: join(root, 'stored') });
  const store = createReceiveStore({ folders, keepFreeBytes: 0 });
  const inbox = new Inbox(store, { journal: new InboxJournal(journal, silentLog) });
  await inbox.restore(30);
  if (inbox.entries.length === 0)
    await inbox.ask({ id: peer, name: '' }, [item], [{ path: ['a'], etag: '"a"' }], { action: 'save' });
  for (const { id, offerId, state } of inbox.entries) {
    const [wanted] = (isAccepted(state) ? await inbox.wanted(id) : undefined) ?? [];
    if (wanted === undefined || wanted.complete === true) continue;
    await inbox.receiveItem(peer, offerId, 0, bodyOf(bytes, wanted.from), wanted.from === 0 ? undefined : wanted.from);
  }
  await inbox.idle();
  await journal.close();
  process.send?.(inbox.entries.map(({ state, received: [one] }) => ({ phase: state.phase, path: one?.path })));
  process.disconnect();
}

function bodyOf(bytes: Uint8Array, from: number): ItemBody {
  const rest = bytes.subarray(from);
  const digestOf = (of: Uint8Array): Promise<Uint8Array> => Promise.resolve(createHash('sha256').update(of).digest());
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < rest.length; at += 65_536) yield rest.subarray(at, at + 65_536);
  };
  return { bytes: pieces(), digest: () => digestOf(bytes), ownDigest: () => digestOf(rest), abort: () => undefined };
}

if (step !== '') killAt(new RegExp(step));
run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

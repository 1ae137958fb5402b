// A whole peer in a process of its own, to be killed.
//
//   peerChild.ts receive FOLDER              accepts what it is offered into FOLDER/received; tells its port and peer ID
//   peerChild.ts wait FOLDER                 the same, but answers no offer; says so when one waits
//   peerChild.ts choose FOLDER [MDNS_PORT]   accepts what is not called `waits.bin`; does what it is told, and answers with what
//                                            its entries are: `list` once an offer waits, `accept` what waits and answer once
//                                            nothing does nor moves, `remove` all of them for good
//   peerChild.ts starve FOLDER               accepts what it is offered; told `starve` it opens all files that it may, told
//                                            `feed` it closes them, and answers with how many that are
//   peerChild.ts send FOLDER PORT ID         sends bytes without end; says when they move

import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import { parsePeerId } from '../../src/core/peers/peerId.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import { onEntry } from './entries.ts';
import { endlessItem, type HeadlessPeer, headlessPeer } from './headlessPeer.ts';
import { ownIdentity } from './ownIdentity.ts';
import { eventually } from './temp.ts';

const [role = '', root = '', port = '0', id = ''] = process.argv.slice(2);
// What a killed process leaves in its temporary folder goes with the folder of the test.
process.env['TMPDIR'] = root;

async function run(): Promise<void> {
  const folder = join(root, 'received');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const identity = await ownIdentity(join(root, 'identity.json'));
  const peer = await headlessPeer({
    ...{ folder, identity, storage: join(root, 'storage') },
    ...(role === 'choose' && port !== '0' ? { mdnsPort: Number(port) } : {}),
    ...(role === 'receive' || role === 'starve' ? { answer: 'save' } : {}),
  });
  if (role === 'choose') choose(peer);
  if (role === 'starve') starve();
  if (role !== 'send') {
    if (role !== 'choose' && role !== 'starve') onEntry(peer.inbox.onDidChange, ({ state }) => process.send?.(state.phase));
    process.send?.({ port: peer.online.port, id: peer.identity.peerId });
    return;
  }
  let told = false;
  await peer.send(
    { id: parsePeerId(id), addresses: [{ host: '127.0.0.1', port: Number(port) }] },
    [endlessItem('a.bin', 2 ** 30)],
    {
      onState: (state) => {
        if (told || state.phase !== 'moving' || state.sent < 1 << 20) return;
        told = true;
        process.send?.('moving');
      },
    },
  );
}

function choose({ inbox }: HeadlessPeer): void {
  const named = ({ items: [item] }: InboxEntry): string => (item === undefined || item.kind === 'sealed' ? '' : item.name);
  const isNone = (...phases: readonly string[]): boolean => !inbox.entries.some(({ state }) => phases.includes(state.phase));
  const list = (): unknown => inbox.entries.map((entry) => `${named(entry)} ${entry.state.phase}`).toSorted();
  const told: Readonly<Record<string, () => Promise<unknown>>> = {
    list: () => eventually(inbox.onDidChange, () => (isNone('waiting') ? undefined : list()), 'an offer waits'),
    accept: async () => {
      for (const { id, state } of inbox.entries) if (state.phase === 'waiting') await inbox.accept(id, 'save');
      const isQuiet = (): boolean => isNone('waiting', 'receiving', 'paused');
      return eventually(inbox.onDidChange, () => (isQuiet() ? list() : undefined), 'nothing waits or moves');
    },
    remove: async () => {
      for (const { id } of inbox.entries) inbox.remove(id);
      await inbox.idle();
      return list();
    },
  };
  onEntry(inbox.onDidChange, (entry) => {
    if (entry.state.phase === 'waiting' && named(entry) !== 'waits.bin') void inbox.accept(entry.id, 'save');
  });
  process.on('message', (what: string) => {
    void told[what]?.().then((answer) => process.send?.(answer));
  });
}

function starve(): void {
  const held: FileHandle[] = [];
  process.on('message', (what: string) => {
    void (what === 'starve' ? openAll(held) : Promise.all(held.map((one) => one.close()))).then(() => {
      process.send?.(held.length);
      if (what === 'feed') held.length = 0;
    });
  });
}

async function openAll(held: FileHandle[]): Promise<void> {
  try {
    for (;;) held.push(await open('/dev/null', 'r'));
  } catch {
    // No more of them.
  }
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

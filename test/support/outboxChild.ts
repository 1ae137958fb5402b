// A peer in a process of its own that sends by its outbox, to be killed and started again on the same storage: told
// to `begin` it sends a folder, else it goes on with what its journal has. It says how that ended.
//
//   outboxChild.ts ROOT

import { join } from 'node:path';

import { met } from '../../src/core/peers/book.ts';
import { type PeerId, parsePeerId } from '../../src/core/peers/peerId.ts';
import type { Sealing } from '../../src/core/sending/deliver.ts';
import { isDone } from '../../src/core/sending/outgoing.ts';
import { folderItem } from '../../src/net/disk/tree/folderItem.ts';
import { headlessPeer } from './headlessPeer.ts';
import { freeUdpPort } from './mdnsPort.ts';
import { ownIdentity } from './ownIdentity.ts';
import { eventually } from './temp.ts';

/** What the child is told, as JSON. At the end it says a phase with what was left out late, or the code of an error. */
export type OutboxTold = {
  readonly port: number;
  readonly begin?: { readonly path: string; readonly peerId: string; readonly withSecrets: boolean; readonly sealed: boolean };
};

const [root = ''] = process.argv.slice(2);
// What a killed process leaves in its temporary folder goes with the folder of the test.
process.env['TMPDIR'] = root;
const identity = await ownIdentity(join(root, 'identity.json'));
// Nobody finds a way past the proxy of the test.
const mdnsPort = await freeUdpPort();
const peer = await headlessPeer({ identity, mdnsPort, storage: join(root, 'storage'), folder: join(root, 'received') });

async function carry({ port, begin }: OutboxTold): Promise<string> {
  const { outbox, book, online } = peer;
  await online.directory.greet({ host: '127.0.0.1', port });
  if (begin !== undefined) {
    const id: PeerId = parsePeerId(begin.peerId);
    await book.change(id, (entry) => met(entry, 'receiver'));
    const { item } = await folderItem(begin.path, { followGitignore: true, exclude: [], includeSecrets: begin.withSecrets });
    const sealing: Sealing = { kind: begin.sealed ? 'key' : 'none' };
    const receiver = { id, name: 'receiver', trust: 'known', windows: [], lastUsed: 0 } as const;
    outbox.send({ peer: receiver, items: [item], sealing, senderName: 'Ada' });
  } else {
    const [left] = outbox.entries;
    if (left === undefined) return 'nothing to go on with';
    // What cannot go on has failed then.
    await outbox.resume(left.id).catch(() => undefined);
  }
  const ended = await eventually(outbox.onDidChange, () => outbox.entries.find(({ state }) => isDone(state)), 'it ends');
  const { state, gone } = ended;
  if (state.phase !== 'failed') return `${state.phase}, ${gone?.() ?? 0} gone`;
  return `${state.error.code} ${String(state.error.detail['reason'] ?? '')}`.trim();
}

process.on('message', (told: string) => {
  void carry(JSON.parse(told) as OutboxTold).then(
    (end) => process.send?.(end),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.send?.('ready');

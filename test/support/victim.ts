// A whole peer in a process of its own, for others to attack. It measures itself and tells of it when it is asked:
//
//   victim.ts FOLDER MDNS_PORT HONEST_ID leave|cancel [SHARED_FOLDER PAIRED_ID…]
//
// Offers of the honest peer are accepted, and so are those that the fuzzer makes in good form; all others are left waiting, as
// with a person who is out, or cancelled at once. Messages: `reset`, `report`, `end`.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { met } from '../../src/core/peers/book.ts';
import { type PeerId, parsePeerId } from '../../src/core/peers/peerId.ts';
import type { InboxEntry } from '../../src/core/receiving/entry.ts';
import { withShare } from '../../src/core/sharing/shares.ts';
import { onEntry } from './entries.ts';
import { type HeadlessPeer, headlessPeer } from './headlessPeer.ts';
import { measureSelf, type SelfReport } from './selfMeasure.ts';

/** What the victim is, told once it is ready. */
export type VictimReady = { readonly port: number; readonly id: string };

/** What the victim says of itself since it was reset. */
export type VictimReport = SelfReport & {
  /** Offers of others than the honest peer that were shown, and how many waited at once. */
  readonly prompts: number;
  readonly mostWaiting: number;
  readonly waiting: number;
  readonly sightings: number;
};

/** What the fuzzer calls itself and its item where it wants them accepted. */
export const fuzzerName = 'fuzzer';
export const fuzzerItem = 'item.bin';

const receivingAtOnce = 100;

async function run([root = '', mdnsPort = '0', honestId = '', others = '', shared, ...paired]: readonly string[]): Promise<void> {
  const self = measureSelf();
  stayIn(root);
  const folder = join(root, 'received');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const peer = await headlessPeer({ name: 'victim', folder, mdnsPort: Number(mdnsPort) });
  const honest = parsePeerId(honestId);
  await acquaint(peer, { honest, shared, paired });
  const phases = new Map<string, string>();
  let [prompts, mostWaiting] = [0, 0];
  const waiting = (): number => peer.inbox.entries.filter(({ state }) => state.phase === 'waiting').length;
  const accepted: string[] = [];
  const isWanted = (entry: InboxEntry): boolean => {
    const [item] = entry.items;
    return entry.peer.id === honest || (entry.peer.name === fuzzerName && item?.kind === 'file' && item.name === fuzzerItem);
  };
  onEntry(peer.inbox.onDidChange, (entry) => {
    const before = phases.get(entry.id);
    phases.set(entry.id, entry.state.phase);
    if (entry.state.phase !== 'waiting' || before === 'waiting') {
      if (entry.state.phase !== 'waiting' && entry.state.phase !== 'receiving') phases.delete(entry.id);
      return;
    }
    if (isWanted(entry)) {
      accepted.push(entry.id);
      if (accepted.length > receivingAtOnce) peer.inbox.cancel(accepted.shift() ?? '');
      peer.inbox.accept(entry.id, 'save').catch(self.note);
      return;
    }
    prompts += 1;
    mostWaiting = Math.max(mostWaiting, waiting());
    if (others === 'cancel') setImmediate(() => peer.inbox.cancel(entry.id));
  });

  const reset = (): string => {
    self.reset();
    [prompts, mostWaiting] = [0, 0];
    return 'reset';
  };
  const report = (): VictimReport => {
    const sightings = peer.online.discovery.sightings().length;
    return { ...self.report(), prompts, mostWaiting, waiting: waiting(), sightings };
  };
  const end = async (): Promise<void> => {
    self.end();
    for (const { id } of peer.inbox.entries) peer.inbox.cancel(id);
    await peer.stop();
    process.disconnect();
  };
  process.on('message', (message) => {
    if (message === 'reset') process.send?.(reset());
    if (message === 'report') process.send?.(report());
    if (message === 'end') end().catch(self.note);
  });
  process.send?.({ port: peer.online.port, id: peer.identity.peerId } satisfies VictimReady);
}

type Others = { readonly honest: PeerId; readonly shared: string | undefined; readonly paired: readonly string[] };

/** The honest peer is known; a folder is shared with those who are paired. */
async function acquaint({ shares, book }: HeadlessPeer, { honest, shared: path, paired }: Others): Promise<void> {
  await book.change(honest, (entry) => met(entry, 'honest'));
  if (path !== undefined) await shares.change((all) => withShare(all, { name: 'shared', path, with: 'paired' }));
  for (const id of paired.map(parsePeerId)) await book.change(id, (entry) => ({ ...entry, trust: 'paired' }));
}

/** What is written without a place lands where it is looked for. */
function stayIn(root: string): void {
  process.env['TMPDIR'] = root;
  process.chdir(root);
}

if (import.meta.main) {
  run(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

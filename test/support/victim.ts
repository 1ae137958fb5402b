// A whole peer in a process of its own, for others to attack. It measures itself and tells of it when it is asked:
//
//   victim.ts FOLDER MDNS_PORT HONEST_ID leave|cancel
//
// Offers of the honest peer are accepted, and so are those that the fuzzer makes in good form; all others are left waiting, as with
// a person who is out, or cancelled at once. Messages: `reset`, `report`, `end`.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { met } from '../../src/core/book.ts';
import type { InboxEntry } from '../../src/core/inboxEntry.ts';
import { parsePeerId } from '../../src/core/peerId.ts';
import { headlessPeer } from './headlessPeer.ts';

/** What the victim is, told once it is ready. */
export type VictimReady = { readonly port: number; readonly id: string };

/** What the victim says of itself since it was reset. */
export type VictimReport = {
  /** Resident memory in MB after a garbage collection, and the most there was in between. */
  readonly rssMb: number;
  readonly peakMb: number;
  readonly loopP99Ms: number;
  readonly cpuMs: number;
  /** Offers of others than the honest peer that were shown, and how many waited at once. */
  readonly prompts: number;
  readonly mostWaiting: number;
  readonly waiting: number;
  /** TCP sockets that are open, the one that listens not counted. */
  readonly sockets: number;
  readonly sightings: number;
  /** Errors that nobody caught; each has its stack. */
  readonly uncaught: readonly string[];
};

/** What the fuzzer calls itself and its item where it wants them accepted. */
export const fuzzerName = 'fuzzer';
export const fuzzerItem = 'item.bin';

const receivingAtOnce = 100;
const sampleEveryMs = 50;

async function run([root = '', mdnsPort = '0', honestId = '', others = 'leave']: readonly string[]): Promise<void> {
  const uncaught: string[] = [];
  const note = (error: unknown): void => {
    if (uncaught.length < 20) uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  process.on('uncaughtException', note).on('unhandledRejection', note);
  process.env['TMPDIR'] = root;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  const folder = join(root, 'received');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const peer = await headlessPeer({ name: 'victim', folder, mdnsPort: Number(mdnsPort) });
  const honest = parsePeerId(honestId);
  await peer.book.change(honest, (entry) => met(entry, 'honest'));

  let [prompts, mostWaiting] = [0, 0];
  const phases = new Map<string, string>();
  const waiting = (): number => peer.inbox.entries.filter(({ state }) => state.phase === 'waiting').length;
  const accepted: string[] = [];
  const isWanted = (entry: InboxEntry): boolean => {
    const [item] = entry.items;
    return entry.peer.id === honest || (entry.peer.name === fuzzerName && item?.kind === 'file' && item.name === fuzzerItem);
  };
  peer.inbox.onDidChange((entry) => {
    const before = phases.get(entry.id);
    phases.set(entry.id, entry.state.phase);
    if (entry.state.phase !== 'waiting' || before === 'waiting') {
      if (entry.state.phase !== 'waiting' && entry.state.phase !== 'receiving') phases.delete(entry.id);
      return;
    }
    if (isWanted(entry)) {
      accepted.push(entry.id);
      if (accepted.length > receivingAtOnce) peer.inbox.cancel(accepted.shift() ?? '');
      peer.inbox.accept(entry.id, 'save').catch(note);
      return;
    }
    prompts += 1;
    mostWaiting = Math.max(mostWaiting, waiting());
    if (others === 'cancel') setImmediate(() => peer.inbox.cancel(entry.id));
  });

  let delay = monitorEventLoopDelay({ resolution: 1 });
  let cpu = process.cpuUsage();
  let peakMb = 0;
  const sample = setInterval(() => {
    peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1e6);
  }, sampleEveryMs);
  const reset = (): string => {
    collect();
    [prompts, mostWaiting, peakMb] = [0, 0, process.memoryUsage.rss() / 1e6];
    cpu = process.cpuUsage();
    delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    return 'reset';
  };
  const report = (): VictimReport => {
    delay.disable();
    if ('polluted' in {}) note('the prototype of all objects has a new member');
    const { user, system } = process.cpuUsage(cpu);
    const loopP99Ms = delay.percentile(99) / 1e6;
    collect();
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const sightings = peer.online.discovery.sightings().length;
    const rssMb = process.memoryUsage.rss() / 1e6;
    const counts = { prompts, mostWaiting, waiting: waiting(), sockets, sightings };
    return { rssMb, peakMb: Math.max(peakMb, rssMb), loopP99Ms, cpuMs: (user + system) / 1000, ...counts, uncaught };
  };
  const end = async (): Promise<void> => {
    clearInterval(sample);
    await peer.stop();
    process.disconnect();
  };
  process.on('message', (message) => {
    if (message === 'reset') process.send?.(reset());
    if (message === 'report') process.send?.(report());
    if (message === 'end') end().catch(note);
  });
  const ready: VictimReady = { port: peer.online.port, id: peer.identity.peerId };
  process.send?.(ready);
}

if (import.meta.main) {
  run(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

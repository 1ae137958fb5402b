// A peer in a process of its own, as the benchmark starts it: it does what it is told over the channel to its parent, and
// measures itself. It ends with its parent.

import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { Address } from '../../src/core/peers/address.ts';
import { met, withAddress } from '../../src/core/peers/book.ts';
import type { Dial } from '../../src/core/peers/link.ts';
import { sealOutgoing } from '../../src/core/sealing/items.ts';
import { isDone, type OutgoingState } from '../../src/core/sending/outgoing.ts';
import { transfer } from '../../src/core/sending/transfer.ts';
import type { ItemSource, OutgoingItem } from '../../src/core/wire/item.ts';
import { createIdentity, type Identity, parseIdentity, serialiseIdentity } from '../../src/net/connection/identity.ts';
import { createDialler } from '../../src/net/dialling/dialler.ts';
import { fileSource } from '../../src/net/disk/fileSource.ts';
import { folderItem } from '../../src/net/disk/tree/folderItem.ts';
import { type HeadlessPeer, headlessPeer } from '../support/headlessPeer.ts';
import { eventually, removeTempFolders } from '../support/temp.ts';
import type { Answer, Calls, Question, Target, Usage } from './lib/calls.ts';

const sampleEveryMs = 100;
const everything = { followGitignore: false, exclude: [], includeSecrets: true };

let identity = await createIdentity();
let peer: HeadlessPeer | undefined;
let watching: { stop(): Usage } | undefined;

const handlers: { [Name in keyof Calls]: (ask: Calls[Name]['ask']) => Promise<Calls[Name]['answer']> } = {
  async start({ folder, mdnsPort, storage, unsynced }) {
    const at = now();
    if (unsynced === true) await takeSyncsAway(folder);
    if (storage !== undefined) identity = await keptIdentity(storage);
    peer = await headlessPeer({
      identity,
      answer: 'save',
      unasked: true,
      folder,
      mdnsPort,
      ...(storage === undefined ? {} : { storage }),
    });
    return { at, peerId: identity.peerId, port: peer.address.port, sealKey: identity.sealKey };
  },
  async stop() {
    const at = now();
    await peer?.stop();
    return { at };
  },
  async send({ to, paths, perOffer, cold, sealed }) {
    const times: number[] = [];
    for (let first = 0; first < paths.length; first += perOffer) {
      const begun = performance.now();
      await sendFiles(to, paths.slice(first, first + perOffer), { cold, sealed });
      times.push(performance.now() - begun);
    }
    return { times };
  },
  async sendFolder({ to, path }) {
    const begun = performance.now();
    const { item } = await folderItem(path, everything);
    await sendItems(to, [{ ...item, resumes: true }], running().online.dial);
    return { ms: performance.now() - begun };
  },
  async deliver({ to, peerId, path }) {
    const { outbox, book, online } = running();
    await book.change(peerId, (entry) => met(entry, 'receiver'));
    await online.directory.greet(to);
    const receiver = { id: peerId, name: 'receiver', trust: 'known', windows: [], lastUsed: 0 } as const;
    const delivery = { peer: receiver, items: [await itemAt(path)], sealing: { kind: 'none' }, senderName: 'sender' } as const;
    return endOf(outbox.send(delivery).id);
  },
  async goOn({ to }) {
    const { outbox, online } = running();
    await online.directory.greet(to);
    const [left] = outbox.entries;
    if (left === undefined) return { phase: 'unknown' };
    // What cannot go on has failed then.
    if (!isDone(left.state)) await outbox.resume(left.id).catch(() => undefined);
    return endOf(left.id);
  },
  sees: ({ peerId, present }) =>
    new Promise((resolve) => {
      const { directory } = running().online;
      const look = (): void => {
        void directory.greetNew();
        const there = directory.peers.some((found) => found.id === peerId && found.windows.length > 0);
        if (there !== present) return;
        subscription.dispose();
        resolve({ at: now() });
      };
      const subscription = directory.onDidChange(look);
      look();
    }),
  async write({ to, count }) {
    const { book, messages } = running();
    await book.change(to.peerId, (entry) => withAddress(met(entry, 'receiver'), { host: '127.0.0.1', port: to.port }));
    const at: number[] = [];
    for (let n = 0; n < count; n += 1) {
      at.push(now());
      const sent = await messages.send({ id: to.peerId, name: 'receiver' }, `message ${n}`);
      const isDelivered = (): true | undefined => messages.find(sent)?.state.phase === 'delivered' || undefined;
      await eventually(messages.onDidChange, isDelivered, 'a message is delivered');
    }
    return { at };
  },
  async hears({ peerId, count }) {
    const { book, messages } = running();
    await book.change(peerId, (entry) => met(entry, 'sender'));
    const at: number[] = [];
    messages.onDidArrive(() => at.push(now()));
    await eventually(messages.onDidArrive, () => (at.length >= count ? true : undefined), 'messages arrive');
    return { at };
  },
  async watch() {
    watching = watch();
    return {};
  },
  async watched() {
    if (watching === undefined) throw new Error('nothing was being watched');
    return watching.stop();
  },
};

async function sendFiles(
  to: Target,
  paths: readonly string[],
  { cold, sealed }: { readonly cold: boolean; readonly sealed: boolean },
): Promise<void> {
  const { signal } = new AbortController();
  const items: OutgoingItem[] = [];
  for (const path of paths) {
    const { size, open } = await fileSource(path);
    const source = {
      offered: { kind: 'file', name: basename(path), size, mediaType: 'application/octet-stream' },
      open,
    } as const;
    const { kty, crv, x, y } = to.sealKey;
    items.push(sealed ? await sealOutgoing(source, { kind: 'key', key: { kty, crv, x, y } }, signal) : source);
  }
  const dialler = cold ? createDialler(identity) : undefined;
  await sendItems(to, items, dialler?.dial ?? running().online.dial);
  dialler?.close();
}

/** Waits for the end of a transfer, and takes it out of the list. */
async function endOf(id: string): Promise<{ readonly phase: string }> {
  const { outbox } = running();
  const ended = await new Promise<OutgoingState>((resolve) => {
    const look = (): void => {
      const state = outbox.find(id)?.state;
      if (state === undefined || !isDone(state)) return;
      subscription.dispose();
      resolve(state);
    };
    const subscription = outbox.onDidChange(look);
    look();
  });
  // Once the outbox has done with it.
  await new Promise((done) => setImmediate(done));
  outbox.remove(id);
  return { phase: ended.phase === 'failed' ? `failed ${ended.error.code}` : ended.phase };
}

async function itemAt(path: string): Promise<ItemSource> {
  if ((await stat(path)).isDirectory()) return (await folderItem(path, everything)).item;
  const { size, file, open } = await fileSource(path);
  return { offered: { kind: 'file', name: basename(path), size, mediaType: 'application/octet-stream' }, file, open };
}

/** From now on no file of this process waits for the disk. */
async function takeSyncsAway(folder: string): Promise<void> {
  const file = await open(folder, 'r');
  const handles: unknown = Object.getPrototypeOf(file);
  await file.close();
  if (typeof handles !== 'object' || handles === null) throw new Error('file handles have no prototype');
  for (const name of ['sync', 'datasync']) Reflect.set(handles, name, () => Promise.resolve());
}

/** The same one for every process on a storage. */
async function keptIdentity(storage: string): Promise<Identity> {
  const path = join(storage, 'identity.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) return parseIdentity(text);
  await writeFile(path, serialiseIdentity(identity), { mode: 0o600 });
  return identity;
}

async function sendItems({ peerId, port }: Target, items: readonly OutgoingItem[], dial: Dial): Promise<void> {
  const addresses = (): Promise<readonly Address[]> => Promise.resolve([{ host: '127.0.0.1', port }]);
  const { signal } = new AbortController();
  const outcome = await transfer({ peerId, senderName: 'bench', items, addresses }, { dial, signal, onState: () => undefined });
  if (outcome.phase === 'failed') throw outcome.error;
  if (outcome.phase !== 'delivered') throw new Error(`the transfer ended as ${outcome.phase}`);
}

function running(): HeadlessPeer {
  if (peer === undefined) throw new Error('the peer was not started');
  return peer;
}

/** The time on a clock that all processes of this machine share, in milliseconds. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function watch(): { stop(): Usage } {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const samples: [number, number][] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const timer = setInterval(() => {
    samples.push([(performance.now() - begun) / 1000, process.memoryUsage.rss() / 1e6]);
  }, sampleEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      delay.disable();
      const { user, system } = process.cpuUsage(cpu);
      const peakMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
      const [loopP99Ms, loopMostMs] = [delay.percentile(99) / 1e6, delay.max / 1e6];
      return { cpuSeconds: (user + system) / 1e6, loopP99Ms, loopMostMs, peakMb, samples };
    },
  };
}

async function answerTo<Name extends keyof Calls>(name: Name, ask: Calls[Name]['ask']): Promise<Calls[Name]['answer']> {
  return handlers[name](ask);
}

process.on('message', (question: Question) => {
  const { id } = question;
  const reply = (answer: Answer): unknown => process.send?.(answer);
  answerTo(question.name, question.ask).then(
    (answer) => reply({ id, answer }),
    (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.once('disconnect', () => {
  void removeTempFolders().finally(() => process.exit());
});
process.send?.({ id: 0, answer: {} } satisfies Answer);

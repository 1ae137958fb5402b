// Mutated requests against a listener in a process of its own, over connections with a certificate, many at once: each is
// answered or closed in time, nothing goes uncaught, an honest peer gets through, memory stays, and no file is left that should
// not be there.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { limits } from '../../src/core/base/limits.ts';
import { parsePeerId } from '../../src/core/peers/peerId.ts';
import { sharedEntries } from '../../src/core/sharing/getting/browse.ts';
import { createIdentity, type Identity } from '../../src/net/connection/identity.ts';
import { createDialler } from '../../src/net/dialling/dialler.ts';
import { type Child, startChild } from '../support/childProcess.ts';
import { memoryItem } from '../support/headlessPeer.ts';
import { hangMs, sendHonestly } from '../support/honest.ts';
import { freeUdpPort } from '../support/mdnsPort.ts';
import { tempFolder } from '../support/temp.ts';
import type { VictimReady, VictimReport } from '../support/victim.ts';
import { Conversation } from './conversation.ts';
import { type Dice, diceOf } from './dice.ts';
import { exchangeOf, itemBytes } from './exchanges.ts';
import { mutantOf } from './mutate.ts';

export type FuzzOptions = {
  readonly count: number;
  readonly seed: number;
  /** How many quiet connections are left open, to see that the listener ends them by itself. */
  readonly leftOpen: number;
  readonly onProgress?: (done: number) => void;
};

export type FuzzReport = {
  readonly cases: number;
  readonly connections: number;
  /** How the cases ended: by status, `closed` or `quiet`, which was closed after a farewell. */
  readonly endings: Readonly<Record<string, number>>;
  readonly honestSends: number;
  readonly slowestSendMs: number;
  readonly filesKept: number;
  /**
   * How much more memory the listener holds at the end than after the first tenth. It grows by 100 MB in the first 8 000 cases,
   * until buffers and code are where they stay, so that this says something only where a tenth is as many.
   */
  readonly rssGrowthMb: number;
  /** The same of what lives on its heap, which is flat from the beginning: whatever is kept for a request shows here first. */
  readonly heapGrowthMb: number;
  /** What must not have happened; each names its case. */
  readonly failures: readonly string[];
};

const workers = 40;
const keys = 8;
/**
 * So many of the keys are paired with the listener, which shares a folder with them. More could fill the places of waiting offers
 * that strangers cannot fill, and keep the honest peer out.
 */
const pairedKeys = 1;
const honestEveryMs = 1_000;
/** A connection that says nothing whole is over after this deadline; one that is open after so much longer was forgotten. */
const forgottenMs = limits.headersMs + hangMs;

/** A key, and the ids of what is shared with it. */
type Fuzzer = Identity & { readonly shared: readonly string[] };

type State = {
  readonly options: FuzzOptions;
  readonly port: number;
  readonly identities: readonly Fuzzer[];
  readonly endings: Record<string, number>;
  readonly failures: string[];
  readonly left: Promise<void>[];
  next: number;
  connections: number;
};

/** Runs the cases 0 to `count` of a seed. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const [honest, root, mdnsPort] = [await createIdentity(), await tempFolder(), await freeUdpPort()];
  const identities = await Promise.all(Array.from({ length: keys }, createIdentity));
  const shared = await sharedFolder();
  const paired = identities.slice(0, pairedKeys).map(({ peerId }) => peerId);
  const victim = startChild('victim.ts', root, String(mdnsPort), honest.peerId, 'cancel', shared, ...paired);
  try {
    const ready = (await victim.message()) as VictimReady;
    const fuzzers = await Promise.all(identities.map((one) => asFuzzer(one, ready, paired.includes(one.peerId))));
    const state: State = {
      options,
      port: ready.port,
      identities: fuzzers,
      endings: {},
      failures: [],
      left: [],
      next: 0,
      connections: 0,
    };
    const run = (until: number): Promise<unknown> => Promise.all(Array.from({ length: workers }, () => work(state, until)));
    const side = besides(state, ready, honest, join(root, 'received'));
    await run(Math.ceil(options.count / 10));
    const before = await report(victim);
    await run(options.count);
    await Promise.all(state.left);
    const { sends, files } = await side.end();
    const after = await report(victim);
    victim.send('end');
    await victim.ended();
    state.failures.push(...after.uncaught, ...(await leftovers(root)));
    return {
      cases: state.next,
      connections: state.connections,
      endings: Object.fromEntries(Object.entries(state.endings).toSorted()),
      honestSends: sends.length,
      slowestSendMs: Math.max(0, ...sends),
      filesKept: files,
      rssGrowthMb: after.rssMb - before.rssMb,
      heapGrowthMb: after.heapMb - before.heapMb,
      failures: state.failures,
    };
  } finally {
    await victim.kill();
  }
}

/** Three files of some bytes each. */
async function sharedFolder(): Promise<string> {
  const folder = await tempFolder();
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, name), name.repeat(100));
  return folder;
}

/** Lists what is shared with a key that is paired. */
async function asFuzzer(identity: Identity, { port, id }: VictimReady, isPaired: boolean): Promise<Fuzzer> {
  if (!isPaired) return { ...identity, shared: [] };
  const signal = AbortSignal.timeout(hangMs);
  const dialler = createDialler(identity);
  const link = await dialler.dial({ host: '127.0.0.1', port }, parsePeerId(id), signal);
  const [share] = await sharedEntries(link, undefined, signal);
  const files = await sharedEntries(link, share?.id, signal);
  link.close();
  dialler.close();
  return { ...identity, shared: [share?.id ?? '', ...files.map((file) => file.id)] };
}

async function work(state: State, until: number): Promise<void> {
  let conversation: Conversation<Fuzzer> | undefined;
  let casesLeft = 0;
  while (state.next < until && state.failures.length < 20) {
    const number = state.next++;
    const dice = diceOf(state.options.seed, number);
    if (conversation?.isOpen !== true || casesLeft === 0) {
      await retire(state, conversation, number);
      conversation = await connect(state, dice);
      casesLeft = dice.chance(0.3) ? 1 : 1 + dice.roll(40);
      if (conversation === undefined) {
        state.failures.push(`case ${number}: no connection`);
        return;
      }
    }
    casesLeft -= 1;
    conversation = await runCase(state, conversation, { number, dice });
    if (number % 10_000 === 0) state.options.onProgress?.(number);
  }
  await retire(state, conversation, state.next);
}

/** Runs one case; gives the conversation back where another can follow on it. */
async function runCase(
  state: State,
  conversation: Conversation<Fuzzer>,
  { number, dice }: { readonly number: number; readonly dice: Dice },
): Promise<Conversation<Fuzzer> | undefined> {
  const exchange = exchangeOf(dice, conversation.identity.shared);
  const bytes = mutantOf(exchange, dice);
  if (exchange.first !== undefined) await conversation.ask(exchange.first);
  const ending = await conversation.ask(bytes, { isHead: bytes.subarray(0, 5).toString('latin1') === 'HEAD ' });
  const kind = ending.kind === 'answered' ? String(ending.status) : ending.kind;
  state.endings[kind] = (state.endings[kind] ?? 0) + 1;
  if (ending.kind !== 'quiet') return conversation;
  if (exchange.first === undefined && dice.chance(0.1) && state.left.length < state.options.leftOpen) {
    state.left.push(leave(state, number, bytes));
  }
  await retire(state, conversation, number, bytes);
  return undefined;
}

/** The case alone on a connection of its own, which the listener has to answer late, or to end without being asked. */
async function leave(state: State, number: number, bytes: Buffer): Promise<void> {
  const alone = await connect(state, diceOf(state.options.seed, number));
  if (alone === undefined || (await alone.ask(bytes)).kind !== 'quiet' || (await alone.settles(forgottenMs))) return;
  state.failures.push(`case ${number} is neither answered nor closed after ${forgottenMs} ms: ${shown(bytes)}`);
}

async function retire(
  state: State,
  conversation: Conversation<Fuzzer> | undefined,
  number: number,
  bytes?: Buffer,
): Promise<void> {
  if (conversation === undefined || (await conversation.end(hangMs))) return;
  state.failures.push(`case ${number} did not end within ${hangMs} ms${bytes === undefined ? '' : `: ${shown(bytes)}`}`);
}

async function connect(state: State, dice: Dice): Promise<Conversation<Fuzzer> | undefined> {
  // One may be turned away to make room for the others, and more so where handshakes take long.
  for (const until = performance.now() + hangMs; performance.now() < until; ) {
    state.connections += 1;
    const conversation = await Conversation.open(state.port, dice.pick(state.identities));
    if (conversation !== undefined) return conversation;
    await wait(50);
  }
  return undefined;
}

function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1').slice(0, 2_000));
}

/** What goes on meanwhile: an honest peer sends, and files that were received are looked at and taken away. */
function besides(
  { failures }: State,
  victim: VictimReady,
  honest: Identity,
  folder: string,
): { end(): Promise<{ readonly sends: readonly number[]; readonly files: number }> } {
  const ended = new AbortController();
  const to = { id: parsePeerId(victim.id), address: { host: '127.0.0.1', port: victim.port } };
  const sends: number[] = [];
  let files = 0;
  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const begun = performance.now();
      const phase = await sendHonestly(honest, to, memoryItem('honest.bin', honestBytes));
      sends.push(performance.now() - begun);
      if (phase !== 'delivered') failures.push(`a file of an honest peer ended as ${phase}`);
      files += await clear(folder, failures);
      await wait(honestEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    files += await clear(folder, failures);
  };
  const looping = loop();
  return {
    end: async () => {
      ended.abort();
      await looping;
      return { sends, files };
    },
  };
}

const honestBytes = Buffer.alloc(65_536, 'honest');

/** Takes the received files away; every one must hold what it was sent with. */
async function clear(folder: string, failures: string[]): Promise<number> {
  let count = 0;
  for (const name of await readdir(folder)) {
    if (name.endsWith('.part')) continue;
    const path = join(folder, name);
    const bytes = await readFile(path);
    if (!bytes.equals(itemBytes) && !bytes.equals(honestBytes))
      failures.push(`${name} holds ${bytes.length} bytes that nobody sent`);
    await rm(path);
    count += 1;
  }
  return count;
}

async function leftovers(root: string): Promise<readonly string[]> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => !entry.isDirectory());
  const names = files
    .filter(
      ({ name, parentPath }) => !['peers.json', 'shares.json', 'gets.json'].includes(name) && basename(parentPath) !== 'journal',
    )
    .map(({ name }) => name);
  return names.map((name) => `${name} was left behind`);
}

async function report(victim: Child): Promise<VictimReport> {
  victim.send('report');
  return (await victim.message()) as VictimReport;
}

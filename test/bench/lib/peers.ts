// Peers in processes of their own, as the parts of the benchmark use them. What runs there is bundled as the extension is: Node
// running TypeScript itself would add the weight of its type stripper to every measurement.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { build } from 'esbuild';

import { ownMdnsPort } from '../../support/mdnsPort.ts';
import type { Answer, Calls, Target } from './calls.ts';

/** Ending takes far less; a process that hangs is not waited for. */
const endMs = 10_000;

type Ask = <Name extends keyof Calls>(name: Name, ask: Calls[Name]['ask']) => Promise<Calls[Name]['answer']>;

/** Who waits for which answer, by the number of the question. */
type Waiting = Map<number, { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }>;

/** One process with a peer in it. */
export type PeerProcess = {
  /** Where it receives; cleared by the parts between their rounds. */
  readonly folder: string;
  readonly ask: Ask;
  /** Starts its peer; `unsynced` as in Calls. */
  readonly start: (how?: { readonly unsynced: boolean }) => Promise<Calls['start']['answer']>;
  /** Ends the process. */
  readonly end: () => Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  readonly kill: () => Promise<void>;
};

/** A sender and a receiver that are started, and where to send to. */
export type Pair = { readonly sender: PeerProcess; readonly receiver: PeerProcess; readonly to: Target };

/** Gives `work` as many processes as it has names, and ends them in the end. */
export async function withProcesses<T>(
  root: string,
  names: readonly string[],
  work: (processes: readonly PeerProcess[]) => Promise<T>,
): Promise<T> {
  const entry = await bundlePeer(root);
  const processes: PeerProcess[] = [];
  try {
    for (const name of names) processes.push(await startProcess(entry, await newFolder(join(root, name))));
    return await work(processes);
  } finally {
    await Promise.all(processes.map((one) => one.end()));
  }
}

/** Gives `work` a sender and a receiver in two processes. */
export async function withPair<T>(root: string, work: (pair: Pair) => Promise<T>): Promise<T> {
  return withProcesses(root, ['sender', 'receiver'], async ([sender, receiver]) => {
    if (sender === undefined || receiver === undefined) throw new Error('a process is missing');
    await sender.start();
    const { peerId, port, sealKey } = await receiver.start();
    return work({ sender, receiver, to: { peerId, port, sealKey } });
  });
}

/** Bundles what runs in the processes into `folder`, and gives the path of the script. */
export async function bundlePeer(folder: string): Promise<string> {
  const outfile = join(folder, 'peer.mjs');
  await build({
    entryPoints: [resolve(import.meta.dirname, '..', 'peerProcess.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    mainFields: ['module', 'main'],
    external: ['original-fs'],
    logLevel: 'warning',
    // CommonJS libraries ask for Node's own modules by `require`, which a module does not have by itself.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

async function newFolder(path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 });
  return path;
}

/** Starts the bundled script; its peer will receive into `folder`. */
export async function startProcess(entry: string, folder: string): Promise<PeerProcess> {
  const child = fork(entry, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const waiting: Waiting = new Map();
  const ready = new Promise<unknown>((resolve, reject) => waiting.set(0, { resolve, reject }));
  child.on('message', (message: Answer) => {
    const settle = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) settle?.reject(new Error(message.error));
    else settle?.resolve(message.answer);
  });
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('a process of the benchmark ended before it answered'));
  });
  await ready;
  const ask = asking(child, waiting);
  return {
    folder,
    ask,
    start: async (how = { unsynced: false }) => ask('start', { folder, mdnsPort: await ownMdnsPort(), ...how }),
    end: async () => {
      const late = setTimeout(() => child.kill('SIGKILL'), endMs);
      await ask('stop', {}).catch(() => undefined);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(late);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function asking(child: ChildProcess, waiting: Waiting): Ask {
  let count = 0;
  return <Name extends keyof Calls>(name: Name, ask: Calls[Name]['ask']) =>
    new Promise<Calls[Name]['answer']>((resolve, reject) => {
      if (!child.connected) {
        reject(new Error('a process of the benchmark is gone'));
        return;
      }
      count += 1;
      waiting.set(count, { resolve: (answer) => resolve(answer as Calls[Name]['answer']), reject });
      child.send({ id: count, name, ask });
    });
}

// The command line in a process of its own, as a script starts it: its words, its standard streams, its exit code. With `json`
// what it says is read as it comes.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

import { ownMdnsPort } from './mdnsPort.ts';

/** One line of `--json`. */
export type Fact = { readonly event: string } & Readonly<Record<string, unknown>>;

export type Ferry = {
  readonly pid: number;
  /** All that it has said so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first line of `--json` that is of this event and passes `test`; fails where it ends before. */
  fact(event: string, test?: (fact: Fact) => boolean): Promise<Fact>;
  /** The first line that is JSON and passes `test`; fails where it ends before. */
  json(test: (value: unknown) => boolean): Promise<unknown>;
  /** Writes to its standard input. */
  write(text: string): void;
  /** Ends its standard input. */
  end(): void;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, once it is over; null where it was killed. */
  readonly ended: Promise<number | null>;
};

export type FerryOptions = {
  /** Its data folder. */
  readonly data: string;
  /** What it calls itself. */
  readonly name?: string;
  /** Whether its standard input stays open; it has none otherwise. */
  readonly input?: boolean;
  /** Another program than the sources. */
  readonly program?: readonly string[];
  /** The network namespace that it runs in, and whose network it uses; this machine alone otherwise. */
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** How the sources are started. */
export const ferrySources: readonly string[] = [process.execPath, join(import.meta.dirname, '../../src/cli/ferry.ts')];

const running = new Set<ChildProcess>();

/** Starts it. */
export async function startFerry(words: readonly string[], options: FerryOptions): Promise<Ferry> {
  const { data, name = 'cli', input = false, program = ferrySources, namespace, env = {} } = options;
  const [command = '', ...first] = namespace === undefined ? program : ['ip', 'netns', 'exec', namespace, ...program];
  const where = namespace === undefined ? ['--local'] : [];
  const child = spawn(command, [...first, ...words, ...where, '--data', data, '--own-name', name], {
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, FERRY_TEST_MDNS_PORT: String(await ownMdnsPort()), ...env },
  });
  running.add(child);
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) => {
      said[stream] += chunk.toString();
      tell();
    });
  }
  // One that ends before it has read everything is what some tests want.
  child.stdin?.on('error', () => undefined);
  let isOver = false;
  const ended = new Promise<number | null>((done) => {
    child.once('close', (code) => {
      running.delete(child);
      isOver = true;
      tell();
      done(code);
    });
  });
  const json = lineFinder({ listeners, text: () => said.stdout, isOver: () => isOver, rest: () => said.stderr });
  return {
    ...{ pid: child.pid ?? 0, stdout: () => said.stdout, stderr: () => said.stderr, ended },
    json,
    fact: async (event, test = () => true) =>
      (await json((value) => (value as Fact).event === event && test(value as Fact))) as Fact,
    write: (text) => void child.stdin?.write(text),
    end: () => void child.stdin?.end(),
    kill: (signal) => void child.kill(signal),
  };
}

type Output = {
  /** Called with whatever comes. */
  readonly listeners: Set<() => void>;
  readonly text: () => string;
  readonly rest: () => string;
  readonly isOver: () => boolean;
};

function lineFinder({ listeners, text, rest, isOver }: Output): Ferry['json'] {
  return (test) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = valuesIn(text()).find(test);
        if (found === undefined && !isOver()) return;
        listeners.delete(look);
        if (found === undefined) reject(new Error(`it ended without that line: ${text()}${rest()}`));
        else resolve(found);
      };
      listeners.add(look);
      look();
    });
}

/** Runs it to its end. */
export async function runFerry(
  words: readonly string[],
  options: FerryOptions & { readonly stdin?: string },
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const ferry = await startFerry(words, { ...options, input: options.stdin !== undefined });
  if (options.stdin !== undefined) {
    ferry.write(options.stdin);
    ferry.end();
  }
  const code = await ferry.ended;
  return { code, stdout: ferry.stdout(), stderr: ferry.stderr() };
}

/** Ends those that still run. */
export async function endFerries(): Promise<void> {
  const ends = [...running].map((child) => new Promise((done) => child.once('close', done)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
}

/** The whole lines of `--json` in a text. */
export function factsIn(text: string): readonly Fact[] {
  return valuesIn(text) as readonly Fact[];
}

function valuesIn(text: string): readonly unknown[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

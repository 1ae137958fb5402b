// A simulated disk behind the part of `fs.promises` that Ferry's storage uses. It can stop at each step, as a machine whose power
// is cut does, and shows what may be left then: of names and sectors that were not synced any, torn ones too. Syncs, writes and
// space fail where a test says so. Seeded: the same seed gives the same run.

import { constants } from 'node:fs';
import { basename, dirname } from 'node:path';

import type { DiskPort } from '../../src/net/disk/disk.ts';
import { seeded } from './seeded.ts';
import { nodeAfterCut, SimFile, SimFolder, type SimNode } from './simNodes.ts';

/** What changes the disk, and so what it can stop at. */
export type SimStep = 'create' | 'mkdir' | 'link' | 'rename' | 'unlink' | 'write' | 'sync' | 'syncFolder';

export type SimOptions = {
  readonly seed: number;
  /** The step, counted from 1, whose answer never comes; whether it was done is left to chance. */
  readonly stopAt?: number;
  /** Gives a system's code where a step fails. */
  readonly fail?: (step: SimStep, number: number) => string | undefined;
  /** Bytes that all files together may have. */
  readonly space?: number;
};

/** The disk of a machine, from its start to its end. */
export class SimDisk {
  readonly port: DiskPort;
  /** Resolves once the machine stops. */
  readonly stopped: Promise<void>;
  /** How many steps there were. */
  steps = 0;
  readonly #options: SimOptions;
  readonly #random: (end: number) => number;
  readonly #root: SimFolder;
  readonly #stop: () => void;
  #isStopped = false;

  constructor(options: SimOptions, root = new SimFolder()) {
    this.#options = options;
    this.#random = seeded(options.seed);
    this.#root = root;
    const stopped = Promise.withResolvers<undefined>();
    this.stopped = stopped.promise;
    this.#stop = () => {
      this.#isStopped = true;
      stopped.resolve(undefined);
    };
    // What is not simulated is not there, so that a test that needs it fails.
    this.port = this.#calls() as unknown as DiskPort;
  }

  /** Stops the machine, and gives the disk that it starts with again. */
  cutPower(options: SimOptions = { seed: this.#random(1 << 30) }): SimDisk {
    this.#stop();
    const kept = [0, 1, 4, 7, 8][this.#random(5)] ?? 0;
    const root = nodeAfterCut(this.#root, { random: this.#random, kept, after: new Map() });
    return new SimDisk(options, root instanceof SimFolder ? root : new SimFolder());
  }

  /** Kills the processes alone, and gives the disk as the next ones see it: nothing is lost, and nothing more is synced. */
  kill(options: SimOptions): SimDisk {
    this.#stop();
    return new SimDisk(options, this.#root);
  }

  #calls(): Record<string, unknown> {
    return {
      chmod: (path: string) => this.#look(() => this.#node(path)),
      mkdir: (path: string) => this.#mkdir(path),
      open: (path: string, flags: string | number) => this.#open(path, flags),
      readdir: (path: string) => this.#look(() => [...this.#folder(path).names.keys()]),
      readFile: async (path: string, encoding?: BufferEncoding) => (await this.#open(path, 'r')).readFile(encoding),
      rename: (from: string, to: string) => this.#step('rename', () => this.#rename(from, to)),
      unlink: (path: string) => this.#step('unlink', () => this.#unlink(path)),
      watch: (_: string, { signal }: { readonly signal: AbortSignal }) => nothingUntil(signal),
      writeFile: async (path: string, data: string | Uint8Array, { flag = 'w' }: { readonly flag?: string }) =>
        (await this.#open(path, flag)).writeFile(data),
    };
  }

  /** What changes nothing: it takes its turn, and after the stop it has no answer. */
  async #look<T>(work: () => T): Promise<T> {
    // Others go first, now and again, so that runs differ in their order.
    for (let turns = this.#random(4); turns > 0; turns -= 1) await Promise.resolve();
    return this.#isStopped ? new Promise<T>(() => undefined) : work();
  }

  #step<T>(step: SimStep, work: () => T, failed?: () => void): Promise<T> {
    return this.#look(() => {
      this.steps += 1;
      if (this.steps === this.#options.stopAt) {
        this.#stop();
        if (this.#random(2) === 0) work();
        return new Promise<T>(() => undefined);
      }
      const code = this.#options.fail?.(step, this.steps);
      if (code === undefined) return work();
      failed?.();
      throw systemError(code, step);
    }) as Promise<T>;
  }

  /** Gives the first folder that was not there. */
  async #mkdir(path: string): Promise<string | undefined> {
    if (this.#find(path) instanceof SimFolder) return undefined;
    const first = (await this.#mkdir(dirname(path))) ?? path;
    await this.#step('mkdir', () => this.#folder(dirname(path)).set(basename(path), new SimFolder()));
    return first;
  }

  async #open(path: string, flags: string | number): Promise<SimHandle> {
    const has = (letter: string, flag: number): boolean =>
      typeof flags === 'string' ? flags.includes(letter) : (flags & flag) !== 0;
    const found = await this.#look(() => this.#find(path));
    if (has('x', constants.O_EXCL) || (has('w', constants.O_CREAT) && found === undefined)) {
      await this.#step('create', () => {
        if (this.#find(path) !== undefined && has('x', constants.O_EXCL)) throw systemError('EEXIST', path);
        if (this.#find(path) === undefined) this.#folder(dirname(path)).set(basename(path), new SimFile());
      });
    }
    const node = this.#node(path);
    if (node instanceof SimFile && flags === 'w' && node.bytes.length > 0) await this.#step('write', () => node.resize(0));
    return this.#handle(node);
  }

  #handle(node: SimNode): SimHandle {
    const file = node instanceof SimFile ? node : undefined;
    const sync = (): Promise<void> =>
      this.#step(
        file === undefined ? 'syncFolder' : 'sync',
        () => node.sync(true),
        () => node.sync(false),
      );
    const write = (bytes: Uint8Array, at: number): Promise<void> =>
      this.#step('write', () => {
        if (file === undefined) throw systemError('EISDIR', 'write');
        if (this.#used() + Math.max(0, at + bytes.length - file.bytes.length) > (this.#options.space ?? Infinity)) {
          throw systemError('ENOSPC', 'write');
        }
        file.write(bytes, at);
      });
    return {
      ...{ sync, datasync: sync },
      writeFile: (data) => write(Buffer.from(data as string), 0),
      readFile: (encoding) =>
        this.#look(() => {
          if (file === undefined) throw systemError('EISDIR', 'read');
          return encoding === undefined ? Buffer.from(file.bytes) : file.bytes.toString(encoding);
        }),
      stat: () => this.#look(() => ({ size: file?.bytes.length ?? 0 })),
      close: () => this.#look(() => undefined),
    };
  }

  #rename(from: string, to: string): void {
    const node = this.#node(from);
    this.#folder(dirname(to)).set(basename(to), node);
    this.#folder(dirname(from)).set(basename(from), undefined);
  }

  #unlink(path: string): void {
    this.#node(path);
    this.#folder(dirname(path)).set(basename(path), undefined);
  }

  #used(folder = this.#root): number {
    return [...folder.names.values()].reduce(
      (sum, node) => sum + (node instanceof SimFile ? node.bytes.length : this.#used(node)),
      0,
    );
  }

  #find(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.#root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      node = node instanceof SimFolder ? node.names.get(name) : undefined;
    }
    return node;
  }

  #node(path: string): SimNode {
    const node = this.#find(path);
    if (node === undefined) throw systemError('ENOENT', path);
    return node;
  }

  #folder(path: string): SimFolder {
    const node = this.#node(path);
    if (!(node instanceof SimFolder)) throw systemError('ENOTDIR', path);
    return node;
  }
}

type SimHandle = {
  sync(): Promise<void>;
  datasync(): Promise<void>;
  writeFile(data: string | Uint8Array): Promise<void>;
  readFile(encoding?: BufferEncoding): Promise<string | Buffer>;
  stat(): Promise<{ readonly size: number }>;
  close(): Promise<void>;
};

async function* nothingUntil(signal: AbortSignal): AsyncGenerator<never> {
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
}

function systemError(code: string, about: string): Error {
  return Object.assign(new Error(`${code}: ${about}`), { code });
}

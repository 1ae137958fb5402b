// A simulated disk behind the part of `fs.promises` that Ferry's storage uses. It can stop at each step, as a machine whose power
// is cut does, and shows what may be left then: of names and sectors that were not synced any, torn ones too. Syncs, writes and
// space fail where a test says so. Seeded: the same seed gives the same run.

import { constants } from 'node:fs';
import { basename, dirname } from 'node:path';

import type { DiskPort } from '../../src/net/disk/disk.ts';
import { seeded } from './seeded.ts';
import { type SimHandle, type SimStats, simHandle, simStats, systemError } from './simHandle.ts';
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

  constructor(options: SimOptions, root = new SimFolder(0)) {
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
    return new SimDisk(options, root instanceof SimFolder ? root : new SimFolder(0));
  }

  /** Kills the processes alone, and gives the disk as the next ones see it: nothing is lost, and nothing more is synced. */
  kill(options: SimOptions): SimDisk {
    this.#stop();
    return new SimDisk(options, this.#root);
  }

  #calls(): Record<string, unknown> {
    return {
      access: (path: string) => this.#look(() => this.#node(path)),
      chmod: (path: string) => this.#look(() => this.#node(path)),
      link: (from: string, to: string) => this.#step('link', () => this.#link(from, to)),
      lstat: (path: string) => this.#look(() => this.#stats(this.#node(path))),
      mkdir: (path: string, { recursive = false }: { readonly recursive?: boolean }) => this.#mkdir(path, recursive),
      open: (path: string, flags: string | number) => this.#open(path, flags),
      readdir: (path: string) => this.#look(() => [...this.#folder(path).names.keys()]),
      readFile: async (path: string, encoding?: BufferEncoding) => (await this.#open(path, 'r')).readFile(encoding),
      rename: (from: string, to: string) => this.#step('rename', () => this.#rename(from, to)),
      stat: (path: string) => this.#look(() => this.#stats(this.#node(path))),
      statfs: () => this.#look(() => ({ bsize: 1, bavail: this.#free() })),
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
  async #mkdir(path: string, recursive: boolean): Promise<string | undefined> {
    if (this.#find(path) !== undefined) {
      if (recursive) return undefined;
      throw systemError('EEXIST', path);
    }
    const first = recursive ? ((await this.#mkdir(dirname(path), recursive)) ?? path) : path;
    await this.#step('mkdir', () => this.#folder(dirname(path)).set(basename(path), new SimFolder(this.#random(1 << 30))));
    return first;
  }

  async #open(path: string, flags: string | number): Promise<SimHandle> {
    const has = (letter: string, flag: number): boolean =>
      typeof flags === 'string' ? flags.includes(letter) : (flags & flag) !== 0;
    const found = await this.#look(() => this.#find(path));
    if (has('x', constants.O_EXCL) || (has('w', constants.O_CREAT) && found === undefined)) {
      await this.#step('create', () => {
        if (this.#find(path) !== undefined && has('x', constants.O_EXCL)) throw systemError('EEXIST', path);
        if (this.#find(path) === undefined) this.#folder(dirname(path)).set(basename(path), new SimFile(this.#random(1 << 30)));
      });
    }
    const node = this.#node(path);
    if (node instanceof SimFile && flags === 'w' && node.bytes.length > 0) await this.#step('write', () => node.resize(0));
    return simHandle(node, {
      ...{ look: (work) => this.#look(work), step: (step, work, failed) => this.#step(step, work, failed) },
      ...{ free: () => this.#free(), stats: () => this.#stats(node) },
    });
  }

  #rename(from: string, to: string): void {
    const node = this.#node(from);
    // POSIX leaves both names where they are the same file's.
    if (this.#find(to) === node) return;
    this.#folder(dirname(to)).set(basename(to), node);
    this.#folder(dirname(from)).set(basename(from), undefined);
  }

  #link(from: string, to: string): void {
    if (this.#find(to) !== undefined) throw systemError('EEXIST', to);
    this.#folder(dirname(to)).set(basename(to), this.#node(from));
  }

  #unlink(path: string): void {
    this.#node(path);
    this.#folder(dirname(path)).set(basename(path), undefined);
  }

  /** Every node once for each of its names. */
  #nodes(folder = this.#root): readonly SimNode[] {
    return [...folder.names.values()].flatMap((node) => (node instanceof SimFolder ? [node, ...this.#nodes(node)] : [node]));
  }

  #free(): number {
    const files = new Set(this.#nodes().filter((node) => node instanceof SimFile));
    return (this.#options.space ?? 2 ** 50) - [...files].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #stats(node: SimNode): SimStats {
    return simStats(node, this.#nodes().filter((other) => other === node).length);
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

async function* nothingUntil(signal: AbortSignal): AsyncGenerator<never> {
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
}

// Who lives: each window that holds something has a file that names its process and changes as long as it lives.

import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { systemCodeOf } from '../../../core/base/errors.ts';
import { type DiskPort, isRunning } from '../disk.ts';
import { bootTag } from '../lockFile.ts';

/** Several times the pause between two beats: a busy machine must not kill. */
const silentMs = 15_000;
/**
 * What the time between two looks counts at most: whoever slept saw nothing, and so silence takes at least four looks, also where
 * the clock ran on meanwhile.
 */
const countedMs = 5000;

/** Dead is proved. Silent is what did not move for so long that it counts as dead, but might come back. */
export type Judgement = 'living' | 'silent' | 'dead';

export type WindowsOptions = {
  readonly fs: DiskPort;
  readonly folder: string;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Tells the start of the machine, and the processes that can be asked. */
  readonly host: string;
};

/** The windows that use one journal, as one of them sees them. */
export class Windows {
  /** This window's name. A process may have several. */
  readonly token = randomBytes(8).toString('hex');
  readonly #options: WindowsOptions;
  readonly #seen = new Map<string, { text: string; at: number; silence: number }>();
  #begun: Promise<void> | undefined;
  #beats = 0;

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** Says that this window lives, before it holds anything. Fails where the disk does. */
  begin(): Promise<void> {
    this.#begun ??= this.#write('w').catch((error: unknown) => {
      this.#begun = undefined;
      throw error;
    });
    return this.#begun;
  }

  /** Says so again. One whose file was taken away was thought dead, and has a file again. Fails where the disk does. */
  async beat(): Promise<void> {
    if (this.#begun === undefined) return;
    await this.#begun;
    await this.#write('r+').catch((error: unknown) => {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      return this.#write('w');
    });
  }

  /** Takes its file away; it holds nothing any more. */
  async end(): Promise<void> {
    if (this.#begun === undefined) return;
    await this.#begun.catch(() => undefined);
    await this.#options.fs.unlink(this.#path(this.token)).catch(() => undefined);
  }

  /** Who holds a lease, by its name. A lease that was given up, and one of this window that it knows nothing of, hold nothing. */
  async judgeLease(name: string): Promise<Judgement> {
    const text = await this.#read(join(this.#options.folder, name));
    const window = text?.split('\n', 1)[0];
    if (window === undefined || window === 'free') return 'dead';
    // Killed between making the file and writing it, or about to write it.
    return /^[0-9a-f]{16}$/.test(window) ? this.judge(window) : this.#observe(name, window);
  }

  /** Whether a window lives. Each look counts: one that is never looked at never becomes silent. */
  async judge(window: string): Promise<Judgement> {
    if (window === this.token) return 'dead';
    const text = await this.#read(this.#path(window));
    // Its file is there before its first lease and goes after its last.
    if (text === undefined) {
      this.#seen.delete(window);
      return 'dead';
    }
    const [host, pid = ''] = text.split(' ');
    if (host === this.#options.host && /^\d{1,10}$/.test(pid) && !isRunning(Number(pid))) return 'dead';
    return this.#observe(window, text);
  }

  #observe(name: string, text: string): Judgement {
    const at = this.#options.now();
    const seen = this.#seen.get(name);
    const silence = seen?.text === text ? seen.silence + Math.min(at - seen.at, countedMs) : 0;
    this.#seen.set(name, { text, at, silence });
    return silence >= silentMs ? 'silent' : 'living';
  }

  /** Always as many bytes, in place: nobody sees a half. */
  async #write(flag: 'w' | 'r+'): Promise<void> {
    this.#beats += 1;
    const text = `${this.#options.host} ${process.pid} ${String(this.#beats).padStart(10, '0')}\n`;
    await this.#options.fs.writeFile(this.#path(this.token), text, { flag, mode: 0o600 });
  }

  async #read(path: string): Promise<string | undefined> {
    try {
      return await this.#options.fs.readFile(path, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      // What cannot be read just now cannot be seen to move either.
      return '';
    }
  }

  #path(window: string): string {
    return join(this.#options.folder, `${window}.window`);
  }
}

/** Tells whose process numbers this process sees: the machine, its start, and on Linux the namespace. */
export async function hostTag(): Promise<string> {
  return createHash('sha256')
    .update([hostname(), await bootTag()].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

// What peers got of shared folders as a file that all windows of the person share. What was put is written a moment later, all at
// once: peers may get a thousand files in a row.

import { createEmitter, type Emitter, type Event } from '../../../core/base/event.ts';
import { limits } from '../../../core/base/limits.ts';
import { background, type Log } from '../../../core/base/log.ts';
import { randomToken } from '../../../core/base/token.ts';
import { changedGets, type GetHistory, type KeptGet, type SharedGet } from '../../../core/sharing/gets.ts';
import { formatGets, readGets } from '../../../core/sharing/stored.ts';
import { isRunning } from '../disk.ts';
import { batched } from '../journal/batched.ts';
import { type ListFile, openList } from '../kept/listFile.ts';
import { bootTag } from '../lockFile.ts';

const dayMs = 24 * 60 * 60_000;

/** Opens the list in `folder`, which is there; each is kept for so many days. What cannot be written, this window shows. */
export async function openGets(folder: string, days: () => number, log: Log): Promise<GetHistory> {
  const kind = { file: 'gets.json', list: 'gets', read: readGets, salvage: () => [], format: formatGets } as const;
  return new GetsFile(await openList<KeptGet>(folder, kind, log), { days, log, boot: await bootTag() });
}

type Options = { readonly days: () => number; readonly log: Log; readonly boot: string };

class GetsFile implements GetHistory {
  readonly #list: ListFile<KeptGet>;
  readonly #options: Options;
  /** Tells this window from all others: its process, the start of the machine, and a token. */
  readonly #own: string;
  /** What the file does not have yet; undefined for what it has no more. */
  readonly #unwritten = new Map<string, KeptGet | undefined>();
  readonly #changed: Emitter<void> = createEmitter();
  #shown: readonly KeptGet[] = [];

  constructor(list: ListFile<KeptGet>, options: Options) {
    this.#list = list;
    this.#options = options;
    this.#own = `${process.pid} ${options.boot} ${randomToken()}`;
    list.onDidChange(() => this.#show());
    this.#show();
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  entries(): readonly SharedGet[] {
    return this.#shown.map((get) => this.#asItIs(get)).reverse();
  }

  put(get: SharedGet): void {
    this.#set(get.id, { ...get, by: this.#own });
  }

  remove(id: string): void {
    this.#set(id, undefined);
  }

  async close(): Promise<void> {
    await this.#write().catch(() => undefined);
    this.#list.close();
  }

  #set(id: string, get: KeptGet | undefined): void {
    this.#unwritten.set(id, get);
    const [oldest] = this.#unwritten.keys();
    if (this.#unwritten.size > limits.sharedGetsRemembered && oldest !== undefined) this.#unwritten.delete(oldest);
    this.#show();
    background(this.#write(), this.#options.log, 'keeping what peers got');
  }

  readonly #write = batched(async (): Promise<void> => {
    if (this.#unwritten.size === 0) return;
    const written = new Map(this.#unwritten);
    await this.#list.change((kept) =>
      changedGets(
        kept.map((get) => this.#asItIs(get)),
        written,
        this.#since(),
      ),
    );
    for (const [id, get] of written) if (this.#unwritten.get(id) === get) this.#unwritten.delete(id);
  });

  #show(): void {
    this.#shown = changedGets(this.#list.entries(), this.#unwritten, this.#since());
    this.#changed.fire();
  }

  /** What a window gave that is gone has ended. */
  #asItIs(get: KeptGet): KeptGet {
    return get.state === 'moving' && this.#isGone(get.by) ? { ...get, state: 'ended' } : get;
  }

  #isGone(by: string): boolean {
    if (by === this.#own) return false;
    const [pid, boot] = by.split(' ');
    // In a container every process may have the number of the one before it.
    return boot !== this.#options.boot || Number(pid) === process.pid || !isRunning(Number(pid));
  }

  #since(): number {
    return Date.now() - this.#options.days() * dayMs;
  }
}

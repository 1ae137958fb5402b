// The journal in a folder that all windows of a person share: a file for each record, made whole beside its place, that only the
// window that holds the key may write. What a window shows is what a listing of the folder shows.

import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { createEmitter, type Emitter, type Event } from '../../core/base/event.ts';
import type { Journal } from '../../core/base/journal.ts';
import { background, type Log } from '../../core/base/log.ts';
import { type DiskPort, disk, makeFolder, writeFailure } from './disk.ts';
import { batched } from './journal/batched.ts';
import { giveUpLease, type Taken, takeLease } from './journal/leases.ts';
import { filesOf, isHeldAt } from './journal/listing.ts';
import { formatRecord, hashOf } from './journal/record.ts';
import { RecordFolder } from './journal/recordFolder.ts';
import { hostTag, Windows } from './journal/windows.ts';

const lookEveryMs = 2000;
/** What the system says of one change comes in several events. */
const hintMs = 50;
const what = 'the journal';

export type JournalOptions = {
  readonly log: Log;
  readonly fs?: DiskPort;
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number;
  /** Whose process numbers can be asked; by default those of this machine since its start. */
  readonly host?: string;
};

/** A key that this window holds: the number of its holder, how many records were written under it, since which listing. */
type Hold = { readonly key: string; readonly epoch: number; written: number; readonly listing: number };
/** A put that has not begun. */
type WaitingPut = { text: string; done: Promise<void> };

/**
 * Opens the journal in `folder`, which is made where it is missing, 0700. Fails with ERR_NO_SPACE or ERR_FOLDER_UNUSABLE. One
 * process may open it several times: each is a window of its own.
 */
export async function openJournal(
  folder: string,
  { log, fs = disk.promises, now = () => performance.now(), host }: JournalOptions,
): Promise<Journal> {
  const windows = new Windows({ fs, folder, now, host: host ?? (await hostTag()) });
  const journal = new FolderJournal({ fs, folder, log, windows });
  try {
    await makeFolder(fs, folder);
    // Windows has no such modes; there the person's profile is closed to others by itself.
    if (process.platform !== 'win32') await fs.chmod(folder, 0o700);
    await journal.begin();
  } catch (cause) {
    await journal.close();
    throw writeFailure(cause, what);
  }
  return journal;
}

type Parts = { readonly fs: DiskPort; readonly folder: string; readonly log: Log; readonly windows: Windows };

class FolderJournal implements Journal {
  readonly #parts: Parts;
  readonly #files: RecordFolder;
  readonly #changed: Emitter<readonly string[]>;
  readonly #held = new Map<string, Hold>();
  /** What is done to one key is done one after the other. */
  readonly #lanes = new Map<string, Promise<unknown>>();
  readonly #waiting = new Map<string, WaitingPut>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #hint: NodeJS.Timeout | undefined;
  #trouble: string | undefined;
  readonly onDidChange: Event<readonly string[]>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#files = new RecordFolder(parts);
    this.#changed = createEmitter((error) =>
      parts.log.warn('a listener of the journal failed', { message: toFerryError(error).message }),
    );
    this.onDidChange = this.#changed.event;
  }

  /** Reads what is there, and then watches. */
  async begin(): Promise<void> {
    await this.#files.forget(await this.#files.list());
    await this.#look();
    this.#timer = setInterval(() => this.#lookSoon(), lookEveryMs).unref();
    background(this.#watch(), this.#parts.log, 'watching the journal');
  }

  entries(): ReadonlyMap<string, unknown> {
    return new Map(this.#files.shown().map(({ key, record }) => [key, record]));
  }

  find(key: string): unknown {
    return this.#files.find(hashOf(key))?.record;
  }

  async put(key: string, record: unknown): Promise<void> {
    const hash = hashOf(key);
    const text = formatRecord(key, record);
    const waiting = this.#waiting.get(hash);
    if (waiting !== undefined) {
      waiting.text = text;
      return waiting.done;
    }
    const put: WaitingPut = { text, done: Promise.resolve() };
    this.#waiting.set(hash, put);
    put.done = this.#inLane(hash, async () => {
      this.#waiting.delete(hash);
      await this.#put(hash, key, put.text);
    });
    return put.done;
  }

  async remove(key: string): Promise<void> {
    const hash = hashOf(key);
    // At once, so that what is being written comes to nothing.
    this.#files.hide(hash);
    await this.#inLane(hash, async () => {
      this.#held.delete(hash);
      await this.#files.remove(hash);
    });
  }

  async claim(key: string): Promise<boolean> {
    const hash = hashOf(key);
    return this.#inLane(hash, () => this.#claim(hash, key));
  }

  async release(key: string): Promise<void> {
    const hash = hashOf(key);
    await this.#inLane(hash, () => this.#release(hash));
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    clearInterval(this.#timer);
    clearTimeout(this.#hint);
    await Promise.allSettled([...this.#lanes.values(), this.#lookOnce()]);
    await Promise.all([...this.#held.keys()].map((hash) => this.#release(hash)));
    await this.#parts.windows.end();
  }

  /** Does `work` after all that was to be done to the key before. Its failures are those of the disk. */
  async #inLane<T>(hash: string, work: () => Promise<T>): Promise<T> {
    if (this.#closing.signal.aborted) throw new FerryError('ERR_CANCELLED', 'the journal is closed');
    const before = this.#lanes.get(hash) ?? Promise.resolve();
    const done = before.then(work, work).catch((cause: unknown) => {
      throw writeFailure(cause, what);
    });
    this.#lanes.set(hash, done);
    try {
      return await done;
    } finally {
      if (this.#lanes.get(hash) === done) this.#lanes.delete(hash);
    }
  }

  async #claim(hash: string, key: string): Promise<boolean> {
    const held = this.#held.get(hash);
    if (held !== undefined) {
      if (isHeldAt(filesOf(await this.#files.list(), hash), held.epoch)) return true;
      this.#lose(hash, held);
    }
    const taken = await this.#take(hash);
    if (taken === undefined) return false;
    const hold: Hold = { key, epoch: taken.epoch, written: 0, listing: taken.listing };
    const changed = await this.#files.refresh(hash, taken.files, taken.listing);
    if (changed.length > 0) this.#changed.fire(changed);
    // Nobody may write over what cannot be read.
    if (!this.#files.isKnown(hash, taken.files)) {
      await this.#giveUp(hash, hold);
      return false;
    }
    this.#held.set(hash, hold);
    return true;
  }

  async #put(hash: string, key: string, text: string): Promise<void> {
    const held = this.#held.get(hash);
    if (held !== undefined || this.#files.isRemoved(hash)) {
      if (held !== undefined) await this.#write(hash, held, text);
      return;
    }
    // A new key is taken for as long as it is written: of two windows one finds it taken, or no longer new.
    const taken = await this.#take(hash);
    if (taken === undefined) {
      if (this.#files.isRemoved(hash)) return;
      throw notHeld();
    }
    const hold: Hold = { key, epoch: taken.epoch, written: 0, listing: taken.listing };
    try {
      if (taken.files.records.length > 0) throw notHeld();
      await this.#write(hash, hold, text);
    } finally {
      await this.#giveUp(hash, hold);
    }
  }

  async #write(hash: string, hold: Hold, text: string): Promise<void> {
    if (this.#files.isRemoved(hash)) return;
    hold.written += 1;
    const isWritten = await this.#files.write(hash, { epoch: hold.epoch, number: hold.written }, text);
    if (isWritten || this.#files.isRemoved(hash)) return;
    this.#lose(hash, hold);
    throw notHeld();
  }

  #take(hash: string): Promise<Taken | undefined> {
    return takeLease({ ...this.#parts, list: this.#files.list }, hash);
  }

  async #release(hash: string): Promise<void> {
    const held = this.#held.get(hash);
    if (held === undefined) return;
    this.#held.delete(hash);
    await this.#giveUp(hash, held);
  }

  #giveUp(hash: string, hold: Hold): Promise<void> {
    return giveUpLease(this.#parts, hash, hold);
  }

  /** Another window took this one for dead, or removed the key. */
  #lose(hash: string, hold: Hold): void {
    if (this.#held.get(hash) !== hold) return;
    this.#held.delete(hash);
    this.#changed.fire([hold.key]);
  }

  async #look(): Promise<void> {
    const { windows } = this.#parts;
    await windows.beat();
    const listing = await this.#files.list();
    const changed = await this.#files.refreshAll(listing);
    await this.#files.sweep(listing);
    if (changed.length > 0) this.#changed.fire(changed);
    for (const [hash, hold] of this.#held) {
      if (listing.number >= hold.listing && !isHeldAt(filesOf(listing, hash), hold.epoch)) this.#lose(hash, hold);
    }
  }

  /** One look at a time; who asks meanwhile gets the next. */
  readonly #lookOnce = batched(async (): Promise<void> => {
    if (!this.#closing.signal.aborted) await this.#look();
  });

  #lookSoon(): void {
    this.#lookOnce().then(
      () => {
        this.#trouble = undefined;
      },
      (error: unknown) => {
        const { message } = toFerryError(error);
        // The same at every look is no news.
        if (message !== this.#trouble) this.#parts.log.warn('the journal cannot be read', { message });
        this.#trouble = message;
      },
    );
  }

  async #watch(): Promise<void> {
    const { fs, folder } = this.#parts;
    const { signal } = this.#closing;
    try {
      for await (const { filename } of fs.watch(folder, { persistent: false, signal })) {
        // The beats of windows come all the time.
        if (filename !== null && !/\.(json|gone|lease)$/.test(filename)) continue;
        this.#hint ??= setTimeout(() => {
          this.#hint = undefined;
          this.#lookSoon();
        }, hintMs).unref();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function notHeld(): FerryError {
  return new FerryError('ERR_BUSY', 'another window holds the transfer', { detail: { reason: 'held' } });
}

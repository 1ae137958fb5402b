// The records of the journal on disk, and what is known of them: written so that each is there whole or not at all, read when a
// listing has a name that was not read yet, and hidden once they are removed.

import { join } from 'node:path';

import { systemCodeOf } from '../../../core/base/errors.ts';
import type { Log } from '../../../core/base/log.ts';
import { type DiskPort, syncFolder } from '../disk.ts';
import { batched } from './batched.ts';
import { filesOf, goneName, isHeldAt, type KeyFiles, type Listing, type RecordFile, readListing, recordName } from './listing.ts';
import { hashOf, readRecord, recordFileBytes } from './record.ts';
import type { Windows } from './windows.ts';

const damagedKept = 20;
const readAtOnce = 16;
/** Nobody repeats an offer that is older than a week, and what stood still for longer is not there any more. */
const goneDays = 8;

/** A record that is there, with its key. */
export type Shown = { readonly key: string; readonly record: unknown };
/** What was read last of a key, as of which listing; nothing is shown of a record that only a later version can read. */
type Cached = { readonly name: string; readonly shown: Shown | undefined; readonly listing: number };
type Options = { readonly fs: DiskPort; readonly folder: string; readonly log: Log; readonly windows: Windows };

/** The folder as one window knows it. Methods that write fail as the disk does. */
export class RecordFolder {
  readonly #options: Options;
  readonly #cached = new Map<string, Cached>();
  readonly #removed = new Set<string>();
  #listings = 0;
  #parts = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** A listing that begins after the call. */
  readonly list = batched(async (): Promise<Listing> => {
    const number = (this.#listings += 1);
    return readListing(await this.#options.fs.readdir(this.#options.folder), number);
  });

  /** Records of the same moment share a sync. */
  readonly #sync = batched(() => syncFolder(this.#options.fs, this.#options.folder));

  /** All records that are there. */
  shown(): readonly Shown[] {
    return [...this.#cached.values()].flatMap(({ shown }) => shown ?? []);
  }

  /** The record of a key. */
  find(hash: string): Shown | undefined {
    return this.#cached.get(hash)?.shown;
  }

  /** Whether a key was removed. */
  isRemoved(hash: string): boolean {
    return this.#removed.has(hash);
  }

  /** Whether what these files say is known and can be shown, also where that is nothing. */
  isKnown(hash: string, { records }: KeyFiles): boolean {
    const cached = this.#cached.get(hash);
    return cached === undefined ? records.length === 0 : cached.shown !== undefined;
  }

  /**
   * Writes a record under its holder's number; false where that is not the highest any more or the key was removed, and then
   * nothing was changed. What was there before stays until the new one is durable.
   */
  async write(hash: string, { epoch, number }: Omit<RecordFile, 'name'>, text: string): Promise<boolean> {
    const { fs, folder, windows } = this.#options;
    const name = recordName(hash, epoch, number);
    const part = join(folder, `${windows.token}-${(this.#parts += 1)}.part`);
    let listing: Listing;
    try {
      await this.#writeSynced(part, text);
      await fs.rename(part, join(folder, name));
      [listing] = await Promise.all([this.list(), this.#sync()]);
    } catch (error) {
      await this.#unlink(part, join(folder, name));
      throw error;
    }
    const files = filesOf(listing, hash);
    if (files.gone.length > 0) this.hide(hash);
    if (this.isRemoved(hash) || !isHeldAt(files, epoch)) {
      await this.#unlink(join(folder, name));
      return false;
    }
    const read = readRecord(text);
    // Listings that have begun by now may not have it yet.
    this.#cached.set(hash, { name, shown: read.kind === 'record' ? read : undefined, listing: this.#listings });
    await this.#unlink(...files.records.filter((file) => file.name !== name).map((file) => join(folder, file.name)));
    return true;
  }

  /** Shows a key no more. */
  hide(hash: string): void {
    this.#removed.add(hash);
    this.#cached.delete(hash);
  }

  /** Removes a key for good: what says so is durable before the record goes, and outlives whoever may still write it. */
  async remove(hash: string): Promise<void> {
    const { fs, folder } = this.#options;
    this.hide(hash);
    await fs.writeFile(join(folder, goneName(hash, today())), '', { mode: 0o600 });
    await this.#sync();
    await this.#clean(filesOf(await this.list(), hash));
  }

  /** Takes up what a listing has of a key; gives the keys whose record came, changed or went by another window's doing. */
  async refresh(hash: string, files: KeyFiles, listing: number): Promise<readonly string[]> {
    // Who wrote it may have been killed before it was durable, and whoever sees it acts on it.
    await this.#sync();
    return this.#takeUp(hash, files, listing);
  }

  /** As `refresh`, for all keys. */
  async refreshAll(listing: Listing): Promise<readonly string[]> {
    const hashes = [...new Set([...listing.keys.keys(), ...this.#cached.keys()])].filter((hash) => {
      const files = filesOf(listing, hash);
      if (files.gone.length > 0) return !this.isRemoved(hash) || files.records.length + files.leases.length > 0;
      return this.#cached.get(hash)?.name !== files.records[0]?.name;
    });
    if (hashes.length === 0) return [];
    await this.#sync();
    const changed: string[] = [];
    for (let at = 0; at < hashes.length; at += readAtOnce) {
      const some = hashes.slice(at, at + readAtOnce);
      const keys = await Promise.all(some.map((hash) => this.#takeUp(hash, filesOf(listing, hash), listing.number)));
      changed.push(...keys.flat());
    }
    return changed;
  }

  /** Takes away what windows that are gone have left. One that only stood still has its file again at its next beat. */
  async sweep(listing: Listing): Promise<void> {
    const { folder, windows } = this.#options;
    for (const window of new Set([...listing.windows, ...listing.parts.map((part) => part.window)])) {
      if (window === windows.token || (await windows.judge(window)) === 'living') continue;
      const parts = listing.parts.filter((part) => part.window === window);
      await this.#unlink(join(folder, `${window}.window`), ...parts.map(({ name }) => join(folder, name)));
    }
  }

  /** Forgets what was removed long ago. */
  async forget(listing: Listing): Promise<void> {
    const { folder } = this.#options;
    const old = [...listing.keys.values()]
      .filter(({ records }) => records.length === 0)
      .flatMap(({ gone }) => gone.filter(({ day }) => day < today() - goneDays));
    if (old.length === 0) return;
    // Or a power cut could bring the record back without what hides it.
    await this.#sync();
    await this.#unlink(...old.map(({ name }) => join(folder, name)));
  }

  async #takeUp(hash: string, files: KeyFiles, listing: number): Promise<readonly string[]> {
    const before = this.#cached.get(hash);
    if (files.gone.length > 0) {
      this.hide(hash);
      await this.#clean(files);
      return keysOf(before);
    }
    if (this.isRemoved(hash) || (before !== undefined && before.listing >= listing)) return [];
    const after = await this.#readHighest(hash, files.records, before);
    // What this window did meanwhile is newer than the listing.
    if (after === 'unreadable' || after?.name === before?.name) return [];
    if (this.#cached.get(hash) !== before || this.isRemoved(hash)) return [];
    if (after === undefined) this.#cached.delete(hash);
    else this.#cached.set(hash, { ...after, listing });
    return [...new Set([...keysOf(before), ...keysOf(after)])];
  }

  async #writeSynced(path: string, text: string): Promise<void> {
    const file = await this.#options.fs.open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** The first of the records, the highest first, that anybody can read. */
  async #readHighest(
    hash: string,
    records: readonly RecordFile[],
    known: Cached | undefined,
  ): Promise<Omit<Cached, 'listing'> | 'unreadable' | undefined> {
    for (const { name } of records) {
      if (name === known?.name) return known;
      const text = await this.#read(name);
      if (text === 'unreadable') return text;
      const read = readRecord(text);
      if (read.kind === 'foreign') return { name, shown: undefined };
      if (read.kind === 'record' && hashOf(read.key) === hash) return { name, shown: read };
      await this.#setAside(name);
    }
    return undefined;
  }

  /** Unreadable is what was replaced since, and what the disk does not give just now. */
  async #read(name: string): Promise<string> {
    const { fs, folder, log } = this.#options;
    try {
      const file = await fs.open(join(folder, name), 'r');
      try {
        return (await file.stat()).size > recordFileBytes ? '' : await file.readFile('utf8');
      } finally {
        await file.close();
      }
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') log.warn('a record cannot be read', { code: systemCodeOf(error) });
      return 'unreadable';
    }
  }

  async #setAside(name: string): Promise<void> {
    const { fs, folder, log } = this.#options;
    log.warn('a record is damaged and is set aside', { name });
    const bad = join(folder, 'bad');
    try {
      await fs.mkdir(bad, { recursive: true, mode: 0o700 });
      await fs.rename(join(folder, name), join(bad, `${Date.now()}-${name}`));
      const kept = (await fs.readdir(bad)).sort();
      await this.#unlink(...kept.slice(0, -damagedKept).map((old) => join(bad, old)));
    } catch (error) {
      // Another window was faster, or the disk takes nothing: it is not shown, in any case.
      log.warn('a damaged record stays where it is', { code: systemCodeOf(error) });
    }
  }

  async #clean({ records, leases }: KeyFiles): Promise<void> {
    await this.#unlink(...[...records, ...leases].map(({ name }) => join(this.#options.folder, name)));
  }

  /** What cannot be unlinked is not believed either. */
  async #unlink(...paths: readonly string[]): Promise<void> {
    await Promise.all(paths.map((path) => this.#options.fs.unlink(path).catch(() => undefined)));
  }
}

function keysOf(cached: Pick<Cached, 'shown'> | undefined): readonly string[] {
  return cached?.shown === undefined ? [] : [cached.shown.key];
}

function today(): number {
  return Math.floor(Date.now() / (24 * 60 * 60_000));
}

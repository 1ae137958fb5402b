// A disk in memory and bodies that a test hands over byte by byte, for the inbox.

import { createHash, type Hash } from 'node:crypto';

import { FerryError } from '../../src/core/base/errors.ts';
import type { ItemBody, KeptPart, Landing, PartFile, ReceiveStore, Reservation, Target } from '../../src/core/receiving/store.ts';

/** Keeps what is published and counts what is left open. `onPrepare` and `onPublish` let a test step in between. */
export class FakeDisk implements ReceiveStore {
  readonly files = new Map<string, Uint8Array>();
  readonly prepared: (readonly [Landing, number])[] = [];
  openParts = 0;
  onPrepare: () => Promise<void> = () => Promise.resolve();
  onPublish: () => Promise<void> = () => Promise.resolve();
  /** The space that is kept for what was prepared. */
  reserve: () => Reservation | undefined = () => undefined;
  writeFailure: FerryError | undefined;

  async prepare(landing: Landing, bytes: number): Promise<Reservation | undefined> {
    this.prepared.push([landing, bytes]);
    await this.onPrepare();
    return this.reserve();
  }

  /** What was left of items, by what they are found again by. */
  readonly kept = new Map<string, Uint8Array>();

  async create(landing: Landing, { name, part }: Target): Promise<PartFile> {
    this.openParts += 1;
    return new FakePart(this, `${folderOf(landing)}/${name}`, part);
  }

  async reopen(landing: Landing, { name, part }: Target): Promise<KeptPart | undefined> {
    const bytes = this.kept.get(part);
    if (bytes === undefined) return undefined;
    this.kept.delete(part);
    this.openParts += 1;
    return { part: new FakePart(this, `${folderOf(landing)}/${name}`, part, bytes), size: bytes.length };
  }

  async forget(_: Landing, { part }: Target): Promise<void> {
    this.kept.delete(part);
  }

  createHash(): Hash {
    return createHash('sha256');
  }
}

function folderOf(landing: Landing): string {
  return typeof landing === 'object' ? landing.folder : landing;
}

class FakePart implements PartFile {
  readonly #disk: FakeDisk;
  readonly #path: string;
  readonly #part: string;
  readonly #chunks: Uint8Array[] = [];
  #open = true;
  #onKept: (bytes: number) => void = () => undefined;

  constructor(disk: FakeDisk, path: string, part: string, bytes: Uint8Array = new Uint8Array()) {
    this.#disk = disk;
    this.#path = path;
    this.#part = part;
    this.#chunks.push(bytes);
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#disk.writeFailure !== undefined) throw this.#disk.writeFailure;
    this.#chunks.push(Uint8Array.from(chunk));
    this.#onKept(this.#chunks.reduce((sum, one) => sum + one.length, 0));
  }

  whenKept(tell: (bytes: number) => void): void {
    this.#onKept = tell;
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  followed(): { digest(): Promise<Uint8Array> } {
    return { digest: async () => Uint8Array.from(createHash('sha256').update(Buffer.concat(this.#chunks)).digest()) };
  }

  async keep(): Promise<void> {
    if (this.#open) this.#disk.kept.set(this.#part, Buffer.concat(this.#chunks));
    await this.discard();
  }

  async publish(): Promise<string> {
    await this.#disk.onPublish();
    this.#disk.files.set(this.#path, Buffer.concat(this.#chunks));
    return this.#path;
  }

  async discard(): Promise<void> {
    if (this.#open) this.#disk.openParts -= 1;
    this.#open = false;
  }
}

/** A body that is all there, with the digest that belongs to it or another one. */
export function bodyOf(text: string, digest: Uint8Array | undefined = sha256(text)): ItemBody {
  return {
    bytes: (async function* () {
      yield Buffer.from(text);
    })(),
    digest: () => Promise.resolve(digest),
    abort: () => undefined,
  };
}

/** A body that begins and then stands still until it is aborted or `end`ed. */
export function stalledBody(text: string): ItemBody & { readonly begun: Promise<void>; end(): void } {
  const begun = Promise.withResolvers<undefined>();
  const over = Promise.withResolvers<undefined>();
  over.promise.catch(() => undefined);
  return {
    begun: begun.promise,
    bytes: (async function* () {
      yield Buffer.from(text);
      begun.resolve(undefined);
      await over.promise;
    })(),
    digest: () => Promise.resolve(sha256(text)),
    abort: (error) => over.reject(error),
    end: () => over.resolve(undefined),
  };
}

/** A body that breaks off. */
export function brokenBody(text: string): ItemBody {
  return {
    bytes: (async function* () {
      yield Buffer.from(text);
      throw new FerryError('ERR_CONNECTION_LOST', 'the cable is cut');
    })(),
    digest: () => Promise.resolve(undefined),
    abort: () => undefined,
  };
}

/** SHA-256 of a text in UTF-8. */
export function sha256(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

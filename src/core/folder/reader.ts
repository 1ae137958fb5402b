// Reads the stream of a folder as it comes: a pax archive of files and folders and nothing else. What one program would read in
// one way and another in another way is refused, so that what a person accepted is what lands.

import { limits } from '../base/limits.ts';
import { type Block, readBlock } from './block.ts';
import { type FolderCounts, type FolderEntry, folderError } from './entry.ts';
import { blockBytes, clampedTime, endBytes, paddingOf } from './header.ts';
import { FolderPaths } from './paths.ts';
import { type PaxFields, readPax } from './pax.ts';

/** What a stream consists of: entries whose paths are safe, each file followed by its bytes, where it has any. */
export type FolderPiece =
  | { readonly type: 'entry'; readonly entry: FolderEntry }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array };

/** What comes next in the stream, up to a border between blocks. */
type Next =
  | { readonly part: 'block'; readonly pax: PaxFields | undefined }
  | { readonly part: 'pax'; readonly size: number }
  | { readonly part: 'content'; left: number; readonly padding: number }
  | { readonly part: 'padding'; readonly size: number }
  | { readonly part: 'end' };

/** A pax header with the longest path there may be, a size and a time. */
const longestPax = limits.folderPathBytes + blockBytes;
const nothing = new Uint8Array();

export class FolderReader {
  readonly #size: number;
  readonly #paths = new FolderPaths();
  #next: Next = { part: 'block', pax: undefined };
  /** The beginning of a part that has not come as a whole. */
  #held: Uint8Array = nothing;
  #read = 0;
  #border = 0;

  /** Reads a stream of which `size` bytes were offered. */
  constructor(size: number) {
    this.#size = size;
  }

  /** The entries that have begun. */
  get counts(): FolderCounts {
    return this.#paths.counts;
  }

  /** So many bytes at the beginning of the stream are entries that came as a whole, or zeros behind all of them. */
  get border(): number {
    return this.#border;
  }

  /** So many bytes of the stream were read; right behind an entry, its content begins there. */
  get position(): number {
    return this.#read;
  }

  /**
   * What the next bytes of the stream are. Pieces are parts of `chunk`, which must stay as it is until all of them were taken.
   * Fails with ERR_MESSAGE_INVALID at what is no part of such a stream; `detail.reason` says why.
   */
  *read(chunk: Uint8Array): Generator<FolderPiece> {
    for (let at = 0; at < chunk.length; ) {
      const rest = chunk.subarray(at);
      const before = this.#read;
      const piece = this.#step(this.#next, rest);
      at += this.#read - before;
      if (piece !== undefined) yield piece;
    }
  }

  /** Whether a file has begun and its end has not come. */
  get isInFile(): boolean {
    return this.#next.part === 'content' || this.#next.part === 'padding';
  }

  /** Takes an entry that came as a whole before, for a stream that goes on. Fails as `read`. */
  recall(entry: Pick<FolderEntry, 'kind' | 'path'>): void {
    this.#paths.take(entry);
  }

  /** Has the stream go on at a border. */
  goOnAt(border: number): void {
    this.#border = border;
    this.#read = border;
  }

  /** Has the stream go on within a file: its content begins at `at`, and `done` bytes of that came before. Fails as `read`. */
  goOnIn(file: Pick<FolderEntry, 'path' | 'size'>, at: number, done: number): void {
    const { path, size } = file;
    if (done >= size || size > this.#size - at - endBytes)
      throw folderError('size', 'a file is larger than the rest of the stream');
    this.#paths.take({ kind: 'file', path });
    this.#read = at + done;
    this.#next = { part: 'content', left: size - done, padding: paddingOf(size) };
  }

  /** Ends the stream. Fails with ERR_MESSAGE_INVALID where something is missing of it, or of the bytes that were offered. */
  end(): void {
    if (this.#next.part !== 'end' || this.#read - this.#border < endBytes) throw folderError('end', 'the stream has no end');
    if (this.#read !== this.#size) throw folderError('size', 'the stream does not have the bytes that were offered');
  }

  #step(next: Next, rest: Uint8Array): FolderPiece | undefined {
    switch (next.part) {
      case 'content':
        return { type: 'bytes', bytes: this.#content(next, rest) };
      case 'end':
        expectZeros(rest, 'end');
        this.#count(rest.length);
        // Zeros that make up for what was left out are as good a place to go on as the end of an entry.
        this.#border = Math.max(this.#border, Math.min(this.#read - (this.#read % blockBytes), this.#size - endBytes));
        return undefined;
      case 'block':
        return this.#whole(rest, blockBytes, (bytes) => this.#header(bytes, next.pax));
      case 'pax':
        return this.#whole(rest, next.size + paddingOf(next.size), (bytes) => {
          expectZeros(bytes.subarray(next.size), 'padding');
          this.#next = { part: 'block', pax: readPax(bytes.subarray(0, next.size)) };
          return undefined;
        });
      case 'padding':
        return this.#whole(rest, next.size, (bytes) => {
          expectZeros(bytes, 'padding');
          this.#entryOver();
          return undefined;
        });
    }
  }

  #count(bytes: number): void {
    this.#read += bytes;
    if (this.#read > this.#size) throw folderError('size', 'the stream has more bytes than were offered');
  }

  /** Calls `use` with so many bytes in one piece, once they have come. */
  #whole(rest: Uint8Array, wanted: number, use: (bytes: Uint8Array) => FolderPiece | undefined): FolderPiece | undefined {
    const part = rest.subarray(0, wanted - this.#held.length);
    this.#count(part.length);
    let whole = part;
    if (part.length < wanted) {
      whole = new Uint8Array(this.#held.length + part.length);
      whole.set(this.#held);
      whole.set(part, this.#held.length);
    }
    const isWhole = whole.length === wanted;
    this.#held = isWhole ? nothing : whole;
    return isWhole ? use(whole) : undefined;
  }

  #content(next: Extract<Next, { part: 'content' }>, rest: Uint8Array): Uint8Array {
    const bytes = rest.subarray(0, next.left);
    this.#count(bytes.length);
    next.left -= bytes.length;
    if (next.left === 0) {
      if (next.padding > 0) this.#next = { part: 'padding', size: next.padding };
      else this.#entryOver();
    }
    return bytes;
  }

  #entryOver(): void {
    this.#border = this.#read;
    this.#next = { part: 'block', pax: undefined };
  }

  #header(bytes: Uint8Array, pax: PaxFields | undefined): FolderPiece | undefined {
    if (bytes[0] === 0 && pax === undefined) {
      expectZeros(bytes, 'end');
      this.#next = { part: 'end' };
      return undefined;
    }
    const block = readBlock(bytes);
    if (block.type !== 'x') return { type: 'entry', entry: this.#begin(block, pax ?? {}) };
    if (pax !== undefined) throw folderError('extension', 'a pax header follows another');
    if (block.size > longestPax) throw folderError('limit', 'a pax header is longer than the limit');
    this.#next = { part: 'pax', size: block.size };
    return undefined;
  }

  #begin(block: Block, pax: PaxFields): FolderEntry {
    const kind = block.type === '5' ? 'folder' : 'file';
    const path = pax.path ?? block.path;
    const size = pax.size ?? block.size;
    if (kind === 'folder' && size > 0) throw folderError('size', 'a folder has content of its own');
    if (size > this.#size - this.#read - endBytes) throw folderError('size', 'a file is larger than the rest of the stream');
    const safe = this.#paths.take({ kind, path: kind === 'folder' ? path.replace(/\/$/, '') : path });
    if (size > 0) this.#next = { part: 'content', left: size, padding: paddingOf(size) };
    else this.#entryOver();
    const executable = kind === 'file' && (block.mode & 0o100) !== 0;
    return { kind, path: safe, size, mtime: clampedTime(pax.mtime ?? block.mtime), executable };
  }
}

function expectZeros(bytes: Uint8Array, where: 'end' | 'padding'): void {
  for (const byte of bytes) if (byte !== 0) throw folderError(where, 'something stands where only zeros may be');
}

// Reads a planned folder as its stream. Small files are read side by side, many of them into one piece; large ones piece by
// piece. While one piece is on its way the next is read. A file that is no longer what was planned is left out as a whole, and
// zeros at the end of the stream make up for it.

import { FerryError } from '../../../core/base/errors.ts';
import { limits } from '../../../core/base/limits.ts';
import { headerOf } from '../../../core/folder/header.ts';
import type { PlannedEntry } from './gather.ts';
import { forEachOf } from './lanes.ts';
import { type OpenSource, openPlanned } from './plannedFile.ts';

export type PlannedTree = {
  readonly root: string;
  readonly entries: readonly PlannedEntry[];
  /** The bytes of the stream. */
  readonly size: number;
  /** The places of entries that were left out. */
  readonly gone: Set<number>;
  /** The places of files that changed while they were read: nobody knows what they hold when they are read again. */
  readonly restless: Set<number>;
};

/** The stream of a folder from byte `from` on. Fails as FolderSource.open. */
export function readTree(tree: PlannedTree, from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return oneAhead(new TreeReader(tree, signal).read(from));
}

/** Asks for the next piece before anybody wants it. */
async function* oneAhead(pieces: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array> {
  let next = pieces.next();
  try {
    for (let found = await next; found.done !== true; found = await next) {
      next = pieces.next();
      // One that fails while its predecessor is on its way is told when it is awaited.
      next.catch(() => undefined);
      yield found.value;
    }
  } finally {
    await next.catch(() => undefined);
    await pieces.return();
  }
}

class TreeReader {
  readonly #tree: PlannedTree;
  readonly #signal: AbortSignal;
  /** One is filled while the other is lent. */
  #buffers: readonly [Uint8Array, Uint8Array];

  constructor(tree: PlannedTree, signal: AbortSignal) {
    this.#tree = tree;
    this.#signal = signal;
    const bytes = Math.min(limits.pieceBytes, tree.size);
    this.#buffers = [new Uint8Array(bytes), new Uint8Array(bytes)];
  }

  async *read(from: number): AsyncGenerator<Uint8Array, void> {
    const { entries, size } = this.#tree;
    let { index, position } = this.#placeOf(from);
    while (index < entries.length) {
      // Within the entry that the stream goes on in.
      const skipped = Math.max(0, from - position);
      if ((entries[index]?.bytes ?? 0) > limits.pieceBytes) {
        yield* this.#readLarge(index, skipped);
        if (!this.#tree.gone.has(index)) position += entries[index]?.bytes ?? 0;
        index += 1;
        continue;
      }
      const end = this.#endOfBatch(index);
      const piece = await this.#readBatch(index, end, skipped > 0);
      position += piece.length;
      index = end;
      if (piece.length > skipped) yield piece.subarray(skipped);
    }
    yield* this.#zeros(size - Math.max(position, from));
  }

  /** The first entry that has bytes from `from` on, and where it begins in the stream. */
  #placeOf(from: number): { readonly index: number; readonly position: number } {
    let position = 0;
    for (const [index, { bytes }] of this.#tree.entries.entries()) {
      const here = this.#tree.gone.has(index) ? 0 : bytes;
      if (position + here > from) return { index, position };
      position += here;
    }
    return { index: this.#tree.entries.length, position };
  }

  #endOfBatch(begin: number): number {
    const { entries } = this.#tree;
    let bytes = 0;
    for (let index = begin; index < entries.length; index += 1) {
      bytes += entries[index]?.bytes ?? 0;
      if (bytes > limits.pieceBytes) return index;
    }
    return entries.length;
  }

  /** Entries in one piece. The first must be there where the stream goes on within it. */
  async #readBatch(begin: number, end: number, isFirstNeeded: boolean): Promise<Uint8Array> {
    this.#signal.throwIfAborted();
    const buffer = this.#nextBuffer();
    const places: { readonly index: number; readonly planned: PlannedEntry; readonly target: Uint8Array }[] = [];
    let at = 0;
    for (const [offset, planned] of this.#tree.entries.slice(begin, end).entries()) {
      if (this.#tree.gone.has(begin + offset)) continue;
      places.push({ index: begin + offset, planned, target: buffer.subarray(at, at + planned.bytes) });
      at += planned.bytes;
    }
    const missed = new Set<number>();
    await forEachOf(places, async ({ index, planned, target }) => {
      if (!(await this.#readSmall(planned, target, isFirstNeeded && index === begin))) missed.add(index);
    });
    if (isFirstNeeded && missed.has(begin)) throw changed();
    for (const index of missed) this.#tree.gone.add(index);
    return missed.size === 0 ? buffer.subarray(0, at) : closedUp(buffer, places, missed);
  }

  /** False where the file is not what was planned, or has changed in any way where some of it has left before. */
  async #readSmall({ entry, ...identity }: PlannedEntry, target: Uint8Array, hasBegun: boolean): Promise<boolean> {
    const header = headerOf(entry);
    target.set(header);
    target.fill(0, header.length + entry.size);
    if (entry.kind === 'folder') return true;
    const source = await openPlanned(this.#tree.root, { entry, ...identity });
    if (source === undefined) return false;
    try {
      const read = await source.read(target.subarray(header.length, header.length + entry.size), 0);
      return read === entry.size && (await (hasBegun ? source.isUntouched() : source.isAsPlanned()));
    } finally {
      await source.close();
    }
  }

  async *#readLarge(index: number, skipped: number): AsyncGenerator<Uint8Array> {
    const planned = this.#tree.entries[index];
    if (planned === undefined || this.#tree.gone.has(index)) return;
    const source = await openPlanned(this.#tree.root, planned);
    try {
      // What left of it before cannot be looked at again: nothing of it may have changed.
      const isSame = await (skipped > 0 ? source?.isUntouched() : source?.isAsPlanned());
      if (source === undefined || this.#tree.restless.has(index) || isSame !== true) {
        if (skipped > 0) throw changed();
        this.#tree.gone.add(index);
        return;
      }
      for await (const piece of this.#piecesOf(source, planned, skipped)) {
        if (piece === 'changed') {
          this.#tree.restless.add(index);
          throw changed();
        }
        yield piece;
      }
    } finally {
      await source?.close();
    }
  }

  async *#piecesOf(source: OpenSource, { entry, bytes }: PlannedEntry, skipped: number): AsyncGenerator<Uint8Array | 'changed'> {
    const header = headerOf(entry);
    for (let at = skipped; at < bytes; ) {
      this.#signal.throwIfAborted();
      const buffer = this.#nextBuffer();
      const piece = buffer.subarray(0, Math.min(buffer.length, bytes - at));
      const content = Math.max(0, at - header.length);
      const from = at < header.length ? header.length - at : 0;
      piece.set(header.subarray(at, at + piece.length));
      const wanted = piece.subarray(from, from + Math.max(0, entry.size - content));
      const isShort = (await source.read(wanted, content)) < wanted.length;
      piece.fill(0, Math.min(piece.length, from + wanted.length));
      at += piece.length;
      // The last piece waits for another look: a file that changed on the way must not seem whole.
      const isOther = isShort || (at === bytes && !(await source.isUnchanged()));
      yield isOther ? 'changed' : piece;
    }
  }

  async *#zeros(bytes: number): AsyncGenerator<Uint8Array> {
    const zeros = new Uint8Array(Math.min(Math.max(0, bytes), limits.pieceBytes));
    for (let left = bytes; left > 0; left -= zeros.length) {
      this.#signal.throwIfAborted();
      yield zeros.subarray(0, left);
    }
  }

  #nextBuffer(): Uint8Array {
    const [lent, free] = this.#buffers;
    this.#buffers = [free, lent];
    return free;
  }
}

/** The entries of a piece without those that were missed. */
function closedUp(
  buffer: Uint8Array,
  places: readonly { readonly index: number; readonly target: Uint8Array }[],
  missed: ReadonlySet<number>,
): Uint8Array {
  let end = 0;
  for (const { index, target } of places) {
    if (missed.has(index)) continue;
    buffer.set(target, end);
    end += target.length;
  }
  return buffer.subarray(0, end);
}

function changed(): FerryError {
  return new FerryError('ERR_SOURCE_CHANGED', 'a file in the folder changed while it was being sent');
}

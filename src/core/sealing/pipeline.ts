// Cuts a stream into pieces of one size and works on a few of them at once, at constant memory.

import { throwIfCancelled } from './failures.ts';

/** Pieces under way at once: enough to keep two cores busy while the source and the drain have their turns. */
const depth = 4;

/** What is done with one piece, which is lent until the promise settles. The result lies in a buffer of its own. */
export type PieceWork = (piece: Uint8Array<ArrayBuffer>, index: number, last: boolean) => Promise<Uint8Array<ArrayBuffer>>;

export type Cutting = {
  /** Bytes of content in each piece but the last, which may have fewer; a stream without bytes is one empty piece. */
  readonly size: number;
  /** Bytes behind the content of each piece that the work may fill; they hold what was there before. */
  readonly spare: number;
  /**
   * Whether each chunk that comes out is lent only until the next is asked for. Memory then stays flat; otherwise some 64 MB
   * of chunks wait for the garbage collector.
   */
  readonly lend?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Gives the results of the work in the order of the pieces. After a failure of source or work nothing more comes out, and no
 * piece behind a failed one is ever seen. Throws ERR_CANCELLED when the signal ends.
 */
export async function* inPieces(
  source: AsyncIterable<Uint8Array>,
  cutting: Cutting,
  work: PieceWork,
): AsyncGenerator<Uint8Array> {
  const underWay: Promise<Uint8Array<ArrayBuffer>>[] = [];
  const handOver = drain(cutting.lend === true);
  let index = 0;
  for await (const { piece, last } of cut(source, cutting)) {
    const result = work(piece, index, last);
    // A failure is thrown where the result is awaited, in its turn; until then it must not count as unhandled.
    result.catch(() => undefined);
    underWay.push(result);
    index += 1;
    const first = underWay.length < depth ? undefined : underWay.shift();
    if (first !== undefined) yield handOver(await first);
  }
  for (const result of underWay) yield handOver(await result);
}

/**
 * Moves a result out of the buffer that WebCrypto made and gives that buffer back at once. The collector hardly notices
 * buffers made outside of JavaScript and would let twice as many of them pile up.
 */
function drain(lend: boolean): (result: Uint8Array<ArrayBuffer>) => Uint8Array {
  let lent = new Uint8Array();
  return (result) => {
    if (lend && lent.length < result.length) lent = new Uint8Array(result.length);
    const chunk = lend ? lent.subarray(0, result.length) : new Uint8Array(result.length);
    chunk.set(result);
    result.buffer.transfer(0);
    return chunk;
  };
}

type Piece = { readonly piece: Uint8Array<ArrayBuffer>; readonly last: boolean };

/**
 * The pieces lie in a ring of buffers that are used again: when one is filled anew, the work on the piece that it held before
 * was awaited, because no more than `depth` are under way. The source may use its chunks again too, since they are copied.
 */
async function* cut(source: AsyncIterable<Uint8Array>, { size, spare, signal }: Cutting): AsyncGenerator<Piece> {
  const ring: Uint8Array<ArrayBuffer>[] = [];
  let index = 0;
  let filled = 0;
  const buffer = (): Uint8Array<ArrayBuffer> => (ring[index % depth] ??= new Uint8Array(size + spare));
  for await (const chunk of source) {
    throwIfCancelled(signal);
    let taken = 0;
    while (taken < chunk.length) {
      // A full piece waits for one more byte, because only then is it known not to be the last.
      if (filled === size) {
        yield { piece: buffer(), last: false };
        index += 1;
        filled = 0;
      }
      const part = chunk.subarray(taken, taken + size - filled);
      buffer().set(part, filled);
      filled += part.length;
      taken += part.length;
    }
  }
  throwIfCancelled(signal);
  yield { piece: buffer().subarray(0, filled + spare), last: true };
}

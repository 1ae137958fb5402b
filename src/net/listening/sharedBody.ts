// The bytes of what is shared as an answer: all of them or one range, with their digests behind them.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { exactly } from '../../core/base/bytes.ts';
import { FerryError, toFerryError } from '../../core/base/errors.ts';
import { ItemHash } from '../../core/sending/itemHash.ts';
import type { SharedSource } from '../../core/sharing/sharedDisk.ts';
import type { Sharing } from '../../core/sharing/sharing.ts';
import { formatDigest } from '../../core/wire/digest.ts';
import { type ByteRange, formatContentRange, matchesTag, parseRange } from '../../core/wire/ranges.ts';
import { Patience } from '../connection/patience.ts';
import { isOld } from './requestChecks.ts';
import { type Exchange, whileProcessing } from './route.ts';

type Sending = { readonly signal: AbortSignal; readonly sent: Sent };

const hashesKept = 64;

/**
 * Answers a `GET` of what is under an id; `signal` ends with its connection. Fails as Sharing.serve, and with
 * ERR_RANGE_UNSATISFIABLE.
 */
export async function serveShared(
  exchange: Exchange,
  sharing: Pick<Sharing, 'serve'>,
  { signal: gone, sent }: Sending,
): Promise<void> {
  const { peer, parts, request } = exchange;
  const [id = ''] = parts;
  const wanted = request.headers['if-match'];
  const etag = wanted !== undefined && /^\s*"[^"]*"\s*$/.test(wanted) ? wanted.trim() : undefined;
  const begun = Promise.withResolvers<undefined>();
  const all = sharing.serve({ peer, id, etag, signal: gone }, async (source, signal) => {
    if (wanted !== undefined && !matchesTag(wanted, source.etag)) {
      throw new FerryError('ERR_SOURCE_CHANGED', 'it is not what the peer was told');
    }
    const range = rangeOf(exchange, source);
    const hash = sent.from(`${peer} ${source.etag}`, range?.from ?? 0);
    if ((range?.to ?? source.item.size) === source.item.size) await catchUp(hash, range?.from ?? 0, source, signal);
    begun.resolve(undefined);
    await send(exchange, source, range, { signal, hash });
    return (range?.to ?? source.item.size) === source.item.size;
  });
  // Until then the answer is waited for as any other.
  await whileProcessing(exchange, Promise.race([begun.promise, all]));
  await all;
}

/** The range that is asked for; undefined for all of it. Fails with ERR_RANGE_UNSATISFIABLE. */
function rangeOf({ request: { headers }, response }: Exchange, { item: { size }, etag }: SharedSource): ByteRange | undefined {
  const isOther = headers['if-range'] !== undefined && headers['if-range'] !== etag;
  const range = headers.range === undefined || isOther ? undefined : parseRange(headers.range, size);
  if (range !== 'unsatisfiable') return range;
  response.setHeader('Content-Range', `bytes */${size}`);
  throw new FerryError('ERR_RANGE_UNSATISFIABLE', 'there are no such bytes');
}

/**
 * Reads once more what left before the byte `from`, where nobody knows its digest any more. Whoever asks is told meanwhile that
 * it takes time: behind the last byte it would look as if nothing moved. Where the connection ends first, the next one goes on.
 */
async function catchUp(hash: ItemHash, from: number, { open }: SharedSource, signal: AbortSignal): Promise<void> {
  let { at } = hash;
  if (at >= from) return;
  for await (const chunk of open(signal, at)) {
    hash.take(at, chunk.subarray(0, from - at));
    at += chunk.length;
    if (at >= from) return;
  }
}

/**
 * Sends the bytes, and behind them their digest: that of the whole where its end is among them, and that of a part by itself as
 * well. Fails as the source does; the connection is of no use then.
 */
async function send(
  exchange: Exchange,
  source: SharedSource,
  part: ByteRange | undefined,
  { signal, hash }: { readonly signal: AbortSignal; readonly hash: ItemHash },
): Promise<void> {
  const { response } = exchange;
  const { from, to } = part ?? { from: 0, to: source.item.size };
  const isToEnd = to === source.item.size;
  const own = createHash('sha256');
  writeHead(exchange, source, part);
  const patience = new Patience();
  let at = from;
  for await (const chunk of exactly(source.open(signal, from), source.item.size - from, changed)) {
    const piece = chunk.subarray(0, to - at);
    const written = write(response, piece, patience, signal);
    own.update(piece);
    // What was not caught up with is not asked for.
    if (hash.at >= at) hash.take(at, piece);
    await written;
    at += piece.length;
    if (at === to) break;
  }
  const ofPart = part === undefined ? {} : { 'Content-Digest': formatDigest(own.digest()) };
  const ofAll = isToEnd ? { 'Repr-Digest': formatDigest(hash.digest()) } : {};
  response.addTrailers({ ...ofPart, ...ofAll });
  const { promise, resolve } = Promise.withResolvers<undefined>();
  response.once('close', () => resolve(undefined)).end(() => resolve(undefined));
  await promise;
}

function writeHead({ request, response }: Exchange, { item, etag }: SharedSource, part: ByteRange | undefined): void {
  const { from, to } = part ?? { from: 0, to: item.size };
  const digests = [...(part === undefined ? [] : ['Content-Digest']), ...(to === item.size ? ['Repr-Digest'] : [])];
  response.writeHead(part === undefined ? 200 : 206, {
    'Content-Type': item.mediaType,
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-store',
    ...(part === undefined ? {} : { 'Content-Range': formatContentRange(part, item.size) }),
    // RFC 9112 section 6.1: HTTP/1.0 knows no chunks, and so no trailers.
    ...(isOld(request) ? { 'Content-Length': to - from } : { 'Transfer-Encoding': 'chunked' }),
    ...(digests.length === 0 || isOld(request) ? {} : { Trailer: digests.join(', ') }),
  });
}

/**
 * Writes; done when the bytes are needed no more. Fails with ERR_TIMEOUT where the peer takes them too slowly, or as the
 * signal.
 */
async function write(response: ServerResponse, piece: Uint8Array, patience: Patience, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const late = setTimeout(
    () => reject(new FerryError('ERR_TIMEOUT', 'the peer does not take the bytes')),
    patience.leftMs(piece.length),
  );
  const end = (): void => reject(toFerryError(signal.reason));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  response.write(piece, () => resolve(undefined));
  try {
    await promise;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
  }
  patience.spend(performance.now() - begun, piece.length);
}

/**
 * What has left of items that were cut, for the digest of the whole: so that nothing is read twice as long as this process
 * lives.
 */
export class Sent {
  readonly #hashes = new Map<string, ItemHash>();

  /** What is known of the bytes before `from`. Who begins anew may get others: what a folder has lost since is left out. */
  from(key: string, from: number): ItemHash {
    const known = from === 0 ? undefined : this.#hashes.get(key);
    const hash = known ?? new ItemHash(createHash('sha256'));
    this.#hashes.delete(key);
    this.#hashes.set(key, hash);
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size > hashesKept && oldest !== undefined) this.#hashes.delete(oldest);
    return hash;
  }
}

function changed(): FerryError {
  return new FerryError('ERR_SOURCE_CHANGED', 'there are not as many bytes as were described');
}

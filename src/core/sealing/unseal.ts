// Opens a sealed item with one's own key or a passphrase. Whatever is wrong with it ends in one error that tells nothing
// apart, and what can be refused without a key is refused before more of it is read.

import { base64url } from 'jose';

import { exactly, streamOf } from '../base/bytes.ts';
import { throwIfCancelled, unsealFailed } from './failures.ts';
import {
  manifestBytes,
  manifestContent,
  maxCompactBytes,
  maxPlaintextBytes,
  sealedHeadBytes,
  sealedItemType,
  wholeItemContent,
} from './format.ts';
import { matchOpener, type Opener, openCompact, type SealingHost } from './jwe/compactJwe.ts';
import { parseHeader } from './jwe/sealedHead.ts';
import { type Manifest, type ManifestRecords, parseManifest } from './manifest.ts';
import { ByteSource } from './records/byteSource.ts';
import { openRecords } from './records/records.ts';

/** An item unsealed. The content can be read once. */
export type UnsealedItem = { readonly manifest: Manifest; readonly content: AsyncIterableIterator<Uint8Array> };

export type UnsealOptions = SealingHost & {
  readonly signal?: AbortSignal | undefined;
  /** Whether each chunk of the content is lent only until the next is asked for, which keeps memory flat. */
  readonly lend?: boolean | undefined;
};

const lineFeed = 0x0a;
const dot = 0x2e;

/**
 * Unseals an item. It owns `sealed` from here on: the stream is released when this fails, or else with the end, the failure
 * or the `return` of the content, one of which the caller sees to. Each chunk of the content is authentic, but for a large
 * item only the end of the iteration says that all of it was there: do not publish before.
 *
 * Throws ERR_KEY_MISSING for an item that is for another key, ERR_ALGORITHM_NOT_ALLOWED for algorithms that this opener
 * does not take, ERR_VERSION_UNSUPPORTED for a manifest of another version, ERR_CANCELLED when the signal ends, whatever the
 * stream throws, and ERR_UNSEAL_FAILED for all else, here or while the content is read.
 */
export async function unsealItem(
  sealed: AsyncIterable<Uint8Array>,
  opener: Opener,
  options: UnsealOptions = {},
): Promise<UnsealedItem> {
  const source = new ByteSource(sealed, options.signal);
  try {
    const { jwe, contentType } = await readCompact(source, opener);
    const plaintext = await openCompact(jwe, sealedItemType, opener, options);
    throwIfCancelled(options.signal);
    const end = plaintext.indexOf(lineFeed);
    if (end < 0) throw unsealFailed('the manifest does not end');
    const { manifest, records } = parseManifest(plaintext.subarray(0, end));
    const whole = plaintext.subarray(end + 1);
    if ((records !== undefined) !== (contentType === manifestContent)) throw unsealFailed('manifest and content type disagree');
    if (whole.length !== (records === undefined ? manifest.size : 0)) throw unsealFailed('the content has another size');
    if (records !== undefined) return { manifest, content: owning(source, recordContent(source, manifest, records, options)) };
    await expectEnd(source);
    return { manifest, content: owning(source, streamOf(whole)) };
  } catch (error) {
    await source.return();
    throw error;
  }
}

function recordContent(
  source: ByteSource,
  manifest: Manifest,
  { key, recordSize }: ManifestRecords,
  options: UnsealOptions,
): AsyncGenerator<Uint8Array> {
  const plain = openRecords(source, { ...options, key: new Uint8Array(base64url.decode(key)), recordSize });
  return exactly(plain, manifest.size, () => unsealFailed('the content has another size'));
}

type Head = { readonly jwe: Uint8Array; readonly contentType: string };

/**
 * Reads the compact JWE up to its line feed or the end of the stream. The header is judged before what follows it is read, and
 * the length is bounded by what an item of its kind can have.
 */
async function readCompact(source: ByteSource, opener: Opener): Promise<Head> {
  const header = await source.takeUntil(dot, sealedHeadBytes);
  if (!header.stopped) throw unsealFailed('the header does not end');
  const head = parseHeader(header.bytes, sealedItemType);
  if (head.contentType !== wholeItemContent && head.contentType !== manifestContent) throw unsealFailed('foreign content type');
  await matchOpener(head, opener);
  const most = maxCompactBytes(head.contentType === manifestContent ? manifestBytes + 1 : maxPlaintextBytes);
  const rest = await source.takeUntil(lineFeed, most);
  const jwe = new Uint8Array(header.bytes.length + 1 + rest.bytes.length);
  jwe.set(header.bytes);
  jwe[header.bytes.length] = dot;
  jwe.set(rest.bytes, header.bytes.length + 1);
  return { jwe, contentType: head.contentType };
}

/** A compact item ends with its JWE; text tools may have put one line feed behind it, which was taken already. */
async function expectEnd(source: ByteSource): Promise<void> {
  for await (const chunk of source) {
    if (chunk.length > 0) throw unsealFailed('bytes behind the sealed item');
  }
}

/** An iterator that releases the source even where nobody began to read. */
function owning(source: ByteSource, content: AsyncGenerator<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => content.next(),
    async return() {
      await content.return(undefined);
      await source.return();
      return { done: true, value: undefined };
    },
  };
}

// Seals an item for a recipient's key or a passphrase. Small items become one compact JWE, larger ones a compact JWE with the
// manifest and a random key, a line feed, and the content in RFC 8188 records.

import { encodeBase64Url, exactly } from '../base/bytes.ts';
import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { throwIfCancelled } from './failures.ts';
import { manifestContent, recordBytes, recordKeyBytes, sealedItemType, wholeItemContent } from './format.ts';
import { type Recipient, type SealingHost, sealCompact } from './jwe/compactJwe.ts';
import { encodeManifest, type Manifest } from './manifest.ts';
import { type RecordSeals, recordsLength, saltBytes, sealRecords } from './records/records.ts';

/**
 * An item sealed: its exact length in bytes, how it is laid out, and the bytes. Those of records can be read again where the
 * content can, and are the same then; fails with ERR_SOURCE_CHANGED where the content is not.
 */
export type SealedItem = {
  readonly size: number;
  readonly form: 'compact' | 'records';
  readonly bytes: AsyncIterable<Uint8Array>;
};

export type SealOptions = SealingHost & {
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether each chunk of `bytes` is lent only until the next is asked for. Whoever has done with a chunk by then should say
   * so: memory stays flat.
   */
  readonly lend?: boolean | undefined;
  /** Another largest content of one JWE, another record size, both in bytes: for tests and measurements. A reader takes any. */
  readonly layout?: { readonly compactBytes: number; readonly recordBytes: number } | undefined;
};

const lineFeed = 0x0a;

/**
 * Seals content for a recipient. Small content is read before this returns; larger content is read as `bytes` is, and not at
 * all if `bytes` never is. Nothing outside the seal tells name, size or type, but the length of the whole gives the size
 * away. The same item sealed twice gives different bytes, so an interrupted transfer cannot go on with a new seal, but with the
 * same one.
 *
 * Throws ERR_SOURCE_CHANGED where the content has not as many bytes as the manifest says (for records, while `bytes` is read and
 * always before its last record, so that what came out does not unseal), ERR_CANCELLED when the signal ends,
 * ERR_MESSAGE_INVALID for a recipient's key that is not on its curve, TypeError for a manifest that no reader takes or an
 * empty passphrase, and whatever the content throws.
 */
export async function sealItem(
  manifest: Manifest,
  content: AsyncIterable<Uint8Array>,
  recipient: Recipient,
  options: SealOptions = {},
): Promise<SealedItem> {
  throwIfCancelled(options.signal);
  const { compactBytes, recordBytes: recordSize } = options.layout ?? { compactBytes: limits.compactSealBytes, recordBytes };
  if (manifest.size <= compactBytes) return sealWhole(manifest, content, recipient, options);
  const key = crypto.getRandomValues(new Uint8Array(recordKeyBytes));
  const plaintext = encodeManifest(manifest, { key: encodeBase64Url(key), recordSize });
  // The manifest alone needs no line feed inside the seal, but with one every plaintext begins in the same way.
  const jwe = await sealCompact(plaintext, { typ: sealedItemType, cty: manifestContent }, recipient, options);
  const head = new Uint8Array(jwe.length + 1);
  head.set(jwe);
  head[jwe.length] = lineFeed;
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const seals: RecordSeals = [];
  const read = (): AsyncGenerator<Uint8Array> => {
    const body = sealRecords(exactly(content, manifest.size, sourceChanged), { ...options, key, salt, recordSize, seals });
    return following(head, body);
  };
  return {
    size: head.length + recordsLength(manifest.size, recordSize),
    form: 'records',
    bytes: { [Symbol.asyncIterator]: read },
  };
}

/** Bytes that a compact seal for this recipient has beside its content, whatever that is. Throws as sealCompact. */
export async function compactOverhead(recipient: Recipient, host: SealingHost = {}): Promise<number> {
  const types = { typ: sealedItemType, cty: wholeItemContent };
  return (await sealCompact(new Uint8Array(3), types, recipient, host)).length - 4;
}

/** The exact size of an item that is sealed whole. */
export function compactSize(manifest: Manifest, overhead: number): number {
  return overhead + Math.ceil(((encodeManifest(manifest).length + manifest.size) * 4) / 3);
}

async function sealWhole(
  manifest: Manifest,
  content: AsyncIterable<Uint8Array>,
  recipient: Recipient,
  options: SealOptions,
): Promise<SealedItem> {
  const line = encodeManifest(manifest);
  const plaintext = new Uint8Array(line.length + manifest.size);
  plaintext.set(line);
  let filled = line.length;
  for await (const chunk of exactly(content, manifest.size, sourceChanged)) {
    throwIfCancelled(options.signal);
    plaintext.set(chunk, filled);
    filled += chunk.length;
  }
  const jwe = await sealCompact(plaintext, { typ: sealedItemType, cty: wholeItemContent }, recipient, options);
  throwIfCancelled(options.signal);
  return { size: jwe.length, form: 'compact', bytes: following(jwe, []) };
}

function sourceChanged(): FerryError {
  return new FerryError('ERR_SOURCE_CHANGED', 'the content has not as many bytes as its manifest says');
}

async function* following(head: Uint8Array, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* body;
}

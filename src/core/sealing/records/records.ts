// Content as RFC 8188 `aes128gcm` records: any length at constant memory, each record authenticated as it passes. A few
// records are under way at once, so that more than one core seals.

import { equalBytes } from '../../base/bytes.ts';
import { FerryError } from '../../base/errors.ts';
import { unsealFailed } from '../failures.ts';
import { minRecordBytes, shortRecordBytes, shortRecordsAtMost } from '../format.ts';
import { inPieces } from '../pipeline.ts';
import { ByteSource } from './byteSource.ts';

/** Secrets and shape of one body. The same key and salt must never seal two contents: the nonces would repeat. */
export type RecordOptions = {
  /** Input keying material, any length; Ferry takes 16 random bytes for every item. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** Bytes of one whole record, at least 18. */
  readonly recordSize: number;
  /** The key identifier of the header, empty if absent. A body with another one is refused. */
  readonly keyId?: Uint8Array;
  /** Whether a chunk that comes out may be used only until the next is asked for, which keeps memory flat. */
  readonly lend?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Bytes of a salt (RFC 8188 section 2.1). */
export const saltBytes = 16;
/** Salt, record size, length of the key identifier (RFC 8188 section 2.1). */
const fixedHeaderLength = saltBytes + 4 + 1;
const tagLength = 16;
/** The delimiter and the tag. */
const overhead = 1 + tagLength;
const moreFollows = 1;
const lastRecord = 2;

/** The tag of every record that was sealed so far. */
export type RecordSeals = Uint8Array[];

const encoder = new TextEncoder();

/** Bytes of the body that content of that many bytes becomes, with an empty key identifier. */
export function recordsLength(contentBytes: number, recordSize: number): number {
  const records = Math.max(1, Math.ceil(contentBytes / (recordSize - overhead)));
  return fixedHeaderLength + contentBytes + records * overhead;
}

/**
 * Seals content into a body. The content is read only as the body is; `salt` is random where it is not given. `seals` is for a
 * body that may be made more than once: a nonce must never seal two contents, so a record that is not the one of the time
 * before is not given out. Throws ERR_SOURCE_CHANGED then, ERR_CANCELLED when the signal ends, and whatever the content throws.
 */
export async function* sealRecords(
  content: AsyncIterable<Uint8Array>,
  options: RecordOptions & { readonly salt?: Uint8Array<ArrayBuffer>; readonly seals?: RecordSeals },
): AsyncGenerator<Uint8Array> {
  const { recordSize, keyId = new Uint8Array() } = options;
  if (recordSize < minRecordBytes) throw new TypeError('a record has at least 18 bytes');
  const salt = options.salt ?? crypto.getRandomValues(new Uint8Array(saltBytes));
  const header = new Uint8Array(fixedHeaderLength + keyId.length);
  header.set(salt);
  new DataView(header.buffer).setUint32(saltBytes, recordSize);
  header[fixedHeaderLength - 1] = keyId.length;
  header.set(keyId, fixedHeaderLength);
  yield header;
  const keys = await deriveKeys(options.key, salt);
  yield* inPieces(content, { ...options, size: recordSize - overhead, spare: 1 }, async (piece, index, last) => {
    piece[piece.length - 1] = last ? lastRecord : moreFollows;
    const record = new Uint8Array(await crypto.subtle.encrypt(gcm(keys.nonce, index), keys.cek, piece));
    if (options.seals !== undefined) expectSame(options.seals, index, record.subarray(-tagLength));
    return record;
  });
}

function expectSame(seals: RecordSeals, index: number, tag: Uint8Array): void {
  const before = (seals[index] ??= tag.slice());
  if (!equalBytes(before, tag)) throw new FerryError('ERR_SOURCE_CHANGED', 'the content is not what was sealed before');
}

/**
 * Opens a body. Each chunk that comes out is authentic and in its place, but only the end of the iteration says that nothing
 * is missing: do not publish before. Throws ERR_UNSEAL_FAILED for a wrong key, another record size or key identifier, a
 * changed, moved, missing or added byte; ERR_CANCELLED when the signal ends; and whatever the body throws.
 */
export async function* openRecords(body: AsyncIterable<Uint8Array>, options: RecordOptions): AsyncGenerator<Uint8Array> {
  const { recordSize, keyId = new Uint8Array() } = options;
  if (recordSize < minRecordBytes) throw new TypeError('a record has at least 18 bytes');
  const source = new ByteSource(body);
  try {
    const header = await source.take(fixedHeaderLength + keyId.length);
    const named = new DataView(header.buffer).getUint32(saltBytes);
    const sameId =
      header[fixedHeaderLength - 1] === keyId.length && keyId.every((byte, i) => byte === header[fixedHeaderLength + i]);
    if (named !== recordSize || !sameId) throw unsealFailed('the header of the records is not the expected one');
    const keys = await deriveKeys(options.key, header.slice(0, saltBytes));
    yield* inPieces(source, { ...options, size: recordSize, spare: 0 }, async (piece, index, last) => {
      if (piece.length <= tagLength) throw unsealFailed('a record is too short');
      // Each record costs the same, and may hold one byte or none: what is dear must not be long.
      if (recordSize < shortRecordBytes && index >= shortRecordsAtMost) throw unsealFailed('there are too many short records');
      const plain = await crypto.subtle.decrypt(gcm(keys.nonce, index), keys.cek, piece).catch((cause: unknown) => {
        throw unsealFailed(cause);
      });
      return withoutPadding(new Uint8Array(plain), last);
    });
  } finally {
    await source.return();
  }
}

/** RFC 8188 section 2: the content ends before its last byte that is not zero, and that byte says whether records follow. */
function withoutPadding(plain: Uint8Array<ArrayBuffer>, last: boolean): Uint8Array<ArrayBuffer> {
  let end = plain.length - 1;
  while (end >= 0 && plain[end] === 0) end -= 1;
  if (plain[end] !== (last ? lastRecord : moreFollows)) throw unsealFailed('the last record is not where it should be');
  return plain.subarray(0, end);
}

type Keys = { readonly cek: CryptoKey; readonly nonce: Uint8Array<ArrayBuffer> };

/** RFC 8188 sections 2.2 and 2.3. */
async function deriveKeys(key: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>): Promise<Keys> {
  const material = await crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
  const derive = (info: string, bits: number): Promise<ArrayBuffer> =>
    crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: encoder.encode(info) }, material, bits);
  const cek = await derive('Content-Encoding: aes128gcm\0', 128);
  const nonce = new Uint8Array(await derive('Content-Encoding: nonce\0', 96));
  return { cek: await crypto.subtle.importKey('raw', cek, 'AES-GCM', false, ['encrypt', 'decrypt']), nonce };
}

/** RFC 8188 section 2.3: the nonce is exclusive-ored with the number of the record; 48 bits of it are more than any item has. */
function gcm(nonce: Uint8Array<ArrayBuffer>, index: number): { name: 'AES-GCM'; iv: Uint8Array<ArrayBuffer> } {
  const iv = nonce.slice();
  const view = new DataView(iv.buffer);
  view.setUint16(6, view.getUint16(6) ^ Math.floor(index / 2 ** 32));
  view.setUint32(8, view.getUint32(8) ^ (index >>> 0));
  return { name: 'AES-GCM', iv };
}

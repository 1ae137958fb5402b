// The interface of the three formats that a dictionary travels in, and the errors that they share.

import { FerryError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import type { DictionaryValue } from '../value.ts';

/** `binary` in the settings is `cbor` here. */
export type FormatId = 'json' | 'xml' | 'cbor';

/**
 * One format. `encode` gives at most 1 MiB, else ERR_DICTIONARY_TOO_LARGE, and throws what `checkDictionary` throws. `decode`
 * takes bytes from anyone and gives a value within the limits, or throws ERR_DICTIONARY_INVALID, ERR_DICTIONARY_TOO_DEEP,
 * ERR_DICTIONARY_TOO_LARGE or ERR_DICTIONARY_VALUE_UNSUPPORTED, each with `format` and, where there is a place, `offset` in
 * bytes in its detail.
 */
export type Format = {
  readonly id: FormatId;
  readonly mediaType: string;
  /** Of a file, without dot. */
  readonly extension: string;
  encode(value: DictionaryValue): Uint8Array;
  decode(bytes: Uint8Array): DictionaryValue;
};

/** Bytes that break the rules of their format, at a byte offset. */
export function invalid(format: FormatId, offset: number, message: string, cause?: unknown): FerryError {
  return new FerryError('ERR_DICTIONARY_INVALID', message, {
    detail: { format, offset },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Bytes that follow the rules of their format and say something that a dictionary cannot hold. */
export function unsupported(format: FormatId, offset: number, message: string): FerryError {
  return new FerryError('ERR_DICTIONARY_VALUE_UNSUPPORTED', message, { detail: { format, offset } });
}

/** Containers nested too deep, noticed at a byte offset. */
export function tooDeep(format: FormatId, offset: number): FerryError {
  return new FerryError('ERR_DICTIONARY_TOO_DEEP', `nested more than ${limits.dictionaryDepth} deep`, {
    detail: { format, offset, most: limits.dictionaryDepth },
  });
}

/** More values than a dictionary may have, noticed at a byte offset. */
export function tooMany(format: FormatId, offset: number): FerryError {
  return new FerryError('ERR_DICTIONARY_TOO_LARGE', `more than ${limits.dictionaryNodes} values`, {
    detail: { format, offset, limit: 'nodes', most: limits.dictionaryNodes },
  });
}

/** Refuses an encoded dictionary of more than 1 MiB with ERR_DICTIONARY_TOO_LARGE; gives the same bytes back. */
export function checkSize(format: FormatId, bytes: Uint8Array): Uint8Array {
  if (bytes.length <= limits.dictionaryBytes) return bytes;
  throw new FerryError('ERR_DICTIONARY_TOO_LARGE', `${bytes.length} bytes, more than ${limits.dictionaryBytes}`, {
    detail: { format, limit: 'bytes', most: limits.dictionaryBytes },
  });
}

// Reads a pax header: records of a length, a key and a value (POSIX.1-2017, "pax Extended Header").

import { limits } from '../base/limits.ts';
import { utf8Of } from './block.ts';
import { folderError } from './entry.ts';

/** What a pax header says of the entry behind it, in place of what its block says. */
export type PaxFields = { readonly path?: string; readonly size?: number; readonly mtime?: number };

/**
 * Reads the records of a pax header. Fails with ERR_MESSAGE_INVALID: reason `extension` for what is no record, for one that comes
 * twice and for keys other than path, size and mtime, which would make something else of the entry; `number`; `name`.
 */
export function readPax(bytes: Uint8Array): PaxFields {
  let found: PaxFields = {};
  for (let at = 0; at < bytes.length; ) {
    const { key, value, length } = readRecord(bytes.subarray(at));
    if (key in found) throw folderError('extension', 'a pax header says something twice');
    found = { ...found, ...fieldOf(key, value) };
    at += length;
  }
  return found;
}

function readRecord(bytes: Uint8Array): { readonly key: string; readonly value: string; readonly length: number } {
  const blank = bytes.subarray(0, 8).indexOf(0x20);
  const digits = blank < 0 ? '' : String.fromCharCode(...bytes.subarray(0, blank));
  const length = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
  const record = bytes.subarray(blank + 1, length);
  const equals = record.indexOf(0x3d);
  if (length > bytes.length || equals < 1 || record.at(-1) !== 0x0a)
    throw folderError('extension', 'a pax header has something in it that is no record');
  return { key: utf8Of(record.subarray(0, equals)), value: utf8Of(record.subarray(equals + 1, -1)), length };
}

function fieldOf(key: string, value: string): PaxFields {
  switch (key) {
    case 'path':
      return { path: value };
    case 'size':
      if (!/^[0-9]{1,15}$/.test(value) || Number(value) > limits.itemBytes)
        throw folderError('number', 'a pax header has a size that is none');
      return { size: Number(value) };
    case 'mtime':
      if (!/^-?[0-9]{1,15}(?:\.[0-9]{1,32})?$/.test(value)) throw folderError('number', 'a pax header has a time that is none');
      return { mtime: Number(value) };
    default:
      throw folderError('extension', 'a pax header has a key that is not taken');
  }
}

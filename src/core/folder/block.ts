// Reads one block of a header (POSIX.1-2017, pax, "ustar Interchange Format"), in the one way in which everybody reads it.

import { folderError } from './entry.ts';
import { checksumOf, type Field, fields, magic } from './header.ts';

/** What a block says. Its size is that of what follows, in bytes. */
export type Block = {
  readonly type: '0' | '5' | 'x';
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
};

/**
 * Reads a block of 512 bytes. Fails with ERR_MESSAGE_INVALID: reason `checksum`, `format` where it is not ustar, `type` for what
 * is neither a file, a folder nor a pax header, `number` for one that is not octal, `name`.
 */
export function readBlock(bytes: Uint8Array): Block {
  if (octalOf(bytes, 'checksum') !== checksumOf(bytes)) throw folderError('checksum', 'a header has another checksum');
  if (latinOf(bytes, 'magic') !== magic) throw folderError('format', 'a header is not one of ustar');
  const type = latinOf(bytes, 'type');
  if (type !== '0' && type !== '5' && type !== 'x') throw folderError('type', 'an entry is neither a file nor a folder');
  const [name, prefix] = [textOf(bytes, 'name'), textOf(bytes, 'prefix')];
  return {
    type,
    path: prefix === '' ? name : `${prefix}/${name}`,
    mode: octalOf(bytes, 'mode'),
    size: octalOf(bytes, 'size'),
    mtime: octalOf(bytes, 'mtime'),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that bytes of UTF-8 are. Fails with ERR_MESSAGE_INVALID where they are none (reason `name`). */
export function utf8Of(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw folderError('name', 'a name is not UTF-8', cause);
  }
}

/** Up to the first NUL; nothing may hide behind it. */
function textOf(block: Uint8Array, field: Field): string {
  const text = bytesOf(block, field);
  const end = text.indexOf(0);
  if (end < 0) return utf8Of(text);
  if (text.subarray(end).some((byte) => byte !== 0)) throw folderError('name', 'a name has something behind its end');
  return end === 0 ? '' : utf8Of(text.subarray(0, end));
}

function octalOf(block: Uint8Array, field: Field): number {
  const text = latinOf(block, field);
  if (!/^ *[0-7]{1,12}[ \0]*$/.test(text)) throw folderError('number', 'a number in a header is not octal');
  return Number.parseInt(text, 8);
}

function latinOf(block: Uint8Array, field: Field): string {
  return String.fromCharCode(...bytesOf(block, field));
}

function bytesOf(block: Uint8Array, field: Field): Uint8Array {
  const [from, length] = fields[field];
  return block.subarray(from, from + length);
}

// How an entry of a folder begins in the stream: one block of ustar, with a pax header before it for what a block cannot say
// (POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"). The same entry always gives the same bytes.

import type { FolderEntry } from './entry.ts';
import { bytesOf, isAscii } from './paths.ts';

export const blockBytes = 512;
/** Two blocks of zeros. */
export const endBytes = 2 * blockBytes;
/** What eleven octal digits hold: 8 GiB for a size, the year 2242 for a time. */
export const largestOctal = 0o77777777777;

/** Where each field of a block begins, and its length. */
export const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
} as const satisfies Record<string, readonly [number, number]>;

export type Field = keyof typeof fields;

/** ustar, version 00. */
export const magic = 'ustar\u000000';

/** The bytes of an entry in the stream: headers, content and padding. */
export function streamBytesOf(entry: FolderEntry): number {
  return headerBytesOf(entry) + entry.size + paddingOf(entry.size);
}

/** The zeros behind so many bytes of content. */
export function paddingOf(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

/** The header of an entry: one block, or three and more where its path or size needs a pax header. */
export function headerOf(entry: FolderEntry): Uint8Array<ArrayBuffer> {
  const pax = paxOf(entry);
  const header = new Uint8Array(headerBytesOf(entry));
  if (pax !== '') {
    const size = bytesOf(pax);
    writeBlock(header.subarray(0, blockBytes), { name: 'PaxHeader', mode: 0o644, size, mtime: 0, type: 'x' });
    new TextEncoder().encodeInto(pax, header.subarray(blockBytes));
  }
  const { kind, size, mtime, executable } = entry;
  writeBlock(header.subarray(header.length - blockBytes), {
    // Where a pax header says the path, nobody looks at this one.
    name: namedByPax(entry) ? 'entry' : tarPathOf(entry),
    mode: kind === 'folder' || executable ? 0o755 : 0o644,
    size: size > largestOctal ? 0 : size,
    mtime: clampedTime(mtime),
    type: kind === 'folder' ? '5' : '0',
  });
  return header;
}

/** A time as every tar can say it: none before 1970, none after 2242. */
export function clampedTime(seconds: number): number {
  return Math.min(Math.max(0, Math.floor(seconds)), largestOctal);
}

/** The sum of a block's bytes, with blanks for those of the sum itself. */
export function checksumOf(block: Uint8Array): number {
  const [from, length] = fields.checksum;
  let sum = length * 0x20;
  for (let at = 0; at < blockBytes; at += 1) sum += block[at] ?? 0;
  for (let at = from; at < from + length; at += 1) sum -= block[at] ?? 0;
  return sum;
}

function headerBytesOf(entry: FolderEntry): number {
  const pax = bytesOf(paxOf(entry));
  return pax === 0 ? blockBytes : 2 * blockBytes + pax + paddingOf(pax);
}

function tarPathOf({ kind, path }: FolderEntry): string {
  return kind === 'folder' ? `${path}/` : path;
}

function namedByPax(entry: FolderEntry): boolean {
  const path = tarPathOf(entry);
  return path.length > fields.name[1] || !isAscii(path);
}

function paxOf(entry: FolderEntry): string {
  const path = namedByPax(entry) ? paxRecord('path', tarPathOf(entry)) : '';
  return entry.size > largestOctal ? path + paxRecord('size', `${entry.size}`) : path;
}

/** A record begins with its own length, the digits of that included. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = bytesOf(rest);
  let length = bytes + `${bytes}`.length;
  if (bytes + `${length}`.length > length) length += 1;
  return `${length}${rest}`;
}

type Block = {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: '0' | '5' | 'x';
};

function writeBlock(block: Uint8Array, { name, mode, size, mtime, type }: Block): void {
  const put = (field: Field, text: string): void => {
    for (let at = 0; at < text.length; at += 1) block[fields[field][0] + at] = text.charCodeAt(at);
  };
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put('name', name);
  put('mode', octal(mode, 7));
  for (const field of ['uid', 'gid', 'devmajor', 'devminor'] as const) put(field, '0000000');
  put('size', octal(size, 11));
  put('mtime', octal(mtime, 11));
  put('type', type);
  put('magic', magic);
  put('checksum', `${octal(checksumOf(block), 6)}\0 `);
}

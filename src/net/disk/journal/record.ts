// A record of the journal as a file: a line of JSON with the version of its schema and the key, then a line with its checksum.

import { createHash } from 'node:crypto';

import { FerryError } from '../../../core/base/errors.ts';

const version = 1;
/** An offer has at most half of it. Also what is read at most of a file that claims to be a record. */
const recordBytes = 512 * 1024;
/** The checksum in hexadecimal, between two ends of lines. */
const checksumBytes = 66;

/** The longest file that is a record, in bytes. */
export const recordFileBytes = recordBytes + checksumBytes;

/** What a file is: a record; one that a later version wrote and may read; or nothing that anybody wrote. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly key: string; readonly record: unknown }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'damaged' };

/** The text of a record's file. Fails with ERR_BODY_TOO_LARGE. */
export function formatRecord(key: string, record: unknown): string {
  const line = JSON.stringify({ v: version, key, record });
  if (Buffer.byteLength(line) > recordBytes) {
    throw new FerryError('ERR_BODY_TOO_LARGE', 'the record is too large for the journal', { detail: { limit: recordBytes } });
  }
  return `${line}\n${checksumOf(line)}\n`;
}

/** Reads what `formatRecord` wrote. */
export function readRecord(text: string): ReadRecord {
  const end = text.indexOf('\n');
  const line = text.slice(0, end);
  const value = parseLine(line);
  if (value === undefined) return { kind: 'damaged' };
  // Before the checksum: a later version may check in another way.
  if (typeof value.v === 'number' && value.v > version) return { kind: 'foreign' };
  const isWhole = value.v === version && text.slice(end) === `\n${checksumOf(line)}\n`;
  if (!isWhole || typeof value.key !== 'string') return { kind: 'damaged' };
  return { kind: 'record', key: value.key, record: value.record };
}

/** Tells a key to file names without telling what it is. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function checksumOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

function parseLine(line: string): { readonly v?: unknown; readonly key?: unknown; readonly record?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

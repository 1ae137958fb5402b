// The manifest of a sealed item: one line of JSON inside the seal that says what the item is. Nothing of it stands outside;
// only the size can be guessed, from the length of what is sealed.

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { unsealFailed } from './failures.ts';
import { manifestBytes, manifestNameBytes, maxRecordBytes, minRecordBytes } from './format.ts';

/** What a sealed item is. The name is the sender's and has not been made safe for a disk. */
export type Manifest = {
  /** What sort of item, as a lower-case word: `file`. */
  readonly kind: string;
  readonly name: string;
  /** Bytes of content. */
  readonly size: number;
  readonly mediaType: string;
  /** Further facts in strings, for instance the language of a text. Absent where there are none. */
  readonly extra?: Readonly<Record<string, string>>;
};

/** How the content of a large item is cut and with what it is sealed: base64url of the keying material, bytes per record. */
export type ManifestRecords = { readonly key: string; readonly recordSize: number };

/** A manifest as it was read: `records` is there where the content follows in records. */
export type ParsedManifest = { readonly manifest: Manifest; readonly records: ManifestRecords | undefined };

const ownMembers = new Set(['v', 'kind', 'name', 'size', 'mediaType', 'key', 'recordSize']);
const kindPattern = /^[a-z][a-z0-9-]{0,31}$/;
const mediaTypePattern = /^[\x20-\x7e]{1,255}$/;
const extraNamePattern = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
/** 16 bytes in 22 characters; the last one has four bits to spare, which are zero. */
const recordKeyPattern = /^[A-Za-z0-9_-]{21}[AQgw]$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The line of JSON for a manifest, in UTF-8 with its line feed. Throws TypeError for a manifest that no reader would take:
 * that is a mistake of the caller. A name with half a surrogate pair gets U+FFFD for it.
 */
export function encodeManifest(manifest: Manifest, records?: ManifestRecords): Uint8Array<ArrayBuffer> {
  const { kind, name, size, mediaType, extra = {} } = manifest;
  const lost = Object.keys(extra).find((member) => ownMembers.has(member) || !extraNamePattern.test(member));
  if (lost !== undefined) throw new TypeError(`a manifest has no room for a member ${JSON.stringify(lost)}`);
  const value = { v: 1, kind, name: name.toWellFormed(), size, mediaType, ...extra, ...records };
  const parsed = readManifest(value);
  if (typeof parsed === 'string') throw new TypeError(parsed);
  const line = encoder.encode(`${JSON.stringify(value)}\n`);
  if (line.length - 1 > manifestBytes) throw new TypeError('the manifest is too long');
  return line;
}

/**
 * Reads the line of JSON, without its line feed. Throws ERR_VERSION_UNSUPPORTED for a manifest of another version, and
 * ERR_UNSEAL_FAILED for anything that is no manifest.
 */
export function parseManifest(line: Uint8Array): ParsedManifest {
  if (line.length > manifestBytes) throw unsealFailed('the manifest is too long');
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(line));
  } catch {
    // The error of the parser would quote from the manifest, and a cause may end in a log.
    throw unsealFailed('the manifest is no JSON');
  }
  if (isObject(value) && typeof value['v'] === 'number' && value['v'] !== 1) {
    throw new FerryError('ERR_VERSION_UNSUPPORTED', 'the sealed item is of another version', { detail: { version: value['v'] } });
  }
  const parsed = readManifest(value);
  if (typeof parsed === 'string') throw unsealFailed(parsed);
  return parsed;
}

/** The manifest in a value, or what is wrong with it. */
function readManifest(value: unknown): ParsedManifest | string {
  if (!isObject(value) || value['v'] !== 1) return 'the manifest is no object of version 1';
  const { kind, name, size, mediaType, key, recordSize } = value;
  if (typeof kind !== 'string' || !kindPattern.test(kind)) return 'the manifest has no kind';
  if (typeof name !== 'string' || name === '' || !name.isWellFormed()) return 'the manifest has no name';
  if (encoder.encode(name).length > manifestNameBytes) return 'the name in the manifest is too long';
  if (!isIntegerBetween(size, 0, limits.itemBytes)) return 'the manifest has no size';
  if (typeof mediaType !== 'string' || !mediaTypePattern.test(mediaType)) return 'the manifest has no media type';
  const extra = extraOf(value);
  const manifest = { kind, name, size, mediaType, ...(Object.keys(extra).length > 0 ? { extra } : {}) };
  if (key === undefined && recordSize === undefined) return { manifest, records: undefined };
  if (typeof key !== 'string' || !recordKeyPattern.test(key)) return 'the manifest has no key of 16 bytes';
  if (!isIntegerBetween(recordSize, minRecordBytes, maxRecordBytes)) return 'the manifest has no record size';
  return { manifest, records: { key, recordSize } };
}

/**
 * The members that are not the format's own and hold well-formed strings; others belong to later versions and are passed over.
 */
function extraOf(value: object): Record<string, string> {
  const extra: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    // The pattern lets no `__proto__` through, so that plain assignment is safe.
    if (typeof text !== 'string' || !text.isWellFormed() || ownMembers.has(name)) continue;
    if (extraNamePattern.test(name)) extra[name] = text;
  }
  return extra;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIntegerBetween(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
}

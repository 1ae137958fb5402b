// The list of shared folders as it is kept between sessions. What is read back is `unknown` until it passed here.

import * as v from 'valibot';

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isPeerId, type PeerId } from '../peers/peerId.ts';
import type { Share } from './shares.ts';

export const peerId = v.custom<PeerId>((value) => typeof value === 'string' && isPeerId(value));
const share = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  name: v.pipe(v.string(), v.minLength(1), v.maxBytes(4 * limits.nameBytes)),
  path: v.pipe(v.string(), v.minLength(1), v.maxBytes(16_384)),
  with: v.union([v.literal('paired'), v.pipe(v.array(peerId), v.maxLength(limits.peersRemembered), v.readonly())]),
});
const version = v.object({ version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
const shares = v.pipe(v.array(share), v.maxLength(limits.shares));

/**
 * What a list has under the name `list`, whatever that is. Fails with ERR_BOOK_INVALID where the text is none, and with
 * ERR_VERSION_UNSUPPORTED where a later version wrote it.
 */
export function rowsIn(text: string, list: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FerryError('ERR_BOOK_INVALID', 'the list is no JSON', { cause });
  }
  const found = v.safeParse(version, value);
  if (found.success && found.output.version > 1)
    throw new FerryError('ERR_VERSION_UNSUPPORTED', 'the list is of a later version');
  const rows = v.safeParse(v.object({ version: v.literal(1), [list]: v.array(v.unknown()) }), value);
  if (!rows.success) throw new FerryError('ERR_BOOK_INVALID', 'the list is none');
  return rows.output[list] as readonly unknown[];
}

/** Reads the list of shared folders, as a whole. Fails as rowsIn. */
export function readShares(text: string): readonly Share[] {
  const result = v.safeParse(shares, rowsIn(text, 'shares'));
  if (!result.success) throw new FerryError('ERR_BOOK_INVALID', 'the list of shared folders is none');
  return result.output;
}

/** Writes the list, one line a share, so that a person can read it. */
export function formatShares(list: readonly Share[]): string {
  const lines = list.map((one) => `    ${JSON.stringify(one)}`);
  return `{\n  "version": 1,\n  "shares": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

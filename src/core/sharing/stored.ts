// The list of shared folders as it is kept between sessions. What is read back is `unknown` until it passed here.

import * as v from 'valibot';

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isPeerId, type PeerId } from '../peers/peerId.ts';
import type { Share } from './shares.ts';

const peerId = v.custom<PeerId>((value) => typeof value === 'string' && isPeerId(value));
const share = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  name: v.pipe(v.string(), v.minLength(1), v.maxBytes(4 * limits.nameBytes)),
  path: v.pipe(v.string(), v.minLength(1), v.maxBytes(16_384)),
  with: v.union([v.literal('paired'), v.pipe(v.array(peerId), v.maxLength(limits.peersRemembered), v.readonly())]),
});
const version = v.object({ version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
const list = v.object({ version: v.literal(1), shares: v.pipe(v.array(share), v.maxLength(limits.shares)) });

/**
 * Reads the list. Fails with ERR_BOOK_INVALID where it is none, and with ERR_VERSION_UNSUPPORTED where a later version wrote
 * it.
 */
export function readShares(text: string): readonly Share[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FerryError('ERR_BOOK_INVALID', 'the list of shared folders is no JSON', { cause });
  }
  const found = v.safeParse(version, value);
  if (found.success && found.output.version > 1) {
    throw new FerryError('ERR_VERSION_UNSUPPORTED', 'the list of shared folders is of a later version');
  }
  const result = v.safeParse(list, value);
  if (!result.success) throw new FerryError('ERR_BOOK_INVALID', 'the list of shared folders is none');
  return result.output.shares;
}

/** Writes the list, one line a share, so that a person can read it. */
export function formatShares(shares: readonly Share[]): string {
  const lines = shares.map((one) => `    ${JSON.stringify(one)}`);
  return `{\n  "version": 1,\n  "shares": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

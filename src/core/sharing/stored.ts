// The list of shared folders, and that of what peers got of them, as they are kept between sessions. What is read back is
// `unknown` until it passed here.

import * as v from 'valibot';

import { FerryError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isPeerId, type PeerId } from '../peers/peerId.ts';
import { plainItem, token } from '../wire/messages.ts';
import type { KeptGet } from './gets.ts';
import type { Share } from './shares.ts';

const peerId = v.custom<PeerId>((value) => typeof value === 'string' && isPeerId(value));
const share = v.object({
  id: token,
  name: v.pipe(v.string(), v.minLength(1), v.maxBytes(4 * limits.nameBytes)),
  path: v.pipe(v.string(), v.minLength(1), v.maxBytes(16_384)),
  with: v.union([v.literal('paired'), v.pipe(v.array(peerId), v.maxLength(limits.peersRemembered), v.readonly())]),
});
const name = v.pipe(v.string(), v.maxBytes(limits.displayNameBytes));
const keptGet = v.object({
  id: token,
  peer: v.object({ id: peerId, name, callsItself: v.exactOptional(name) }),
  item: v.pick(plainItem, ['kind', 'name', 'size', 'mediaType']),
  at: v.pipe(
    v.number(),
    v.safeInteger(),
    v.minValue(0),
    v.transform((ms) => new Date(ms)),
  ),
  state: v.picklist(['moving', 'done', 'ended']),
  by: v.pipe(v.string(), v.maxLength(200)),
});
const laterVersion = v.object({ version: v.pipe(v.number(), v.safeInteger(), v.minValue(2)) });
const shares = v.object({ version: v.literal(1), shares: v.pipe(v.array(share), v.maxLength(limits.shares)) });
const gets = v.object({ version: v.literal(1), gets: v.array(v.unknown()) });

/** Fails with ERR_BOOK_INVALID where the text is no such list, and with ERR_VERSION_UNSUPPORTED for one of a later version. */
function read<List>(text: string, list: v.GenericSchema<unknown, List>): List {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FerryError('ERR_BOOK_INVALID', 'the list is no JSON', { cause });
  }
  if (v.is(laterVersion, value)) throw new FerryError('ERR_VERSION_UNSUPPORTED', 'the list is of a later version');
  const result = v.safeParse(list, value);
  if (!result.success) throw new FerryError('ERR_BOOK_INVALID', 'the list is none');
  return result.output;
}

/** Reads the list of shared folders, as a whole. Fails as `read`. */
export function readShares(text: string): readonly Share[] {
  return read(text, shares).shares;
}

/** Writes the list, one line a share, so that a person can read it. */
export function formatShares(list: readonly Share[]): string {
  const lines = list.map((one) => `    ${JSON.stringify(one)}`);
  return `{\n  "version": 1,\n  "shares": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** Reads the list of what peers got; one that is wrong costs itself alone. Fails as `read`. */
export function readGets(text: string): readonly KeptGet[] {
  return read(text, gets).gets.flatMap((row) => {
    const { success, output } = v.safeParse(keptGet, row);
    return success ? output : [];
  });
}

/** Writes the list of what peers got, one line each. */
export function formatGets(list: readonly KeptGet[]): string {
  const lines = list.map(({ item: { kind, name: called, size, mediaType }, at, ...get }) =>
    JSON.stringify({ ...get, item: { kind, name: called, size, mediaType }, at: at.getTime() }),
  );
  return `{\n"version":1,\n"gets":[\n${lines.join(',\n')}\n]\n}\n`;
}

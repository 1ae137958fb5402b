// What peers got of shared folders, for whoever shares them: kept between sessions, the same in all windows. What is read back is
// `unknown` until it passed here.

import * as v from 'valibot';

import type { Event } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import type { NamedPeer } from '../peers/peers.ts';
import type { PlainItem } from '../wire/item.ts';
import { plainItem, token } from '../wire/messages.ts';
import { peerId, rowsIn } from './stored.ts';

/** Something that a peer got, or is getting, or began to get. */
export type SharedGet = {
  readonly id: string;
  readonly peer: NamedPeer;
  readonly item: Pick<PlainItem, 'kind' | 'name' | 'size' | 'mediaType'>;
  readonly at: Date;
  readonly state: 'moving' | 'done' | 'ended';
};

/** As it is kept. `by`: which window gives it. */
export type KeptGet = SharedGet & { readonly by: string };

/** The list of them. What is put and removed is seen at once, and written soon. */
export type GetHistory = {
  readonly onDidChange: Event<void>;
  /** The newest first. */
  entries(): readonly SharedGet[];
  /** Adds one that this window gives, or puts it in the place of the one with its id. */
  put(get: SharedGet): void;
  remove(id: string): void;
  /** Waits until all is written, or cannot be. */
  close(): Promise<void>;
};

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

/**
 * The list with changes, by id, of which undefined takes one out; the oldest first. What is older than `since`, in milliseconds,
 * goes, and the oldest where there are too many.
 */
export function changedGets(
  gets: readonly KeptGet[],
  changes: ReadonlyMap<string, KeptGet | undefined>,
  since: number,
): readonly KeptGet[] {
  const merged = new Map<string, KeptGet | undefined>([...gets.map((get) => [get.id, get] as const), ...changes]);
  return [...merged.values()]
    .flatMap((get) => (get === undefined || get.at.getTime() < since ? [] : get))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .slice(-limits.sharedGetsRemembered);
}

/** Reads the list; one that is wrong costs itself alone. Fails as rowsIn. */
export function readGets(text: string): readonly KeptGet[] {
  return rowsIn(text, 'gets').flatMap((row) => {
    const { success, output } = v.safeParse(keptGet, row);
    return success ? output : [];
  });
}

/** Writes the list, one line each. */
export function formatGets(gets: readonly KeptGet[]): string {
  const lines = gets.map(({ item: { kind, name: called, size, mediaType }, at, ...get }) =>
    JSON.stringify({ ...get, item: { kind, name: called, size, mediaType }, at: at.getTime() }),
  );
  return `{\n"version":1,\n"gets":[\n${lines.join(',\n')}\n]\n}\n`;
}

// What peers got of shared folders, for whoever shares them: kept between sessions, the same in all windows.

import type { Event } from '../base/event.ts';
import { limits } from '../base/limits.ts';
import type { NamedPeer } from '../peers/peers.ts';
import type { PlainItem } from '../wire/item.ts';

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

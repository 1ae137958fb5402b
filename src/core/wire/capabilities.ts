// What a peer of this version of the protocol may lack, and so has to name before it is asked for.

import type { OfferedItem } from './item.ts';

/** A word of `capabilities` in what `GET /v1/peer` tells. */
export type Capability = 'folders';

/** What a peer has to be capable of to take an item; undefined where every peer is. */
export function capabilityFor({ kind }: Pick<OfferedItem, 'kind'>): Capability | undefined {
  switch (kind) {
    case 'folder':
      return 'folders';
    // A snippet goes as a file to whoever takes none.
    case 'snippet':
    case 'file':
    case 'dictionary':
    case 'sealed':
      return undefined;
  }
}

/** What it takes to get all of these items, each once. */
export function capabilitiesFor(items: readonly Pick<OfferedItem, 'kind'>[]): readonly Capability[] {
  return [...new Set(items.flatMap((item) => capabilityFor(item) ?? []))];
}

// Items as the log names them: so many of them that a line can still be read.

import type { LogFields } from '../base/log.ts';
import { type OfferedItem, offeredName, totalSize } from '../wire/item.ts';

const namedAtMost = 20;

/** The first of many. */
export function someOf<T>(all: readonly T[]): readonly T[] {
  return all.slice(0, namedAtMost);
}

/** How many items there are, their bytes, and of the first ones kind, size and name. */
export function itemFields(items: readonly OfferedItem[]): LogFields {
  const named = someOf(items).map((item) => ({ kind: item.kind, bytes: item.size, name: offeredName(item) }));
  return { count: items.length, bytes: totalSize(items), items: named };
}

// A row of the Peers view that stands for something that a peer shares.

import type { Peer } from '../../core/peers/peers.ts';
import type { SharedEntry } from '../../core/wire/messages.ts';

/** `path`: the names that lead to it, its own last. */
export type SharedRow = { readonly peer: Peer; readonly path: readonly string[]; readonly shared: SharedEntry };

/** A line in place of rows: why there are none, or that there are more. */
export type SharedNote = { readonly note: string; readonly of: string };

/** Whether an argument of a command is such a row. */
export function isSharedRow(value: unknown): value is SharedRow {
  return typeof value === 'object' && value !== null && 'shared' in value && 'path' in value && 'peer' in value;
}

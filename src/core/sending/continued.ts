// A transfer that an earlier process began, as this one can go on with it.

import { FerryError } from '../base/errors.ts';
import type { Peer } from '../peers/peers.ts';
import type { ItemSource } from '../wire/item.ts';
import type { Delivery } from './deliver.ts';
import type { OutgoingEntry } from './outgoing.ts';

export type Continuing = {
  /** A file of the earlier process, as the item that was offered. Fails with ERR_SOURCE_MISSING or ERR_SOURCE_CHANGED. */
  readonly reopen: (entry: OutgoingEntry, n: number) => Promise<ItemSource>;
  /** The peer, as it is known now. */
  readonly peerOf: (entry: OutgoingEntry) => Peer;
  readonly senderName: () => string;
};

/** What is delivered. Fails with ERR_SOURCE_MISSING where it came sealed, whose key went with the process, and as `reopen`. */
export async function continued(entry: OutgoingEntry, { reopen, peerOf, senderName }: Continuing): Promise<Delivery> {
  if (entry.sealing !== 'none') {
    throw new FerryError('ERR_SOURCE_MISSING', 'the key of the seal is gone', { detail: { reason: 'sealed' } });
  }
  const items = await Promise.all(entry.items.map((_, n) => reopen(entry, n)));
  return { peer: peerOf(entry), items, sealing: { kind: 'none' }, senderName: senderName() };
}

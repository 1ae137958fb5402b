// A transfer that an earlier process began, as this one can go on with it. What comes from files is read again: a file has to be
// what it was. A folder is gathered by the same rules, and has to be what was offered still:
//
//   same stamp         nothing in it changed: its stream is the same to the byte, and goes on wherever the peer wants it to
//   same paths, size   something changed: its stream begins anew, in the same offer
//   else               other things would leave than the person agreed to: it ends with ERR_SOURCE_CHANGED

import { FerryError } from '../base/errors.ts';
import type { Peer } from '../peers/peers.ts';
import type { ItemSource, PlainItem, SourceFile } from '../wire/item.ts';
import type { Delivery } from './deliver.ts';
import { type DeliveryMemory, fromBeginning, newMemory } from './memory.ts';
import type { OutgoingEntry } from './outgoing.ts';

/** A file or folder as it is now: `size` in bytes as an item. */
export type Reopened = Omit<ItemSource, 'offered'> & { readonly file: SourceFile; readonly size: number };

export type Continuing = {
  /** A file or folder of the earlier process as it is now, by the same rules. Fails with ERR_SOURCE_MISSING. */
  readonly reopen: (file: SourceFile) => Promise<Reopened>;
  /** The peer, as it is known now. */
  readonly peerOf: (entry: OutgoingEntry) => Peer;
  readonly senderName: () => string;
};

/**
 * What is delivered. Fails as `reopen`, with ERR_SOURCE_CHANGED, and with ERR_SOURCE_MISSING where it came sealed, whose key went
 * with the process, or from no file.
 */
export async function continued(entry: OutgoingEntry, { reopen, peerOf, senderName }: Continuing): Promise<Delivery> {
  if (entry.sealing !== 'none') throw gone('sealed', 'the key of the seal is gone');
  const items: ItemSource[] = [];
  for (const [n, offered] of entry.items.entries()) {
    const file = entry.files[n];
    if (file === undefined) throw gone('window', 'the item was in no file');
    const { size, ...source } = await reopen(file);
    if (!isOffered({ offered, file }, { size, file: source.file })) {
      throw new FerryError('ERR_SOURCE_CHANGED', 'it is not what was offered');
    }
    items.push({ ...source, offered });
  }
  return { peer: peerOf(entry), items, sealing: { kind: 'none' }, senderName: senderName() };
}

/** Whether what is there now can take the place of what an earlier process offered. */
export function isOffered(
  { offered, file }: { readonly offered: Pick<PlainItem, 'size'>; readonly file: SourceFile },
  now: Pick<Reopened, 'file' | 'size'>,
): boolean {
  if (now.size !== offered.size || now.file.path !== file.path) return false;
  return now.file.stamp === file.stamp || (file.folder !== undefined && now.file.folder?.paths === file.folder.paths);
}

/** Of a delivery that another process began, with what has changed since to be sent from its beginning. */
export function continuedMemory({ id, files }: OutgoingEntry, items: readonly ItemSource[]): DeliveryMemory {
  const memory = newMemory(id);
  for (const [n, { file }] of items.entries()) {
    if (file?.stamp !== files[n]?.stamp) memory.moved.hashes.set(n, fromBeginning);
  }
  return memory;
}

function gone(reason: 'sealed' | 'window', message: string): FerryError {
  return new FerryError('ERR_SOURCE_MISSING', message, { detail: { reason } });
}

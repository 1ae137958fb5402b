// Whom an examination is about, and every address at which it may be: those that answer now, those that discovery hears, and
// those that once worked.

import { type Address, formatAddress } from '../peers/address.ts';
import type { PeerBook } from '../peers/book.ts';
import type { Directory } from '../peers/directory.ts';
import type { PeerId } from '../peers/peerId.ts';
import type { Target } from './facts.ts';

/** A peer as the doctor looks for it; `directory` is missing while offline. `name` is fit for the screen. */
export function targetOf(
  { id, name }: { readonly id: PeerId; readonly name: string },
  book: PeerBook,
  directory: Pick<Directory, 'peers' | 'heardAt'> | undefined,
): Target {
  const windows = directory?.peers.filter((peer) => peer.id === id).flatMap((peer) => peer.windows) ?? [];
  const all: readonly Address[] = [
    ...windows.map(({ address }) => address),
    ...(directory?.heardAt(id) ?? []),
    ...(book.find(id)?.addresses ?? []),
  ];
  const addresses = [...new Map(all.map((address) => [formatAddress(address), address])).values()];
  return { name, expect: id, addresses, isBlocked: book.trustOf(id) === 'blocked' };
}

/** Whoever is at an address that a person has typed. */
export function targetAt(address: Address): Target {
  return { name: formatAddress(address), expect: undefined, addresses: [address], isBlocked: false };
}

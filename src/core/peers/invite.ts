// Invites: a link that carries a peer ID and where its owner can be reached, for a chat or a piece of paper. It holds no secret.

import { type Address, formatAddress, parseAddress } from './address.ts';
import { type PeerId, parsePeerId } from './peerId.ts';

export type Invite = { readonly id: PeerId; readonly addresses: readonly Address[] };

const scheme = 'ferry:';
const addressesKept = 4;

/** Writes an invite: `ferry:ID?at=host:port`. */
export function formatInvite({ id, addresses }: Invite): string {
  const query = new URLSearchParams(
    addresses.slice(0, addressesKept).map((address): [string, string] => ['at', formatAddress(address)]),
  );
  return addresses.length === 0 ? `${scheme}${id}` : `${scheme}${id}?${query.toString()}`;
}

/** Reads an invite, or a peer ID alone. Fails with ERR_PEER_ID_INVALID or ERR_ADDRESS_INVALID. */
export function parseInvite(text: string): Invite {
  const typed = text.trim().slice(0, 2048);
  const [id = '', query = ''] = (typed.toLowerCase().startsWith(scheme) ? typed.slice(scheme.length) : typed).split('?', 2);
  const addresses = new URLSearchParams(query).getAll('at').slice(0, addressesKept).map(parseAddress);
  return { id: parsePeerId(id), addresses };
}

// Invites: a link that carries a peer ID and where its owner can be reached, for a chat or a piece of paper. It holds no secret.

import { type Address, formatAddress, parseAddress } from './address.ts';
import { type PeerId, parsePeerId } from './peerId.ts';

export type Invite = { readonly id: PeerId; readonly addresses: readonly Address[] };

const scheme = 'ferry:';
const addressesKept = 4;

/** An address of this machine, with the name of the interface that has it. */
export type HostAddress = {
  readonly interface: string;
  readonly host: string;
  readonly isIpv4: boolean;
  /** Whether it is loopback. */
  readonly internal: boolean;
};

export type InviteReach = {
  /** Whether other machines can reach this window at all. */
  readonly isOnNetwork: boolean;
  /** Names or addresses of the interfaces that the person chose; none: all of them. */
  readonly interfaces: readonly string[];
};

/** Bridges and cables to containers and virtual machines: what is behind them is on this machine. */
const inside =
  /^(docker|br-|veth|virbr|vboxnet|vmnet|lxc|lxd|cni|flannel|cali|podman|kube|nerdctl|vnet|bridge\d|vEthernet|VirtualBox|VMware|Hyper-V)/i;
/** Tunnels: they lead to few, and those who are near come another way. */
const tunnel = /^(tun|tap|utun|wg|ppp|ipsec|zt|tailscale|nordlynx|proton|gpd|cscotun)/i;

/** Where to reach this window, the best address first: those that the person's own network knows, then those of tunnels. */
export function inviteHosts(addresses: readonly HostAddress[], { isOnNetwork, interfaces }: InviteReach): readonly string[] {
  if (!isOnNetwork) return ['127.0.0.1'];
  const isChosen = (at: HostAddress): boolean =>
    interfaces.length === 0 ? !inside.test(at.interface) : interfaces.includes(at.interface) || interfaces.includes(at.host);
  // An address that a machine gave itself, and one of IPv6 that needs a zone, mean nothing elsewhere.
  const isOfUse = ({ host, internal }: HostAddress): boolean => !internal && !/^(169\.254\.|fe[89ab][0-9a-f]:)/i.test(host);
  const found = addresses.filter((at) => isOfUse(at) && isChosen(at)).toSorted((a, b) => rankOf(a) - rankOf(b));
  return found.length > 0 ? found.slice(0, addressesKept).map(({ host }) => host) : ['127.0.0.1'];
}

function rankOf(at: HostAddress): number {
  return (tunnel.test(at.interface) ? 2 : 0) + (at.isIpv4 ? 0 : 1);
}

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

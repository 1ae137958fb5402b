// What kinds of networks there are: told from names and addresses, which is a guess where systems say no more.

export type AddressKind = 'loopback' | 'linkLocal' | 'private' | 'overlay' | 'public';
export type InterfaceKind = 'loopback' | 'network' | 'vpn' | 'container';

const addressKinds: readonly (readonly [AddressKind, RegExp])[] = [
  ['loopback', /^127\.|^::1$/],
  ['linkLocal', /^169\.254\.|^fe[89ab][0-9a-f]:/i],
  // RFC 6598, which overlay networks such as Tailscale use.
  ['overlay', /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
  ['private', /^10\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^f[cd][0-9a-f]{2}:/i],
];

const vpnNames = /^(?:tun|tap|wg|ppp|utun|ipsec|zt|tailscale|nordlynx|proton|vpn|gpd)|tailscale|wireguard|vpn|zerotier|openvpn/i;
const containerNames =
  /^(?:docker|podman|cni|lxcbr|virbr|br-[0-9a-f]{12}$|veth[0-9a-f]{7,}|flannel|vmnet|vboxnet|bridge\d{3})|\(WSL|Default Switch|VirtualBox|VMware/i;

/** What an IP address of either family is good for. */
export function kindOfAddress(address: string): AddressKind {
  return addressKinds.find(([, pattern]) => pattern.test(address))?.[0] ?? 'public';
}

/** Where an interface leads, by its name and its addresses. */
export function kindOfInterface(name: string, addresses: readonly string[]): InterfaceKind {
  const kinds = addresses.map(kindOfAddress);
  if (kinds.includes('loopback')) return 'loopback';
  if (vpnNames.test(name) || kinds.includes('overlay')) return 'vpn';
  return containerNames.test(name) ? 'container' : 'network';
}

/** Whether an address is one of IPv6. */
export function isIpv6(address: string): boolean {
  return address.includes(':');
}

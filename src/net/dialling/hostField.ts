// The `Host` field of a request (RFC 9112 section 3.2): whom this side believes to ask, in the letters that a field may have.

import { domainToASCII } from 'node:url';

import type { Address } from '../../core/peers/address.ts';

/**
 * The host and the port of an address. Names are in ASCII (RFC 3490), and IPv6 addresses without their zone, which means
 * something on this machine alone (RFC 6874 section 4).
 */
export function hostField({ host, port }: Address): string {
  const name = host.includes(':') ? `[${host.replace(/%.*$/, '')}]` : asciiName(host);
  return `${name}:${port}`;
}

/** A name that has no ASCII form was resolved by the system in its own way: what is left of it says as much. */
function asciiName(host: string): string {
  const ascii = domainToASCII(host);
  return ascii === '' ? host.replaceAll(/[^\w.-]/g, '_') : ascii;
}

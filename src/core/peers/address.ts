// Where a peer can be dialled: a host name or IP address and a TCP port.

import { FerryError } from '../base/errors.ts';

export type Address = { readonly host: string; readonly port: number };

/**
 * Reads `host:port`, `1.2.3.4:port` or `[v6]:port` as a person types it. Fails with ERR_ADDRESS_INVALID and a detail `reason`
 * of `form`, `host` or `port`.
 */
export function parseAddress(text: string): Address {
  const typed = text.trim();
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^\s:[\]/@]+)):(\d{1,5})$/.exec(typed);
  if (match === null) throw invalid('form', 'an address is host:port, with an IPv6 address in brackets');
  const [, v6, name, digits] = match;
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw invalid('port', 'a port is a number from 1 to 65535');
  if (v6 !== undefined && !v6.includes(':')) throw invalid('host', 'only IPv6 addresses stand in brackets');
  const host = v6 ?? name ?? '';
  if (host.length > 253 || (v6 === undefined && !/^[\p{L}\p{N}_](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_.])?$/u.test(host))) {
    throw invalid('host', 'this is no host name or IP address');
  }
  return { host, port };
}

/** Writes an address so that parseAddress reads it back. */
export function formatAddress(address: Address): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

function invalid(reason: 'form' | 'host' | 'port', message: string): FerryError {
  return new FerryError('ERR_ADDRESS_INVALID', message, { detail: { reason } });
}

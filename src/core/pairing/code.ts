// The arithmetic of a pairing: the commitment that the peer that begins sends first, and the six digits that both people compare.
//
//   commitment = SHA-256(label || nonce of the initiator || ID of the initiator || ID of the responder)
//   code       = HMAC-SHA256(key: nonce of the initiator || nonce of the responder;
//                            label || ID of the initiator || ID of the responder || 32 exported bytes of the TLS connection)
//
// Every part has one length, so that no two inputs give the same bytes. Peer IDs are in their written form, 69 ASCII characters.
// The initiator is bound to its nonce before it sees the responder's, and the responder chooses its own before it sees the
// initiator's: neither, nor anybody between the two, can steer the code.

import { concatBytes, decodeBase64, encodeBase64Url } from '../base/bytes.ts';
import type { PeerId } from '../peers/peerId.ts';

/** Who is who in one pairing. The initiator is the one that asked to pair. */
export type PairingRoles = { readonly initiator: PeerId; readonly responder: PeerId };

export type CodeInput = PairingRoles & {
  /** 32 bytes each, in base64url. */
  readonly initiatorNonce: string;
  readonly responderNonce: string;
  /** 32 bytes of TLS keying material, exported under `pairingExporterLabel` with an empty context. */
  readonly exportedKey: Uint8Array;
};

/** The label of the TLS exporter (RFC 8446 section 7.5). RFC 5705 section 4 keeps this beginning for private use. */
export const pairingExporterLabel = 'EXPERIMENTAL Ferry pairing 1';

const commitmentLabel = 'Ferry pairing 1 commitment';
const codeLabel = 'Ferry pairing 1 code';
const length = 32;
const codes = 1_000_000n;

/** A new nonce: 32 random bytes in base64url. */
export function newNonce(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(length)));
}

/**
 * What the initiator of a pairing commits to its nonce with, in base64url. It may be compared in any way: both sides of the
 * comparison are known to whoever sent it.
 */
export async function commitmentOf(nonce: string, { initiator, responder }: PairingRoles): Promise<string> {
  const message = concatBytes([ascii(commitmentLabel), nonceBytes(nonce), ascii(initiator), ascii(responder)]);
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', message)));
}

/**
 * The code that both people compare: six digits. They are the first 64 bits of the MAC modulo a million; since 2^64 is no
 * multiple of a million, the 551 616 smallest codes are likelier than the others by a factor of 1 + 5.4e-14, which nobody can
 * use.
 */
export async function codeOf(input: CodeInput): Promise<string> {
  if (input.exportedKey.length !== length) throw new TypeError('the exported key has 32 bytes');
  const nonces = concatBytes([nonceBytes(input.initiatorNonce), nonceBytes(input.responderNonce)]);
  const message = concatBytes([ascii(codeLabel), ascii(input.initiator), ascii(input.responder), input.exportedKey]);
  const key = await crypto.subtle.importKey('raw', nonces, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, message);
  return String(new DataView(mac).getBigUint64(0) % codes).padStart(6, '0');
}

function nonceBytes(nonce: string): Uint8Array {
  const bytes = decodeBase64(`${nonce.replaceAll('-', '+').replaceAll('_', '/')}=`);
  if (bytes?.length !== length) throw new TypeError('a nonce has 32 bytes');
  return bytes;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

// What both ends of a connection have in common: mutual TLS 1.3 under the identity's certificate, and the check that turns a
// finished handshake into a peer ID. Names and addresses prove nothing; the key in the certificate does.

import { constants } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

import { FerryError } from '../../core/base/errors.ts';
import type { PeerId } from '../../core/peers/peerId.ts';
import { type Identity, peerIdOfCertificate } from './identity.ts';

/** The one application protocol that Ferry speaks; a client that offers only others is refused in the handshake. */
export const applicationProtocols = ['http/1.1'];

/**
 * Options for both ends. Certificates are self-signed and no authority is asked: `rejectUnauthorized` is off and peerIdOf checks
 * instead. Ciphers and groups are left alone, since OpenSSL and BoringSSL differ in what they call them. `ca` keeps VS Code's
 * patched `tls.connect` from adding the system's authorities and the proxy's opinion.
 */
export function tlsOptions(identity: Identity): {
  cert: string;
  key: string;
  ca: string[];
  minVersion: 'TLSv1.3';
  maxVersion: 'TLSv1.3';
  rejectUnauthorized: false;
  ALPNProtocols: string[];
  secureOptions: number;
} {
  return {
    cert: identity.certificatePem,
    key: identity.privateKeyPem,
    ca: [identity.certificatePem],
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    ALPNProtocols: applicationProtocols,
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/**
 * The peer at the other end of a finished handshake: this person's own ID where it is another window of theirs. Fails with
 * ERR_PEER_REJECTED where there is no certificate, the session is resumed or the key is not P-256.
 */
export function peerIdOf(socket: TLSSocket): PeerId {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) throw new FerryError('ERR_PEER_REJECTED', 'there is no certificate');
  if (socket.isSessionReused()) throw new FerryError('ERR_PEER_REJECTED', 'the session is resumed');
  return peerIdOfCertificate(certificate);
}

// The identity of one person on one machine: a signing key with its certificate, which is the peer ID, and a seal key. It is
// stored as one JSON text; where that text lives is the caller's business.

import { createECDH, createHash, createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';

import { FerryError } from '../../core/base/errors.ts';
import { type PeerId, peerIdFromHash } from '../../core/peers/peerId.ts';
import { parseStoredIdentity } from '../../core/peers/stored.ts';
import type { SealKeyPairJwk } from '../../core/wire/sealKey.ts';
import { p256KeyOf } from './subjectKey.ts';

export type Identity = {
  readonly peerId: PeerId;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** The seal key pair as a private JWK. */
  readonly sealKey: SealKeyPairJwk;
};

/** A new identity. */
export async function createIdentity(): Promise<Identity> {
  const { makeSigningKeys } = await import('./certificate.ts');
  const { certificatePem, privateKeyPem } = await makeSigningKeys();
  const sealKeys = await webcrypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const { x = '', y = '', d = '' } = await webcrypto.subtle.exportKey('jwk', sealKeys.privateKey);
  return {
    peerId: peerIdOfCertificate(certificatePem),
    certificatePem,
    privateKeyPem,
    sealKey: { kty: 'EC', crv: 'P-256', x, y, d },
  };
}

/** The text to store. It holds the private keys. */
export function serialiseIdentity(identity: Identity): string {
  return JSON.stringify({
    version: 1,
    certificate: identity.certificatePem,
    privateKey: identity.privateKeyPem,
    sealKey: identity.sealKey,
  });
}

/** Reads a stored identity. Fails with ERR_IDENTITY_UNREADABLE; whoever gets that asks the person and replaces nothing. */
export function parseIdentity(text: string): Identity {
  try {
    const entry = parseStoredIdentity(text);
    if (!new X509Certificate(entry.certificate).checkPrivateKey(createPrivateKey(entry.privateKey))) {
      throw new TypeError('key and certificate do not belong together');
    }
    if (!isKeyPair(entry.sealKey)) throw new TypeError('the parts of the seal key do not belong together');
    return {
      peerId: peerIdOfCertificate(entry.certificate),
      certificatePem: entry.certificate,
      privateKeyPem: entry.privateKey,
      sealKey: entry.sealKey,
    };
  } catch (cause) {
    throw new FerryError('ERR_IDENTITY_UNREADABLE', 'the stored identity cannot be read', { cause });
  }
}

function isKeyPair({ x, y, d }: Identity['sealKey']): boolean {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(d, 'base64url');
  const point = Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return pair.getPublicKey().equals(point);
}

/**
 * The peer ID that a certificate stands for. Fails with ERR_PEER_REJECTED unless its key is EC on P-256 in the one form that a
 * peer ID is made of.
 */
export function peerIdOfCertificate(certificate: string | X509Certificate): PeerId {
  const key = p256KeyOf(typeof certificate === 'string' ? new X509Certificate(certificate) : certificate);
  if (key === undefined) throw new FerryError('ERR_PEER_REJECTED', 'the certificate has no P-256 key in the form of a peer');
  return peerIdFromHash(createHash('sha256').update(key).digest());
}

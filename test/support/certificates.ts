// Self-signed certificates that no Ferry peer would have, for a listener to refuse.

import 'reflect-metadata';

import { webcrypto } from 'node:crypto';

import { BasicConstraintsExtension, cryptoProvider, X509CertificateGenerator } from '@peculiar/x509';

export type KeyKind = 'RSA' | 'P-256' | 'P-384' | 'P-521' | 'Ed25519';

const algorithms: Readonly<Record<KeyKind, RsaHashedKeyGenParams | EcKeyGenParams | Algorithm>> = {
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521' },
  Ed25519: { name: 'Ed25519' },
};

/** A certificate and its key in PEM, valid for a day that is `daysAgo` days past. */
export async function makeCertificate(kind: KeyKind, daysAgo = 0): Promise<{ readonly cert: string; readonly key: string }> {
  cryptoProvider.set(webcrypto as Crypto);
  const keys = (await webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify'])) as CryptoKeyPair;
  const start = Date.now() - 60_000 - daysAgo * 86_400_000;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=stranger',
    keys,
    signingAlgorithm: { ...algorithms[kind], hash: 'SHA-256' },
    notBefore: new Date(start),
    notAfter: new Date(start + 86_400_000),
    extensions: [new BasicConstraintsExtension(false)],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`,
  };
}

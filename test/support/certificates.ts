// Self-signed certificates that no Ferry peer would have, for a listener to refuse.

import 'reflect-metadata';

import { webcrypto, X509Certificate } from 'node:crypto';

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

/** Forms of one P-256 point in a SubjectPublicKeyInfo other than the one that a peer has (RFC 5480 sections 2.1.1 and 2.2). */
export const otherKeyForms = ['compressed', 'hybrid', 'explicit parameters'] as const;

/** A certificate with the same key written in another form. Its signature is broken, which nobody looks at. */
export function inOtherForm(pem: string, form: (typeof otherKeyForms)[number]): string {
  const tbs = partsOf(partsOf(new X509Certificate(pem).raw)[0] ?? Buffer.alloc(0));
  const at = tbs.findIndex((part) => part.length === spkiBytes && part[0] === sequence);
  const [algorithm = Buffer.alloc(0), key = Buffer.alloc(0)] = partsOf(tbs[at] ?? Buffer.alloc(0));
  const [x, y] = [key.subarray(4, 36), key.subarray(36)];
  const isOdd = (y[31] ?? 0) % 2;
  const points = {
    compressed: Buffer.concat([Uint8Array.of(2 + isOdd), x]),
    hybrid: Buffer.concat([Uint8Array.of(6 + isOdd), x, y]),
    'explicit parameters': key.subarray(3),
  };
  const identifier = form === 'explicit parameters' ? tlv(sequence, partsOf(algorithm)[0], explicitP256) : algorithm;
  tbs[at] = tlv(sequence, identifier, tlv(bitString, Uint8Array.of(0), points[form]));
  const [, ...signature] = partsOf(new X509Certificate(pem).raw);
  const der = tlv(sequence, tlv(sequence, ...tbs), ...signature);
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const sequence = 0x30;
const bitString = 0x03;
const spkiBytes = 91;

/** ECParameters of P-256 written out (RFC 3279 section 2.3.5, SEC 2 section 2.4.2). */
const explicitP256 = Buffer.from(
  '3081f7020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffff' +
    'ffff305b0420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3eb' +
    'bd55769886bc651d06b0cc53b0f63bce3c3e27d2604b031500c49d360886e704936a6678e1139d26b7819f7e900441046b17' +
    'd1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce3357' +
    '6b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101',
  'hex',
);

function tlv(tag: number, ...parts: readonly (Uint8Array | undefined)[]): Buffer {
  const value = Buffer.concat(parts.filter((part) => part !== undefined));
  const head = value.length < 128 ? [tag, value.length] : [tag, 0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Uint8Array.from(head), value]);
}

/** The elements within one element of DER. */
function partsOf(element: Buffer): Buffer[] {
  const lengthOf = (at: Buffer): readonly [number, number] => {
    const first = at[1] ?? 0;
    const count = first < 128 ? 0 : first - 128;
    return [2 + count, count === 0 ? first : at.readUIntBE(2, count)];
  };
  const parts: Buffer[] = [];
  for (let rest = element.subarray(lengthOf(element)[0]); rest.length > 0; ) {
    const [head, length] = lengthOf(rest);
    parts.push(rest.subarray(0, head + length));
    rest = rest.subarray(head + length);
  }
  return parts;
}

// Makes the self-signed certificate of a new identity. The only door to the X.509 library, loaded on demand: it is needed once
// in an identity's life. Of that library the parts that write a certificate are enough; Node signs it.

import { randomBytes, sign, webcrypto } from 'node:crypto';

import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

const dayMs = 86_400_000;
const lifeYears = 30;
const commonName = '2.5.4.3';
/** ECDSA with SHA-256 (RFC 5758 section 3.2). */
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

export type SigningKeys = { readonly privateKeyPem: string; readonly certificatePem: string };

/**
 * A new P-256 signing key with a certificate that both BoringSSL and OpenSSL take for a TLS client and a TLS server. Its subject
 * is the same for everybody; it is backdated a day for clocks that are behind, and nobody checks its dates.
 */
export async function makeSigningKeys(): Promise<SigningKeys> {
  const { subtle } = webcrypto;
  const keys = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const privateKeyPem = pem('PRIVATE KEY', await subtle.exportKey('pkcs8', keys.privateKey));
  const tbsCertificate = toBeSigned(await subtle.exportKey('spki', keys.publicKey));
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: tbsCertificate.signature,
    signatureValue: bufferOf(sign('sha256', signed, privateKeyPem)),
  });
  return { privateKeyPem, certificatePem: pem('CERTIFICATE', AsnConvert.serialize(certificate)) };
}

function toBeSigned(publicKey: ArrayBuffer): TBSCertificate {
  const now = Date.now();
  const name = new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: commonName, value: new AttributeValue({ printableString: 'Ferry' }) }),
    ]),
  ]);
  return new TBSCertificate({
    version: Version.v3,
    serialNumber: newSerial(),
    signature: new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 }),
    issuer: name,
    validity: new Validity({ notBefore: new Date(now - dayMs), notAfter: new Date(now + lifeYears * 365 * dayMs) }),
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(publicKey, SubjectPublicKeyInfo),
    extensions: new Extensions([
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
      extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth])),
    ]),
  });
}

function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** A positive number of 16 bytes (RFC 5280 section 4.1.2.2). */
function newSerial(): ArrayBuffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return bufferOf(serial);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
